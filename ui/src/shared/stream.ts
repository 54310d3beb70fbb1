// Text that arrives in pieces. Successive values share one growing array, so that appending costs the
// same however long the text is; the array's identity says whether it is still the same text, and
// `count` how much of it belongs to this value. Never write to `pieces` elsewhere.

export interface Stream {
  readonly pieces: string[];
  readonly count: number;
}

export function streamOf(text: string): Stream {
  return text === "" ? { pieces: [], count: 0 } : { pieces: [text], count: 1 };
}

/** `stream` must be the newest value of its text. */
export function append(stream: Stream, text: string): Stream {
  stream.pieces.push(text);
  return { pieces: stream.pieces, count: stream.count + 1 };
}

export function textOf(stream: Stream): string {
  return stream.pieces.slice(0, stream.count).join("");
}
