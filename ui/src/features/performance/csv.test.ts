import { describe, expect, it } from "vitest";

import { history, NOW_MS } from "../../../tests/performance-scene";
import type { Performance } from "../../protocol";
import { exportName, performanceCsv } from "./csv";
import { queryOf, startFilters, type Filters } from "./filters";

function lines(performance: Performance, filters: Filters = startFilters): string[][] {
  const csv = performanceCsv(performance, filters);
  expect(csv.endsWith("\r\n")).toBe(true);
  return csv.trimEnd().split("\r\n").map((line) => line.split(","));
}

const shown = history(queryOf(startFilters));

describe("the CSV file", () => {
  it("has one row per stage, model and cache, each as wide as its head", () => {
    const [head, ...rows] = lines(shown);
    expect(rows.map((row) => row[head?.indexOf("name") ?? 0])).toEqual([
      "narrative",
      "plan_scoring",
      "usage_summary",
      "nano",
      "qwen2.5-0.5b-instruct",
      "answer",
    ]);
    for (const row of rows) expect(row).toHaveLength(head?.length ?? 0);
  });

  it("keeps figures unrounded and says which time and filters they are of", () => {
    const [head = [], narrative = [], , , nano = [], , answer = []] = lines(shown, { ...startFilters, model: "nano" });
    const of = (row: string[], column: string) => row[head.indexOf(column)];
    expect([of(narrative, "n"), of(narrative, "p95_ms"), of(narrative, "errors")]).toEqual(["411", "241.9", "2"]);
    expect([of(narrative, "since"), of(narrative, "until")]).toEqual(["2026-01-04T14:30:00.000Z", "2026-01-05T14:30:00.000Z"]);
    expect([of(narrative, "filter_model"), of(narrative, "filter_device"), of(narrative, "hits")]).toEqual(["nano", "", ""]);
    expect([of(nano, "first_token_p50_ms"), of(nano, "decode_tokens_per_s")]).toEqual(["61.2", "412.3"]);
    expect(Number(of(answer, "hit_share"))).toBeCloseTo(31 / 137, 12);
  });

  it("quotes names and defuses those that a spreadsheet would run", () => {
    const [first] = shown.models;
    if (first === undefined) throw new Error("the scene has models");
    const models = ['big, "bad"', "=HYPERLINK(1)"].map((model) => ({ ...first, model }));
    const csv = performanceCsv({ ...shown, models }, startFilters);
    expect(csv).toContain(',"big, ""bad""",');
    expect(csv).toContain(",'=HYPERLINK(1),");
  });

  it("is named after what it shows", () => {
    expect(exportName({ ...shown, until_ms: NOW_MS }, startFilters, "csv")).toBe("sextant-performance-24h-2026-01-05-1430.csv");
  });
});
