import { describe, expect, it } from "vitest";

import { stages } from "../../../tests/scene";
import { PART_NAMES } from "../../shared/stages";
import { decodeRate, longestMs, occurringParts, parts } from "./timing";

describe("the timing strip", () => {
  it("lays a stage's parts end to end against the longest stage", () => {
    const [summary] = stages;
    if (summary === undefined) throw new Error("the scene has stages");
    const placed = parts(summary, longestMs(stages));
    expect(placed.map(({ name }) => name)).toEqual(["queue", "prompt", "prefill", "decode", "parse"]);
    placed.reduce((end, part) => {
      expect(part.from).toBeCloseTo(end, 9);
      return part.from + part.length;
    }, 0);
  });

  it("counts the tokens after the first against decode time only", () => {
    const [summary] = stages;
    if (summary === undefined) throw new Error("the scene has stages");
    expect(decodeRate([{ ...summary, completion_tokens: 11, decode_ms: 50 }])).toBeCloseTo(200);
    expect(decodeRate([{ ...summary, completion_tokens: 1, decode_ms: 50 }])).toBeNull();
    expect(decodeRate([])).toBeNull();
  });

  it("shows a load, a look-up and a check as phases of their own, where there were any", () => {
    const [summary] = stages;
    if (summary === undefined) throw new Error("the scene has stages");
    const loaded = { ...summary, load_ms: 900, retrieval_ms: 3, check_ms: 2 };
    expect(occurringParts([summary])).toEqual(["queue", "prompt", "prefill", "decode", "parse"]);
    expect(occurringParts([loaded, summary])).toEqual([...PART_NAMES]);
    expect(parts(loaded, longestMs([loaded])).map(({ name }) => name)).toEqual([...PART_NAMES]);
  });
});
