// Which stretches of an answer's Markdown are marked: a claim that a fact has, and the whole sentence around
// one that none has, because there the words around the figure may be wrong too.
import type { Claim } from "../../protocol";
import type { Mark } from "../../shared/markdown/marks";

/** By their beginning, without overlaps; a doubtful sentence swallows the claims in it. */
export function marksOf(text: string, claims: readonly Claim[]): Mark[] {
  const inside = claims.filter(({ start, end }) => start >= 0 && start < end && end <= text.length);
  const doubts = new Map<number, Mark>();
  for (const claim of inside) {
    if (claim.ok) continue;
    const { start, end } = sentenceAround(text, claim.start, claim.end);
    const before = doubts.get(start);
    const tip = before?.tip ? `${before.tip}, ${claim.text}` : `Not among the facts: ${claim.text}`;
    doubts.set(start, { start, end: Math.max(end, before?.end ?? end), kind: "doubt", tip });
  }
  const marks = [...doubts.values()];
  for (const { start, end, ok, fact } of inside) {
    const isFree = marks.every((mark) => end <= mark.start || start >= mark.end);
    if (ok && isFree) marks.push({ start, end, kind: "claim", tip: fact });
  }
  return marks.sort((a, b) => a.start - b.start);
}

/** A sentence ends at its line's end at the latest, or at a table's cell. */
function sentenceAround(text: string, from: number, to: number): { start: number; end: number } {
  let start = from;
  while (start > 0 && !endsSentence(text, start - 1)) start -= 1;
  let end = to;
  while (end < text.length && !endsSentence(text, end)) end += 1;
  if (/[.!?]/.test(text.charAt(end))) end += 1;
  // What begins a line in Markdown is no part of its first sentence.
  start += /^(?:\s|[-*+>#](?=\s)|\d+\.(?=\s))*/.exec(text.slice(start, from))?.[0].length ?? 0;
  return { start, end };
}

/** A point within a figure is followed by no space. */
function endsSentence(text: string, at: number): boolean {
  const here = text.charAt(at);
  if (here === "\n" || here === "|") return true;
  return /[.!?]/.test(here) && /^(?:\s|$)/.test(text.charAt(at + 1));
}
