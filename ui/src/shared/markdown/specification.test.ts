// What is shown, against the examples of the specifications. Every example is compared: with what its
// specification expects where an answer may be that; where it may not, with that brought to what it may be; and
// an example with HTML with what markdown-it itself makes of it when HTML is text. The counts are asserted, so
// that none drops out unseen.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { cleanup, render } from "@testing-library/svelte";
import MarkdownIt from "markdown-it";
import { afterEach, describe, expect, it } from "vitest";

import { expectedTree, shownTree, type Tree } from "../../../tests/html-tree";
import { sharedData } from "../../../tests/shared-data";
import Markdown from "./Markdown.svelte";

interface Example {
  markdown: string;
  html: string;
  example: number;
  section: string;
}

const folder = sharedData("markdown");
const LIMIT_MS = 240_000;

function examples(file: string): Example[] {
  return folder === null ? [] : (JSON.parse(readFileSync(join(folder, file), "utf8")) as Example[]);
}

function shown(text: string): Tree[] {
  const { container } = render(Markdown, { props: { text, onlink: () => {} } });
  const root = container.querySelector(".markdown");
  if (root === null) throw new Error("nothing was drawn");
  const tree = shownTree(root);
  cleanup();
  return tree;
}

const withHtml = new MarkdownIt("commonmark");
const withoutHtml = new MarkdownIt("commonmark", { html: false });
withoutHtml.validateLink = () => true;
withoutHtml.normalizeLinkText = (url) => url;

/** Why an answer may not be what an example expects. */
function objections({ markdown, html }: Example): string[] {
  const tokens = withHtml.parse(markdown, {}).flatMap((token) => [token, ...(token.children ?? [])]);
  const raw = tokens.filter(({ type }) => type === "html_block" || type === "html_inline").map(({ type }) => type);
  return raw.length > 0 ? [...new Set(raw)] : [...expectedTree(html).objections];
}

/** The differences, and how many examples there are for each set of objections. */
function compare(all: readonly Example[]): { different: unknown[]; counts: Record<string, number> } {
  const counts: Record<string, number> = {};
  const different: unknown[] = [];
  for (const example of all) {
    const reasons = objections(example);
    const name = reasons.join(" and ") || "none";
    counts[name] = (counts[name] ?? 0) + 1;
    const isHtml = reasons.some((reason) => reason.startsWith("html"));
    const { tree } = expectedTree(isHtml ? withoutHtml.render(example.markdown) : example.html);
    const drawn = shown(example.markdown);
    if (JSON.stringify(drawn) !== JSON.stringify(tree)) {
      different.push({ example: example.example, markdown: example.markdown, drawn, expected: tree, reasons });
    }
  }
  return { different, counts };
}

afterEach(cleanup);

describe.skipIf(folder === null)("Markdown", () => {
  it("is shown as CommonMark has it", () => {
    const { different, counts } = compare(examples("commonmark-0.31.2.json"));
    console.log("CommonMark examples by what an answer may not be:", counts);
    expect(different).toEqual([]);
    expect(counts).toEqual({
      none: 462,
      "link scheme": 96,
      image: 20,
      "link scheme and image": 2,
      html_block: 45,
      html_inline: 26,
      "html_block and html_inline": 1,
    });
  }, LIMIT_MS);

  it("has the tables and the strikethrough of GFM", () => {
    const all = examples("gfm-0.29-extensions.json");
    expect(all).toHaveLength(28);
    const asked = all.filter(({ section }) => /Tables|Strikethrough/.test(section));
    const { different, counts } = compare(asked);
    console.log("GFM examples:", counts, "not used:", all.filter((one) => !asked.includes(one)).map(({ section }) => section));
    expect(different).toEqual([]);
    expect(counts).toEqual({ none: 11 });
  });
});
