// The Markdown that answers are written in: CommonMark with GFM's tables and strikethrough, and citation
// markers. HTML is no part of it, so that tags are text. markdown-it finds the tokens; it renders nothing
// here. It doesn't say where in a line a token stands, so a state of our own notes it for marks: whoever
// adds a rule that pushes text has to see that `located` still finds its place.
import MarkdownIt from "markdown-it";

import { useStrikethrough } from "./strikethrough";

export type Token = InstanceType<typeof MarkdownIt.Token>;
type StateInline = InstanceType<typeof MarkdownIt.StateInline>;

/** What link reference definitions say, by their normalised label. */
export type References = Record<string, { title: string; href: string }>;

export interface Environment {
  references: References;
  /** Whether `[1]` is a citation. */
  citations: boolean;
}

/** Not before a link's address or a definition's. */
const CITATION = /\[([1-9]\d{0,2})\](?![(:])/y;

class LocatedState extends MarkdownIt.StateInline {
  /** Where the rule at work began. */
  at = 0;
  pendingAt = 0;

  override pushPending(): Token {
    const token = super.pushPending();
    token.meta = { at: this.pendingAt };
    return token;
  }

  override push(type: string, tag: string, nesting: -1 | 0 | 1): Token {
    const token = super.push(type, tag, nesting);
    token.meta = { at: this.at };
    return token;
  }
}

const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
// Which addresses may be links is decided where nodes are built, and an address is shown as it was written.
markdown.validateLink = () => true;
markdown.normalizeLinkText = (url) => url;
markdown.disable(["html_block", "html_inline", "linkify", "fragments_join"]);
markdown.inline.State = LocatedState;
markdown.inline.ruler.before("text", "locate", noteStart);
markdown.inline.ruler.before("link", "citation", citation);
markdown.inline.ruler2.before("balance_pairs", "locate", spreadRuns);
useStrikethrough(markdown);

/** The tokens of blocks; lines end with `\n`. Definitions in it are added to `references` unless known there. */
export function blockTokens(source: string, references: References): Token[] {
  const tokens: Token[] = [];
  const environment: Environment = { references, citations: false };
  markdown.block.parse(source, markdown, { ...environment }, tokens);
  return tokens;
}

export function inlineTokens(source: string, environment: Environment): Token[] {
  const tokens: Token[] = [];
  markdown.inline.parse(source, markdown, { ...environment }, tokens);
  return tokens;
}

/** Where in its line an inline token begins. */
export function located(token: Token): number {
  const at = token.meta?.["at"];
  return typeof at === "number" ? at : 0;
}

/** The first word after a fence. */
export function languageOf(fence: Token): string {
  return markdown.utils.unescapeAll(fence.info.trim()).split(/\s+/, 1)[0] ?? "";
}

/** Runs before every other rule and takes nothing. */
function noteStart(state: StateInline, silent: boolean): boolean {
  if (!silent && state instanceof LocatedState) {
    state.at = state.pos;
    if (state.pending === "") state.pendingAt = state.pos;
  }
  return false;
}

/** A run of delimiters is several texts of one rule, one after the other; an automatic link's begins after `<`. */
function spreadRuns(state: StateInline): void {
  let began = -1;
  let next = 0;
  let before: Token | undefined;
  for (const token of state.tokens) {
    if (token.type === "text") {
      const at = located(token);
      if (at !== began) next = before?.markup === "autolink" && before.nesting === 1 ? at + 1 : at;
      began = at;
      token.meta = { at: next };
      next += token.content.length;
    }
    before = token;
  }
}

function citation(state: StateInline, silent: boolean): boolean {
  // Looked ahead at from a link's label, it is part of that.
  if (silent || state.env["citations"] !== true || state.linkLevel > 0) return false;
  CITATION.lastIndex = state.pos;
  const marker = CITATION.exec(state.src)?.[1];
  if (marker === undefined) return false;
  state.push("citation", "", 0).content = marker;
  state.pos += marker.length + 2;
  return true;
}
