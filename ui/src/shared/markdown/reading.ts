// Reads an answer that is still being written. Only its tail is parsed again: the blocks that what comes next
// can still change, which is seldom more than the last one. A block before is settled, and built again only
// when a definition (`[label]: address`) of a label that it asked for comes or changes further down.
//
// What settles a block is stated at `isSettledBefore`. A rule there that is too bold shows in the tests as a
// text whose result depends on the pieces that it came in.
import { build } from "./build";
import { isBlank, linesFrom, sourceOf, type Line } from "./lines";
import type { Block } from "./nodes";
import { blockTokens, type References, type Token } from "./syntax";

/** The tokens of a block at the top, or of a definition there. */
interface Group {
  tokens: Token[];
  /** Lines of the tail, from `first` to before `end`. */
  first: number;
  end: number;
}

interface Built {
  block: Block;
  /** Labels that were looked up, found or not. */
  asked: ReadonlySet<string>;
  again: (references: References) => Block;
}

/** Blocks are handed on by the page, so that drawing need not look at each of a long text's. */
const PAGE_BLOCKS = 32;

export class Reading {
  #citations = false;
  /** What is settled of the text; the tail begins after it. */
  #settledText = "";
  #blocks: Block[] = [];
  /** Those of `#blocks` that fill whole pages. */
  #pages: Block[][] = [];
  /** Those of `#blocks` that asked for labels, by their index. */
  #asking = new Map<number, Built>();
  #settledReferences = references(null);
  /** What the tail defined the last time. */
  #tailReferences = references(null);

  /**
   * The blocks of `text`, by the page. A settled one stays in its place and the same object as long as nothing
   * changes it, and so does a page of such.
   */
  read(text: string, citations: boolean): readonly (readonly Block[])[] {
    // Not `startsWith`, which compares letter by letter.
    const goesOn = text.slice(0, this.#settledText.length) === this.#settledText;
    if (citations !== this.#citations || !goesOn) this.#forget();
    this.#citations = citations;

    const lines = linesFrom(text, this.#settledText.length);
    const known = references(this.#settledReferences);
    const groups = grouped(blockTokens(sourceOf(lines), known));
    this.#buildAgain(changedLabels(this.#tailReferences, known), known);
    this.#tailReferences = known;

    const count = settledCount(groups, lines);
    const tailStart = lines[groups[count]?.first ?? 0]?.start;
    for (const group of groups.slice(0, count)) this.#settle(group, lines, known);
    if (count > 0) this.#settledText = text.slice(0, tailStart);
    const tail = groups.slice(count).flatMap((group) => this.#build(group, lines, known)?.block ?? []);
    const rest = [...this.#blocks.slice(this.#pages.length * PAGE_BLOCKS), ...tail];
    return [...this.#pages, ...Array.from({ length: Math.ceil(rest.length / PAGE_BLOCKS) }, (_, page) => pageOf(rest, page))];
  }

  #forget(): void {
    this.#settledText = "";
    this.#blocks = [];
    this.#pages = [];
    this.#asking.clear();
    this.#settledReferences = references(null);
    this.#tailReferences = references(null);
  }

  #buildAgain(labels: ReadonlySet<string>, known: References): void {
    if (labels.size === 0) return;
    for (const [index, { asked, again }] of this.#asking) {
      if (![...labels].some((label) => asked.has(label))) continue;
      this.#blocks[index] = again(known);
      const page = Math.floor(index / PAGE_BLOCKS);
      if (page < this.#pages.length) this.#pages[page] = pageOf(this.#blocks, page);
    }
  }

  #settle(group: Group, lines: readonly Line[], known: References): void {
    for (const token of group.tokens) {
      const label = definedLabel(token);
      const reference = label === null ? undefined : known[label];
      if (label !== null && reference !== undefined) this.#settledReferences[label] = reference;
    }
    const built = this.#build(group, lines, known);
    if (built === null) return;
    if (built.asked.size > 0) this.#asking.set(this.#blocks.length, built);
    this.#blocks.push(built.block);
    if (this.#blocks.length % PAGE_BLOCKS === 0) this.#pages.push(pageOf(this.#blocks, this.#pages.length));
  }

  /** Null for a definition. */
  #build({ tokens, first, end }: Group, lines: readonly Line[], known: References): Built | null {
    const asked = new Set<string>();
    const citations = this.#citations;
    const again = (now: References): Block | null => {
      const node = build(tokens, lines, { references: overheard(now, asked), citations });
      const [begin, last] = [lines[first], lines[end - 1]];
      if (node === null || begin === undefined || last === undefined) return null;
      return { start: begin.start, end: last.start + last.text.length, node };
    };
    const block = again(known);
    return block === null ? null : { block, asked, again: (now) => again(now) ?? block };
  }
}

function pageOf(blocks: readonly Block[], page: number): Block[] {
  return blocks.slice(page * PAGE_BLOCKS, (page + 1) * PAGE_BLOCKS);
}

/** By what stands in no other. */
function grouped(tokens: readonly Token[]): Group[] {
  const groups: Group[] = [];
  for (const token of tokens) {
    if (token.level === 0 && token.nesting >= 0) {
      const [first, end] = token.map ?? [0, 0];
      groups.push({ tokens: [], first, end });
    }
    groups.at(-1)?.tokens.push(token);
  }
  return groups;
}

function settledCount(groups: readonly Group[], lines: readonly Line[]): number {
  let count = groups.length - 1;
  while (count > 0 && !isSettledBefore(groups, count, lines)) count -= 1;
  return Math.max(0, count);
}

/** Whether no text that may follow changes a block before this one. Only the last line may still grow. */
function isSettledBefore(groups: readonly Group[], index: number, lines: readonly Line[]): boolean {
  const [before, here] = [groups[index - 1], groups[index]];
  const kind = before?.tokens[0];
  if (kind === undefined || here === undefined) return false;
  // These end with their own last line. (So does a heading that is underlined, but all of it may yet turn out
  // to be the title of a definition.)
  const endsItself = kind.type === "hr" || kind.type === "fence" || (kind.type === "heading_open" && kind.markup.startsWith("#"));
  if (endsItself) return true;
  // After a blank line only a list goes on, and whether it does is not seen before the next line is whole: `2`
  // is a paragraph, `2. more` the next item.
  const isList = kind.type === "bullet_list_open" || kind.type === "ordered_list_open";
  const isWhole = here.first < lines.length - 1;
  return isBlank(lines[here.first - 1]) && (isWhole || !isList);
}

function references(inherited: References | null): References {
  return Object.create(inherited) as References;
}

/** Labels that were defined otherwise, or not at all, before. */
function changedLabels(before: References, now: References): Set<string> {
  const labels = [...Object.keys(before), ...Object.keys(now)];
  return new Set(labels.filter((label) => before[label]?.href !== now[label]?.href || before[label]?.title !== now[label]?.title));
}

function definedLabel(token: Token): string | null {
  const label = token.type === "reference_definition" ? token.meta?.["label"] : null;
  return typeof label === "string" ? label : null;
}

/** The same, and `asked` learns which labels were looked up. */
function overheard(known: References, asked: Set<string>): References {
  return new Proxy(known, {
    get: (target, label) => {
      if (typeof label !== "string") return undefined;
      asked.add(label);
      return target[label];
    },
  });
}
