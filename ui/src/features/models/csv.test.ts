import { describe, expect, it } from "vitest";

import { decision, measured, measuredWithErrors, usualWeights } from "../../../tests/models-scene";
import type { Measured } from "../../protocol";
import { comparisonCsv, comparisonName } from "./csv";
import { median } from "./figures";

const AT_MS = Date.UTC(2026, 0, 5, 14, 30);

/** The rows by column; a comma inside a cell is left out, so that the others part the cells. */
function check(of: Measured[]): Record<string, string | undefined>[] {
  const csv = comparisonCsv({ measured: of, decision: decision(of, usualWeights), weights: usualWeights, atMs: AT_MS });
  const plain = csv.replace(/"[^"]*"/g, (cell) => cell.replaceAll(/[",]/g, ""));
  const [head = [], ...rows] = plain.trimEnd().split("\r\n").map((line) => line.split(","));
  return rows.map((row) => {
    expect(row).toHaveLength(head.length);
    return Object.fromEntries(head.map((name, index) => [name, row[index]]));
  });
}

describe("the CSV file", () => {
  it("has a row per model with unrounded figures, scores and the weights that they were weighed with", () => {
    const [nano, , large] = check(measured);
    expect(nano).toMatchObject({
      measured_at: "2026-01-05T14:30:00.000Z",
      model: "nano",
      device: "cpu",
      runs: "24",
      decode_tokens_per_s: "412.3",
      peak_memory_bytes: "208400000",
      right: "9",
      right_of: "20",
      speed_score: "100",
      speed_weight: "35",
      errors: "",
    });
    expect(Number(large?.["quality_against_baseline"])).toBeCloseTo(92.7 / 71.6 - 1, 12);
  });

  it("leaves empty what a model that never ran doesn't have", () => {
    const broken = check(measuredWithErrors)[2];
    expect(broken).toMatchObject({ runs: "0", run_p50_ms: "", run_min_ms: "", total_score: "" });
    expect(broken?.["errors"]).toMatch(/close other programs/);
  });

  it("is named after when it was measured", () => {
    expect(comparisonName({ measured, decision: null, weights: usualWeights, atMs: AT_MS })).toBe("sextant-models-2026-01-05-1430.csv");
  });
});

describe("a median", () => {
  it("is one of the samples, by nearest rank", () => {
    expect([median([3, 1, 2]), median([4, 1, 3, 2]), median([7]), median([])]).toEqual([2, 2, 7, null]);
  });
});
