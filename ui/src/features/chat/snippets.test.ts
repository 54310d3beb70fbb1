import { describe, expect, it } from "vitest";

import { snippetPieces } from "./snippets";

function check(snippet: string, marked: string): void {
  expect(snippetPieces(snippet).map(({ text, found }) => (found ? `<${text}>` : text)).join("")).toBe(marked);
}

describe("a snippet", () => {
  it("marks the words that were found", () => check("a [light] roast under [20] …", "a <light> roast under <20> …"));
  it("may begin and end with one", () => check("[light]", "<light>"));
  it("keeps a bracket without its other half", () => check("a [b and c] d]", "a <b and c> d]"));
  it("is text where nothing is marked", () => check("nothing here", "nothing here"));
});
