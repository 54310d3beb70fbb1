// Where words stand in the text, and how marks cut them.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { CRLF, REPORT } from "../../../tests/markdown-texts";
import { sharedData } from "../../../tests/shared-data";
import { cut, inOrder, within, type Mark } from "./marks";
import { isVerbatim, type Text } from "./nodes";
import { Reading } from "./reading";

function mark(start: number, end: number, kind: Mark["kind"] = "claim"): Mark {
  return { start, end, kind, tip: null };
}

/** Every text of what is read, wherever it is nested. */
function texts(node: unknown): Text[] {
  if (typeof node !== "object" || node === null) return [];
  if ("kind" in node && node.kind === "text") return [node as Text];
  return Object.values(node).flatMap(texts);
}

/** The texts that don't stand where they claim to, and how many stand somewhere. */
function check(text: string): { wrong: Text[]; verbatim: number; whole: number; unknown: Text[] } {
  const all = texts(new Reading().read(text, true));
  const verbatim = all.filter(isVerbatim);
  // The end of a line is a space in code, and may be written with a letter of its own.
  const plain = (words: string) => words.replaceAll("\0", "\u{fffd}").replaceAll(/[\r\n]/g, " ");
  const wrong = verbatim.filter((one) => plain(text.slice(one.span?.start, one.span?.end)) !== plain(one.text));
  const unknown = all.filter(({ span }) => span === null);
  return { wrong, verbatim: verbatim.length, whole: all.length - verbatim.length - unknown.length, unknown };
}

describe("where words stand", () => {
  it("is known for all of a long text, with either end of lines", () => {
    for (const text of [REPORT, CRLF]) {
      const { wrong, verbatim, unknown } = check(text);
      expect(wrong).toEqual([]);
      expect(verbatim).toBeGreaterThan(60);
      expect(unknown.map((one) => one.text)).toEqual([]);
    }
  });

  it("is known behind markers, in cells, in code and in what was written otherwise", () => {
    const text = "> - a **b**\n>   c `d  e` &amp; \\* <https://x.org>\n\n- | h | `i\\|j` |\n  |---|---|\n  | k | l \\| m |\n";
    const shown = texts(new Reading().read(text, true)).map((one) => [one.text, text.slice(one.span?.start, one.span?.end)]);
    expect(shown).toEqual([
      ["a ", "a "],
      ["b", "b"],
      ["\n", "\n"],
      ["c ", "c "],
      ["d  e", "d  e"],
      [" ", " "],
      ["&", "&amp;"],
      [" ", " "],
      ["*", "\\*"],
      [" ", " "],
      ["https://x.org", "https://x.org"],
      ["h", "h"],
      ["i|j", "i\\|j"],
      ["k", "k"],
      ["l | m", "l \\| m"],
    ]);
  });

  const folder = sharedData("markdown");
  it.skipIf(folder === null)("is never said wrongly in the examples of the specifications", () => {
    const counts = { verbatim: 0, whole: 0, unknown: 0 };
    for (const file of ["commonmark-0.31.2.json", "gfm-0.29-extensions.json"]) {
      for (const { markdown } of JSON.parse(readFileSync(join(folder ?? "", file), "utf8")) as { markdown: string }[]) {
        const { wrong, verbatim, whole, unknown } = check(markdown);
        expect(wrong, markdown).toEqual([]);
        counts.verbatim += verbatim;
        counts.whole += whole;
        counts.unknown += unknown.length;
      }
    }
    console.log("texts of the examples:", counts);
    expect(counts.unknown / counts.verbatim).toBeLessThan(0.01);
  });
});

describe("marks", () => {
  const text: Text = { kind: "text", text: "abcdef", span: { start: 10, end: 16 } };

  function pieces(...marks: Mark[]): string {
    return cut(text, inOrder(marks))
      .map(({ text: piece, mark: of }) => (of === null ? piece : `[${piece}]`))
      .join("");
  }

  it("cut a text where they begin and end, and lose none of it", () => {
    expect(pieces(mark(12, 14))).toBe("ab[cd]ef");
    expect(pieces(mark(0, 12), mark(15, 40))).toBe("[ab]cde[f]");
    expect(pieces(mark(0, 10), mark(16, 20))).toBe("abcdef");
    expect(pieces(mark(10, 16))).toBe("[abcdef]");
  });

  it("that overlap stand side by side, and empty ones nowhere", () => {
    expect(pieces(mark(13, 15), mark(11, 14))).toBe("a[bcd][e]f");
    expect(pieces(mark(12, 12), mark(14, 13), mark(-5, 11))).toBe("[a]bcdef");
  });

  it("take what was written otherwise as a whole, and leave alone what stands nowhere", () => {
    const entity: Text = { kind: "text", text: "&", span: { start: 10, end: 15 } };
    expect(cut(entity, [mark(12, 13)])).toEqual([{ text: "&", mark: mark(12, 13) }]);
    expect(cut({ ...entity, span: null }, [mark(0, 99)])).toEqual([{ text: "&", mark: null }]);
  });

  it("that touch nothing are the same empty list", () => {
    expect(within([mark(0, 5)], 5, 9)).toBe(within([], 0, 1));
  });
});
