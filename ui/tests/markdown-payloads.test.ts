// Hostile answers, wherever a model could put them: what is drawn has only the elements and attributes that an
// answer may have, at once and in pieces. What a browser then does is in `markdown-browser.test.ts`.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { cleanup, render } from "@testing-library/svelte";
import { describe, expect, it } from "vitest";

import Markdown from "../src/shared/markdown/Markdown.svelte";
import { offence, settings } from "./markdown-policy";
import { sharedData } from "./shared-data";

const folder = sharedData("xss_dompurify");
const PLACES = 12;
const LIMIT_MS = 240_000;

function payloads(): { id: string; payload: string }[] {
  const lines = readFileSync(join(folder ?? "", "payloads.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line) as { id: string; payload: string });
}

describe.skipIf(folder === null)("hostile answers", () => {
  it("are drawn with the elements and attributes of an answer only", async () => {
    const found: string[] = [];
    let drawn = 0;
    let elements = 0;
    for (const { id, payload } of payloads()) {
      for (const [place, text] of Object.entries(settings(payload))) {
        const props = { onlink: () => {}, oncitation: () => {}, marks: [{ start: 0, end: text.length, kind: "doubt", tip: text } as const] };
        const { container, rerender } = render(Markdown, { props: { ...props, text: text.slice(0, text.length / 2) } });
        const root = container.querySelector(".markdown");
        for (const step of [text.length / 2, text.length]) {
          await rerender({ ...props, text: text.slice(0, step) });
          for (const element of root?.querySelectorAll("*") ?? []) {
            elements += 1;
            const what = offence(element);
            if (what !== null) found.push(`${id} in ${place}: ${what}`);
          }
        }
        drawn += 1;
        cleanup();
      }
    }
    expect(found).toEqual([]);
    expect(drawn).toBe(123 * PLACES);
    expect(elements).toBeGreaterThan(drawn * 4);
  }, LIMIT_MS);

  it("would be found, had they been drawn as HTML", () => {
    const container = document.createElement("div");
    const found = payloads().filter(({ payload }) => {
      container.innerHTML = payload;
      return [...container.querySelectorAll("*")].some((element) => offence(element) !== null);
    });
    expect(found.length).toBeGreaterThan(100);
  });
});
