// An answer is the same in whatever pieces it comes, at each of them, and what is settled stays as it is.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { chance, CRLF, longText, pieceEnds, REPORT } from "../../../tests/markdown-texts";
import { sharedData } from "../../../tests/shared-data";
import type { Block } from "./nodes";
import { Reading } from "./reading";

/** Without the pages. */
function blocks(reading: Reading, text: string, citations = false): Block[] {
  return reading.read(text, citations).flat();
}

/** Reads a text in pieces, and compares at each of them with reading that much at once. */
function check(text: string, random: () => number): void {
  const reading = new Reading();
  for (const end of pieceEnds(text, random)) {
    const soFar = text.slice(0, end);
    const [streamed, once] = [blocks(reading, soFar, true), blocks(new Reading(), soFar, true)];
    if (JSON.stringify(streamed) !== JSON.stringify(once)) expect(streamed, JSON.stringify(soFar)).toEqual(once);
  }
}

function isSame(before: readonly Block[], after: readonly Block[]): boolean[] {
  return before.map((block, index) => block === after[index]);
}

describe("a text that comes in pieces", () => {
  it("is what it is at once, at every piece, whatever the pieces", () => {
    for (const [index, text] of [REPORT, CRLF].entries()) {
      for (let seed = 0; seed < 4; seed += 1) check(text, chance(index * 1000 + seed));
    }
    check(REPORT, () => 0);
  });

  it("is so where one block follows another in every order", () => {
    const parts = REPORT.split("\n\n");
    const random = chance(7);
    for (let round = 0; round < 100; round += 1) {
      const picked = Array.from({ length: 5 }, () => parts[Math.floor(random() * parts.length)]);
      check(picked.join(random() < 0.5 ? "\n" : "\n\n"), random);
    }
  });

  it("is so for lines that mean something else when they are whole", () => {
    const lines = ["foo", "- a", "-", "1. a", "2", "2.", "2. b", "", "  ", "# h", "#", "#x", "---", "--", "***", "***b**", "```", "``", "```x`", "|a|b|", "|-|-|", "|-|-|x", "> q", ">", "    code", "\tcode", "[a]: /u", '"t', 't"', "[a]", "===", "* c", "   x"];
    const random = chance(11);
    for (let round = 0; round < 1500; round += 1) {
      const count = 2 + Math.floor(random() * 6);
      check(Array.from({ length: count }, () => lines[Math.floor(random() * lines.length)]).join("\n"), random);
    }
  });

  it("is so where what comes later takes back what seemed to end", () => {
    const letters = () => 0;
    check('[a]: /u\n"t\n===\nbar"\n\n[a]', letters);
    check("|a|\n|-|\n|b|\n#\n#x\n\nend", letters);
    check("|a|\n|-|\n|b|\n#x\n\nend", letters);
    check("1. a\n\n2. b\n\n2 c\n\n- d\n\n-e\n", letters);
    check("a\n***b**\n```c`\n#d\n-\n", letters);
  });

  const folder = sharedData("markdown");
  it.skipIf(folder === null)("is so for the examples of the specifications", () => {
    for (const file of ["commonmark-0.31.2.json", "gfm-0.29-extensions.json"]) {
      const examples = JSON.parse(readFileSync(join(folder ?? "", file), "utf8")) as { markdown: string }[];
      examples.forEach(({ markdown }, seed) => {
        check(markdown, chance(seed));
        check(`Before.\n\n${markdown}\n\nAfter [foo] and [bar].\n`, chance(seed + 10_000));
      });
    }
  });

  it("keeps what is settled, and reads only the rest again", () => {
    const text = longText(20_000);
    const reading = new Reading();
    const before = blocks(reading, text);
    const after = blocks(reading, `${text}And`);
    const later = blocks(reading, `${text}And more`);
    expect(before.length).toBeGreaterThan(100);
    expect(isSame(before, after).slice(0, -1)).not.toContain(false);
    expect(isSame(after, later).slice(0, -1)).not.toContain(false);
    const [pages, more] = [reading.read(`${text}And more`, false), reading.read(`${text}And more.`, false)];
    expect(pages.length).toBeGreaterThan(3);
    expect(pages.map((page, index) => page === more[index])).toEqual(pages.map((_, index) => index < pages.length - 1));
  });

  it("builds again those blocks that asked for a definition when it comes, and no others", () => {
    const reading = new Reading();
    const before = blocks(reading, "See [a].\n\nSee [b].\n\nEnd.\n\n");
    const after = blocks(reading, "See [a].\n\nSee [b].\n\nEnd.\n\n[b]: https://example.org\n");
    expect(isSame(before, after)).toEqual([true, false, false]);
    expect(JSON.stringify(after[1])).toContain("https://example.org");
  });

  it("builds a block of an earlier page again, and its page with it", () => {
    const text = `See [a].\n\n${longText(10_000)}`;
    const reading = new Reading();
    const before = reading.read(text, false);
    const after = reading.read(`${text}[a]: https://example.org\n`, false);
    expect(before.length).toBeGreaterThan(3);
    expect(after.map((page, index) => page === before[index]).slice(0, -1)).toEqual([false, ...before.slice(2).map(() => true)]);
    expect(JSON.stringify(after[0]?.[0])).toContain("https://example.org");
  });

  it("begins anew when it is another text", () => {
    const reading = new Reading();
    blocks(reading, "One.\n\nTwo.\n\nThree.");
    expect(blocks(reading, "Another.\n\nTwo.")).toEqual(blocks(new Reading(), "Another.\n\nTwo."));
    expect(blocks(reading, "")).toEqual([]);
  });
});
