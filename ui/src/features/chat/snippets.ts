// A search's snippet: the found words stand between `[` and `]`.

export interface SnippetPiece {
  text: string;
  found: boolean;
}

/** A bracket without its other half is text. */
export function snippetPieces(snippet: string): SnippetPiece[] {
  return snippet
    .split(/\[([^[\]]*)\]/)
    .map((text, index) => ({ text, found: index % 2 === 1 }))
    .filter(({ text }) => text !== "");
}
