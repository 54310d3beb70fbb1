import { describe, expect, it } from "vitest";

import { stages } from "../../../tests/scene";
import { decodeRate, longestMs, parts, stageLabel } from "./timing";

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

  it("names stages for the person, unknown ones too", () => {
    expect(["usage_summary", "plan_scoring", "narrative", "narrative_3", "second_opinion"].map(stageLabel)).toEqual([
      "Summary",
      "Scoring",
      "Why no. 1",
      "Why no. 3",
      "Second opinion",
    ]);
  });
});
