// A document's text as blocks that can be drawn one by one, with the cited passage marked. Citations count
// in Unicode scalar values, strings here in UTF-16 code units.

export interface Piece {
  text: string;
  cited: boolean;
}

/** A few lines; `at` is where it begins, in UTF-16 code units. */
export interface Block {
  at: number;
  pieces: readonly Piece[];
}

export interface Passages {
  blocks: readonly Block[];
  /** The index of the first block with a cited piece; 0 where there is none. */
  first: number;
}

/** A block ends at the first line end beyond it, so that a page of text is a handful of blocks. */
const BLOCK_LENGTH = 800;
/** Where no line ends. */
const LONGEST_BLOCK = 4000;

export function passages(text: string, startScalar: number, endScalar: number): Passages {
  const start = utf16Offset(text, startScalar);
  const end = start + utf16Offset(text.slice(start), endScalar - startScalar);
  const blocks: Block[] = [];
  let first: number | null = null;
  for (let at = 0; at < text.length; ) {
    const until = blockEnd(text, at);
    const pieces = cut(text, at, until, start, end);
    if (first === null && pieces.some(({ cited }) => cited)) first = blocks.length;
    blocks.push({ at, pieces });
    at = until;
  }
  return { blocks, first: first ?? 0 };
}

/** Of that many Unicode scalar values from the text's beginning. */
export function utf16Offset(text: string, scalars: number): number {
  let offset = 0;
  for (let passed = 0; passed < scalars && offset < text.length; passed += 1) {
    offset += (text.codePointAt(offset) ?? 0) > 0xffff ? 2 : 1;
  }
  return offset;
}

function blockEnd(text: string, at: number): number {
  const line = text.indexOf("\n", at + BLOCK_LENGTH);
  const end = line === -1 ? text.length : line + 1;
  if (end - at <= LONGEST_BLOCK) return end;
  const long = at + LONGEST_BLOCK;
  const isHalf = (text.codePointAt(long - 1) ?? 0) > 0xffff;
  return isHalf ? long + 1 : long;
}

function cut(text: string, from: number, to: number, start: number, end: number): Piece[] {
  const edges = [from, clamp(start, from, to), clamp(end, from, to), to];
  return [false, true, false].flatMap((cited, index) => {
    const piece = text.slice(edges[index], edges[index + 1]);
    return piece === "" ? [] : [{ text: piece, cited }];
  });
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(value, most));
}
