// From tokens to what is shown. Here is decided what an answer may do: a link leads to the web or to a
// letter, an image is a link to itself, and everything else is words. Nothing is parsed as HTML, here or
// later: nodes become elements by their kind, and what came as text stays text.
import { placeCells, placeHeading, placeLines, type Line, type Placing } from "./lines";
import { isVerbatim, plainText, type BlockNode, type Cell, type Inline, type Text } from "./nodes";
import { inlineTokens, languageOf, located, type Environment, type Token } from "./syntax";

/** A relative address would lead into the app. */
const ALLOWED_ADDRESS = /^(?:https?:\/\/|mailto:)/i;

/** The one block that `tokens` are of; `lines` are those that the tokens' maps count from. */
export function build(tokens: readonly Token[], lines: readonly Line[], environment: Environment): BlockNode | null {
  return new Builder(tokens, lines, environment).blocks()[0] ?? null;
}

class Builder {
  #tokens: readonly Token[];
  #lines: readonly Line[];
  #environment: Environment;
  #next = 0;

  constructor(tokens: readonly Token[], lines: readonly Line[], environment: Environment) {
    this.#tokens = tokens;
    this.#lines = lines;
    this.#environment = environment;
  }

  /** Up to the end of what they stand in. */
  blocks(): BlockNode[] {
    const blocks: BlockNode[] = [];
    for (let token = this.#take(); token !== undefined && token.nesting >= 0; token = this.#take()) {
      const block = this.#block(token);
      if (block !== null) blocks.push(block);
    }
    return blocks;
  }

  #take(): Token | undefined {
    const token = this.#tokens[this.#next];
    this.#next += 1;
    return token;
  }

  #block(token: Token): BlockNode | null {
    switch (token.type) {
      case "paragraph_open":
        return { kind: token.hidden ? "tight" : "paragraph", children: this.#line(token) };
      case "heading_open":
        return { kind: "heading", level: Number(token.tag.slice(1)), children: this.#line(token) };
      case "hr":
        return { kind: "rule" };
      case "fence":
        return this.#code(token, 1);
      case "code_block":
        return this.#code(token, 0);
      case "blockquote_open":
        return { kind: "quote", children: this.blocks() };
      case "bullet_list_open":
        return { kind: "list", first: null, items: this.#items() };
      case "ordered_list_open":
        return { kind: "list", first: Number(token.attrGet("start") ?? 1), items: this.#items() };
      case "table_open":
        return this.#table();
      default:
        // A definition; it shows where it is used.
        return null;
    }
  }

  /** The content of a paragraph or a heading. */
  #line(open: Token): Inline[] {
    const inline = this.#take();
    this.#take();
    if (inline === undefined) return [];
    const lines = this.#lines.slice(open.map?.[0], open.map?.[1]);
    const first = lines[0];
    const isMarkedHeading = open.markup.startsWith("#") && first !== undefined;
    const place = isMarkedHeading ? placeHeading(open.markup, first) : placeLines(inline.content, lines);
    return inlines(inline.content, place, this.#environment);
  }

  #code(token: Token, fenceLines: number): BlockNode {
    const texts: Text[] = [];
    const lines = this.#lines.slice((token.map?.[0] ?? 0) + fenceLines);
    const parts = token.content.split("\n");
    for (const [index, part] of parts.entries()) {
      const line = lines[index];
      // A tab that is only partly indentation comes as spaces, which nobody wrote.
      const isVerbatim = line?.text.endsWith(part) === true;
      const end = (line?.start ?? 0) + (line?.text.length ?? 0);
      push(texts, { kind: "text", text: part, span: isVerbatim ? { start: end - part.length, end } : null });
      if (index === parts.length - 1) break;
      push(texts, { kind: "text", text: "\n", span: line === undefined ? null : { start: end, end: end + 1 } });
    }
    return { kind: "code", language: languageOf(token), text: token.content, texts };
  }

  #items(): BlockNode[][] {
    const items: BlockNode[][] = [];
    while (this.#take()?.nesting === 1) items.push(this.blocks());
    return items;
  }

  #table(): BlockNode {
    const rows: Cell[][] = [];
    for (let token = this.#take(); token !== undefined && token.type !== "table_close"; token = this.#take()) {
      if (token.type === "tr_open") rows.push(this.#row(this.#lines[token.map?.[0] ?? 0]));
    }
    const [head = [], ...body] = rows;
    return { kind: "table", head, rows: body };
  }

  #row(line: Line | undefined): Cell[] {
    const cells: { align: Cell["align"]; content: string }[] = [];
    for (let open = this.#take(); open !== undefined && open.nesting === 1; open = this.#take()) {
      cells.push({ align: alignment(open), content: this.#take()?.content ?? "" });
      this.#take();
    }
    const places = line === undefined ? [] : placeCells(line, cells.map(({ content }) => content));
    return cells.map(({ align, content }, index) => {
      const place = places[index] ?? (() => ({ start: 0, end: 0 }));
      return { align, children: inlines(content, place, this.#environment) };
    });
  }
}

function alignment(cell: Token): Cell["align"] {
  const style = cell.attrGet("style");
  for (const align of ["left", "center", "right"] as const) if (style === `text-align:${align}`) return align;
  return null;
}

function inlines(content: string, place: Placing, environment: Environment): Inline[] {
  return nest(inlineTokens(content, environment), { content, place });
}

interface Source {
  content: string;
  place: Placing;
}

function nest(tokens: readonly Token[], source: Source): Inline[] {
  const root: Inline[] = [];
  // What is open, outermost first, with whether it is inside a link.
  const open = [{ children: root, inLink: false }];
  for (const token of tokens) {
    const { children, inLink } = open.at(-1) ?? { children: root, inLink: false };
    if (token.nesting === -1) {
      open.pop();
    } else if (token.type === "link_open") {
      const link = linkTo(token, "href");
      if (link === null) {
        open.push({ children, inLink });
      } else {
        children.push(link);
        open.push({ children: link.children, inLink: true });
      }
    } else if (token.nesting === 1) {
      const tag = token.type === "strong_open" ? "strong" : token.type === "s_open" ? "del" : "em";
      const inside: Inline[] = [];
      children.push({ kind: "emphasis", tag, children: inside });
      open.push({ children: inside, inLink });
    } else {
      leaf(children, token, source, inLink);
    }
  }
  return root;
}

function leaf(into: Inline[], token: Token, source: Source, inLink: boolean): void {
  const at = located(token);
  switch (token.type) {
    case "text":
      push(into, verbatim(token.content, at, source));
      break;
    case "text_special":
      push(into, { kind: "text", text: token.content, span: source.place(at, at + token.markup.length) });
      break;
    case "softbreak":
      push(into, { kind: "text", text: "\n", span: source.place(at, at + 1) });
      break;
    case "hardbreak":
      into.push({ kind: "break" });
      break;
    case "code_inline":
      into.push({ kind: "code", texts: codeSpan(token, at + token.markup.length, source) });
      break;
    case "citation":
      into.push({ kind: "citation", marker: Number(token.content) });
      break;
    case "image":
      image(into, token, { start: at + "![".length, source, inLink });
      break;
  }
}

/** Its words, which lead to it where they may; where it has none, its address. */
function image(into: Inline[], token: Token, around: { start: number; source: Source; inLink: boolean }): void {
  const { start, source, inLink } = around;
  const words = plainText(nest(token.children ?? [], { content: token.content, place: source.place }));
  const link = inLink ? null : linkTo(token, "src");
  const text = words === "" && link !== null ? link.href : words;
  const label: Text = { kind: "text", text, span: source.place(start, start + token.content.length) };
  if (link === null) {
    push(into, label);
  } else {
    push(link.children, label);
    into.push(link);
  }
}

function codeSpan(token: Token, begin: number, { content, place }: Source): Text[] {
  const { length } = token.content;
  const isStripped = content.slice(begin, begin + length).replaceAll("\n", " ") !== token.content;
  let at = isStripped ? begin + 1 : begin;
  const texts: Text[] = [];
  for (const [index, line] of content.slice(at, at + length).split("\n").entries()) {
    if (index > 0) {
      push(texts, { kind: "text", text: " ", span: place(at, at + 1) });
      at += 1;
    }
    push(texts, verbatim(line, at, { content, place }));
    at += line.length;
  }
  return texts;
}

/** Deeply nested text isn't located, and stays unmarked. */
function verbatim(text: string, at: number, { content, place }: Source): Text {
  return { kind: "text", text, span: content.startsWith(text, at) ? place(at, at + text.length) : null };
}

function linkTo(token: Token, attribute: "href" | "src"): Extract<Inline, { kind: "link" }> | null {
  const href = String(token.attrGet(attribute) ?? "");
  const title = token.attrGet("title");
  return ALLOWED_ADDRESS.test(href) ? { kind: "link", href, title: title === null ? null : String(title), children: [] } : null;
}

/** Texts that follow each other where they were written become one. */
function push(into: Inline[], text: Text): void {
  if (text.text === "") return;
  const last = into.at(-1);
  if (last?.kind === "text" && isVerbatim(last) && isVerbatim(text) && last.span?.end === text.span?.start) {
    into[into.length - 1] = {
      kind: "text",
      text: last.text + text.text,
      span: { start: last.span?.start ?? 0, end: text.span?.end ?? 0 },
    };
  } else {
    into.push(text);
  }
}
