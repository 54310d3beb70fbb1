// The tables' figures as one CSV file: a row per stage, model and cache, with the columns that it doesn't
// have left empty. Times are in RFC 3339.
import type { CacheSeries, ModelSeries, Performance, StageSeries } from "../../protocol";
import { csv, nameStamp, type CsvRow } from "../../shared/csv";
import { hitShare } from "./figures";
import type { Filters } from "./filters";

const COLUMNS = [
  "since",
  "until",
  "filter_pipeline",
  "filter_model",
  "filter_device",
  "kind",
  "name",
  "n",
  "p50_ms",
  "p90_ms",
  "p95_ms",
  "p99_ms",
  "errors",
  "first_token_p50_ms",
  "first_token_p95_ms",
  "prefill_tokens_per_s",
  "decode_tokens_per_s",
  "prompt_tokens",
  "cached_tokens",
  "completion_tokens",
  "hits",
  "misses",
  "evictions",
  "hit_share",
] as const;

type Row = CsvRow<(typeof COLUMNS)[number]>;

export function performanceCsv(performance: Performance, filters: Filters): string {
  const common: Row = {
    since: timestamp(performance.since_ms),
    until: timestamp(performance.until_ms),
    filter_pipeline: filters.pipeline,
    filter_model: filters.model,
    filter_device: filters.device,
  };
  const rows: Row[] = [
    ...performance.stages.map(stageRow),
    ...performance.models.map(modelRow),
    ...performance.caches.map(cacheRow),
  ];
  return csv(
    COLUMNS,
    rows.map((row) => ({ ...common, ...row })),
  );
}

/** `sextant-performance-24h-2026-01-05-1430.csv`; the time is the window's end, in UTC as in the file. */
export function exportName(performance: Performance, filters: Filters, extension: "csv" | "png"): string {
  return `sextant-performance-${filters.window}-${nameStamp(performance.until_ms)}.${extension}`;
}

function stageRow({ stage, n, p50_ms, p90_ms, p95_ms, p99_ms, errors }: StageSeries): Row {
  return { kind: "stage", name: stage, n, p50_ms, p90_ms, p95_ms, p99_ms, errors };
}

function modelRow({ model, points: _, ...figures }: ModelSeries): Row {
  return { kind: "model", name: model, ...figures };
}

function cacheRow(cache: CacheSeries): Row {
  const { tier, hits, misses, evictions } = cache;
  return { kind: "cache", name: tier, hits, misses, evictions, hit_share: hitShare(cache) };
}

function timestamp(ms: number): string {
  return new Date(ms).toISOString();
}
