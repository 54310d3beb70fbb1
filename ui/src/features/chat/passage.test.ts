import { describe, expect, it } from "vitest";

import { passages, utf16Offset } from "./passage";

function cited(text: string, start: number, end: number): string {
  const { blocks } = passages(text, start, end);
  return blocks.flatMap(({ pieces }) => pieces.filter((piece) => piece.cited).map((piece) => piece.text)).join("");
}

describe("a cited passage", () => {
  it("is found where signs take two code units", () => {
    expect(utf16Offset("a🌱b", 2)).toBe(3);
    expect(cited("🌱🌱 The seed is kept dry. 🌱 End", 3, 25)).toBe("The seed is kept dry. ");
  });

  it("loses nothing of the text, however long its lines are", () => {
    const text = `${"One line.\n".repeat(300)}${"🌱x".repeat(5000)}\nlast`;
    const { blocks } = passages(text, 10, 19);
    expect(blocks.flatMap(({ pieces }) => pieces.map((piece) => piece.text)).join("")).toBe(text);
    expect(blocks.length).toBeGreaterThan(5);
    expect(blocks.every(({ pieces }) => pieces.every((piece) => !/\p{Surrogate}/u.test(piece.text)))).toBe(true);
  });

  it("says in which block it begins, and may go on in the next", () => {
    const text = "One line.\n".repeat(300);
    const { blocks, first } = passages(text, 1700, 2700);
    expect(first).toBe(2);
    expect(blocks.filter(({ pieces }) => pieces.some((piece) => piece.cited)).length).toBeGreaterThan(1);
    expect(cited(text, 1700, 2700)).toBe(text.slice(1700, 2700));
  });

  it("beyond the text's end marks nothing", () => {
    expect(passages("short", 90, 99)).toEqual({ blocks: [{ at: 0, pieces: [{ text: "short", cited: false }] }], first: 0 });
    expect(passages("", 0, 5)).toEqual({ blocks: [], first: 0 });
  });
});
