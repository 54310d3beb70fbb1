// What the build puts there from the shared data.
declare module "virtual:payloads" {
  const payloads: readonly { id: string; payload: string }[];
  export default payloads;
}
