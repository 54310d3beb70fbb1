// Where the lines of a text are, and where the content of its blocks stands in them: a block's content has
// lost the markers and the indentation of what it stands in, and a cell the backslashes before its bars.
import type { Span } from "./nodes";

export interface Line {
  /** UTF-16 offset of its first letter. */
  start: number;
  /** Without what ends it. */
  text: string;
}

/** A row's bar before its first cell, after the markers of what the table stands in. */
const OUTER_BAR = /^(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*\|/;

/** From a stretch of a block's content to where it was written. */
export type Placing = (from: number, to: number) => Span;

/** The last one is not ended yet, and empty after a text that ends with a line's end. */
export function linesFrom(text: string, start: number): Line[] {
  const lines: Line[] = [];
  const ends = /\r\n?|\n/g;
  ends.lastIndex = start;
  let at = start;
  for (let end = ends.exec(text); end !== null; end = ends.exec(text)) {
    lines.push({ start: at, text: text.slice(at, end.index) });
    at = ends.lastIndex;
  }
  lines.push({ start: at, text: text.slice(at) });
  return lines;
}

/** As the parser wants it. */
export function sourceOf(lines: readonly Line[]): string {
  return lines
    .map((line) => line.text)
    .join("\n")
    .replaceAll("\0", "\u{fffd}");
}

export function isBlank(line: Line | undefined): boolean {
  return line === undefined || /^[ \t]*$/.test(line.text);
}

/** A block's content, which is the end of each of `lines`, with spaces more or less around. */
export function placeLines(content: string, lines: readonly Line[]): Placing {
  const parts = content.split("\n");
  const begins: number[] = [];
  let length = 0;
  for (const part of parts) {
    begins.push(length);
    length += part.length + 1;
  }
  return placing((index) => {
    const row = lastAtMost(begins, index);
    const [part = "", line] = [parts[row], lines[row]];
    if (line === undefined) return 0;
    const indent = part.length - part.trimStart().length;
    const body = line.text.trimEnd().length - part.trim().length;
    return line.start + Math.max(0, body - indent + index - (begins[row] ?? 0));
  });
}

/** The content of a heading that begins with `#`. */
export function placeHeading(markup: string, line: Line): Placing {
  const after = line.text.indexOf(markup) + markup.length;
  const start = after + (/^[ \t]*/.exec(line.text.slice(after))?.[0].length ?? 0);
  return placing((index) => line.start + start + index);
}

/** The cells of a table's row, by their contents; `\|` is a bar in one. */
export function placeCells(line: Line, contents: readonly string[]): Placing[] {
  const { text } = line;
  const cells: number[][] = [[]];
  for (let at = 0; at < text.length; at += 1) {
    const cell = cells.at(-1);
    if (text[at] !== "|") {
      cell?.push(at);
    } else if (text[at - 1] === "\\") {
      cell?.pop();
      cell?.push(at);
    } else {
      cells.push([]);
    }
  }
  if (OUTER_BAR.test(text)) cells.shift();
  return contents.map((content, index) => {
    const letters = cells[index] ?? [];
    const trimmed = letters.findLastIndex((at) => text[at]?.trim() !== "") + 1;
    return placing((at) => line.start + (letters[trimmed - content.length + at] ?? text.length));
  });
}

function placing(place: (index: number) => number): Placing {
  return (from, to) => ({ start: place(from), end: to > from ? place(to - 1) + 1 : place(from) });
}

/** The index of the last of some rising numbers that isn't above `limit`. */
function lastAtMost(rising: readonly number[], limit: number): number {
  let [low, high] = [0, rising.length];
  while (low + 1 < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) <= limit) low = middle;
    else high = middle;
  }
  return low;
}
