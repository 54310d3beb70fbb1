// Cuts a checked text where its claims stand, so that each number and name can be marked.
import type { Claim } from "../protocol";

export type Segment =
  | { kind: "plain"; text: string }
  | { kind: "claim"; text: string; claim: Claim };

/** Claims that overlap an earlier one or lie outside the text are left unmarked; no text is ever lost. */
export function segments(text: string, claims: readonly Claim[]): Segment[] {
  const cut: Segment[] = [];
  let at = 0;
  for (const claim of [...claims].sort((a, b) => a.start - b.start)) {
    if (claim.start < at || claim.end <= claim.start || claim.end > text.length) continue;
    if (claim.start > at) cut.push({ kind: "plain", text: text.slice(at, claim.start) });
    cut.push({ kind: "claim", text: text.slice(claim.start, claim.end), claim });
    at = claim.end;
  }
  if (at < text.length) cut.push({ kind: "plain", text: text.slice(at) });
  return cut;
}
