// The end of every `switch` on a union: a new variant fails to compile there, and a message from an
// app newer than this page fails loudly instead of being half understood.
export function assertNever(value: never): never {
  throw new Error(`Not a known variant: ${JSON.stringify(value)}`);
}
