// Strikethrough by one or two tildes, as GFM has it; markdown-it's own rule knows two only. A run of three
// or more is text, and a run is closed by one of its own length.
import type MarkdownIt from "markdown-it";

type State = InstanceType<typeof MarkdownIt.StateInline>;
type Delimiter = State["delimiters"][number];

const TILDE = "~".charCodeAt(0);
/** Delimiters are paired by their marker, so that each length has one of its own, which is no character's. */
const MARKERS = [-1, -2] as const;

export function useStrikethrough(markdown: InstanceType<typeof MarkdownIt>): void {
  markdown.inline.ruler.at("strikethrough", scan);
  markdown.inline.ruler2.at("strikethrough", pair);
}

function scan(state: State, silent: boolean): boolean {
  if (silent || state.src.charCodeAt(state.pos) !== TILDE) return false;
  const run = state.scanDelims(state.pos, true);
  state.push("text", "", 0).content = "~".repeat(run.length);
  const marker = MARKERS[run.length - 1];
  if (marker !== undefined) {
    const token = state.tokens.length - 1;
    state.delimiters.push({ marker, length: 0, token, end: -1, open: run.can_open, close: run.can_close });
  }
  state.pos += run.length;
  return true;
}

function pair(state: State): void {
  pairAmong(state, state.delimiters);
  for (const meta of state.tokens_meta) pairAmong(state, meta?.delimiters ?? []);
}

function pairAmong(state: State, delimiters: readonly Delimiter[]): void {
  for (const opener of delimiters) {
    const closer = MARKERS.some((marker) => marker === opener.marker) ? delimiters[opener.end] : undefined;
    const [open, close] = [state.tokens[opener.token], closer && state.tokens[closer.token]];
    if (open === undefined || close === undefined) continue;
    Object.assign(open, { type: "s_open", tag: "del", nesting: 1, content: "" });
    Object.assign(close, { type: "s_close", tag: "del", nesting: -1, content: "" });
  }
}
