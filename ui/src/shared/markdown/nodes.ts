// What an answer in Markdown is made of. These types are the allow-list: what they can't say can't be
// shown. They hold no HTML and no attribute that the text could choose, except a link's address and title.

/** UTF-16 offsets into the text, from `start` to before `end`. */
export interface Span {
  start: number;
  end: number;
}

export interface Text {
  kind: "text";
  text: string;
  /**
   * Where it was written. As long as `text` when it stands there letter for letter; another length when it
   * was written otherwise (`&amp;`, `\*`), so that it can only be marked as a whole; null when unknown.
   */
  span: Span | null;
}

export type Inline =
  | Text
  | { kind: "code"; texts: Text[] }
  | { kind: "emphasis"; tag: "em" | "strong" | "del"; children: Inline[] }
  | { kind: "link"; href: string; title: string | null; children: Inline[] }
  | { kind: "citation"; marker: number }
  | { kind: "break" };

export interface Cell {
  align: "left" | "center" | "right" | null;
  children: Inline[];
}

export type BlockNode =
  | { kind: "paragraph"; children: Inline[] }
  /** A paragraph of a tight list: its words without the space around. */
  | { kind: "tight"; children: Inline[] }
  /** From 1 to 6, as it was written. */
  | { kind: "heading"; level: number; children: Inline[] }
  | { kind: "rule" }
  | { kind: "code"; language: string; text: string; texts: Text[] }
  | { kind: "quote"; children: BlockNode[] }
  /** `first` is the number of the first item, null for bullets. */
  | { kind: "list"; first: number | null; items: BlockNode[][] }
  | { kind: "table"; head: Cell[]; rows: Cell[][] };

/** A block that stands in no other. */
export interface Block {
  /** UTF-16 offset of its first line: what it is known by while more text comes. */
  start: number;
  end: number;
  node: BlockNode;
}

export function isVerbatim({ text, span }: Text): boolean {
  return span !== null && span.end - span.start === text.length;
}

/** The plain words of a line. */
export function plainText(nodes: readonly Inline[]): string {
  return nodes.map(inlineText).join("");
}

function inlineText(node: Inline): string {
  switch (node.kind) {
    case "text":
      return node.text;
    case "code":
      return plainText(node.texts);
    case "emphasis":
    case "link":
      return plainText(node.children);
    case "citation":
      return `[${node.marker}]`;
    case "break":
      return "\n";
  }
}
