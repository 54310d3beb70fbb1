// Marks on ranges of the source text, and how they cut what is shown. A mark may begin and end anywhere, in
// the middle of a word or of markup; what was written of it is marked, and nothing else.
import { isVerbatim, type Text } from "./nodes";

/** UTF-16 offsets into the text, from `start` to before `end`. */
export interface Mark {
  start: number;
  end: number;
  kind: "claim" | "doubt";
  /** What a tooltip says of it. */
  tip: string | null;
}

export interface Piece {
  text: string;
  mark: Mark | null;
}

export const NO_MARKS: readonly Mark[] = [];

/** In order and without overlaps: where two do, the later one begins where the earlier one ends. */
export function inOrder(marks: readonly Mark[]): readonly Mark[] {
  if (marks.length === 0) return NO_MARKS;
  const ordered: Mark[] = [];
  let taken = 0;
  for (const mark of [...marks].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const start = Math.max(mark.start, taken);
    if (mark.end <= start) continue;
    ordered.push(start === mark.start ? mark : { ...mark, start });
    taken = mark.end;
  }
  return ordered;
}

/** Those of `ordered` that touch a stretch; the same empty list wherever none does. */
export function within(ordered: readonly Mark[], start: number, end: number): readonly Mark[] {
  const found = ordered.filter((mark) => mark.end > start && mark.start < end);
  return found.length === 0 ? NO_MARKS : found;
}

/** What was written otherwise than it is shown is marked as a whole. */
export function cut(text: Text, ordered: readonly Mark[]): Piece[] {
  const { span } = text;
  const touching = span === null ? NO_MARKS : within(ordered, span.start, span.end);
  const [first] = touching;
  if (span === null || first === undefined) return [{ text: text.text, mark: null }];
  if (!isVerbatim(text)) return [{ text: text.text, mark: first }];
  const pieces: Piece[] = [];
  let at = span.start;
  const upTo = (end: number, mark: Mark | null) => {
    if (end > at) pieces.push({ text: text.text.slice(at - span.start, end - span.start), mark });
    at = Math.max(at, end);
  };
  for (const mark of touching) {
    upTo(mark.start, null);
    upTo(Math.min(mark.end, span.end), mark);
  }
  upTo(span.end, null);
  return pieces;
}
