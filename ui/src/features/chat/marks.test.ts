// Claims in, the marked stretches of the text out.
import { describe, expect, it } from "vitest";

import type { Claim } from "../../protocol";
import { marksOf } from "./marks";

function claim(text: string, part: string, ok = true): Claim {
  const start = text.indexOf(part);
  return { text: part, ok, start, end: start + part.length, fact: ok ? `Price: ${part}` : null };
}

/** What is marked, as `kind:text`. */
function check(text: string, parts: Record<string, boolean>, expected: string[]): void {
  const claims = Object.entries(parts).map(([part, ok]) => claim(text, part, ok));
  expect(marksOf(text, claims).map(({ kind, start, end }) => `${kind}:${text.slice(start, end)}`)).toEqual(expected);
}

describe("a marked answer", () => {
  it("marks claims that facts have, with the fact", () => {
    const text = "It costs $5.14 and weighs 100 g.";
    check(text, { "100 g": true, "$5.14": true }, ["claim:$5.14", "claim:100 g"]);
    expect(marksOf(text, [claim(text, "$5.14")])[0]?.tip).toBe("Price: $5.14");
  });

  it("marks the whole sentence around one that no fact has, and nothing within it", () => {
    const text = "It costs $5.14. The rating is 97 of 100! It is light.";
    check(text, { "$5.14": true, "97": false, "100": true }, ["claim:$5.14", "doubt:The rating is 97 of 100!"]);
  });

  it("says all that is doubtful in a sentence", () => {
    const text = "The rating is 97 of 99.";
    expect(marksOf(text, [claim(text, "97", false), claim(text, "99", false)])).toEqual([
      { start: 0, end: text.length, kind: "doubt", tip: "Not among the facts: 97, 99" },
    ]);
  });

  it("takes a point within a figure for no sentence's end", () => {
    check("A 1.5 kg bag costs $9.99 here. Good.", { "$9.99": false }, ["doubt:A 1.5 kg bag costs $9.99 here."]);
  });

  it("keeps to the line and leaves its bullet out", () => {
    check("Two:\n- **One** costs $4\n- Two costs $5", { $4: false }, ["doubt:**One** costs $4"]);
    check("1. It costs $4 now", { $4: false }, ["doubt:It costs $4 now"]);
    check("| A | $4 |\n", { $4: false }, ["doubt:$4 "]);
  });

  it("leaves out what lies outside the text", () => {
    expect(marksOf("short", [{ text: "x", ok: true, start: 3, end: 9, fact: null }])).toEqual([]);
  });
});
