// A comparison as one CSV file: a row per model, with what was measured and what that was scored.
import type { Measured } from "../../protocol";
import { csv, nameStamp, type CsvRow } from "../../shared/csv";
import { median } from "./figures";
import type { Outcome } from "./session.svelte";

const COLUMNS = [
  "measured_at",
  "model",
  "engine",
  "device",
  "quantisation",
  "runs",
  "run_p50_ms",
  "run_min_ms",
  "run_max_ms",
  "first_token_p50_ms",
  "decode_tokens_per_s",
  "tokens_per_run",
  "peak_memory_bytes",
  "grounded_share",
  "right",
  "right_of",
  "same_again",
  "same_again_of",
  "in_context",
  "in_context_of",
  "bottleneck",
  "bottleneck_share",
  "speed_score",
  "cost_score",
  "quality_score",
  "consistency_score",
  "context_score",
  "total_score",
  "speed_weight",
  "cost_weight",
  "quality_weight",
  "consistency_weight",
  "context_weight",
  "quality_against_baseline",
  "errors",
] as const;

type Row = CsvRow<(typeof COLUMNS)[number]>;

export function comparisonCsv(outcome: Outcome): string {
  return csv(
    COLUMNS,
    outcome.measured.map((model) => ({
      measured_at: new Date(outcome.atMs).toISOString(),
      ...measuredRow(model),
      ...scoreRow(model, outcome),
    })),
  );
}

/** `sextant-models-2026-01-05-1430.csv`, in UTC as in the file. */
export function comparisonName({ atMs }: Outcome): string {
  return `sextant-models-${nameStamp(atMs)}.csv`;
}

function measuredRow(measured: Measured): Row {
  const { run_ms, first_token_ms, right, consistent, in_context, errors, ...rest } = measured;
  const hasRun = run_ms.length > 0;
  return {
    ...rest,
    runs: run_ms.length,
    run_p50_ms: median(run_ms),
    run_min_ms: hasRun ? Math.min(...run_ms) : null,
    run_max_ms: hasRun ? Math.max(...run_ms) : null,
    first_token_p50_ms: median(first_token_ms),
    right: right.of,
    right_of: right.n,
    same_again: consistent.of,
    same_again_of: consistent.n,
    in_context: in_context.of,
    in_context_of: in_context.n,
    errors: errors.join(" | "),
  };
}

/** Empty for a model that never ran. */
function scoreRow({ model }: Measured, { decision, weights }: Outcome): Row {
  const decided = decision?.rows.find((row) => row.model === model);
  if (decided === undefined) return {};
  const { scores, total, against_baseline } = decided;
  return {
    speed_score: scores.speed,
    cost_score: scores.cost,
    quality_score: scores.quality,
    consistency_score: scores.consistency,
    context_score: scores.context,
    total_score: total,
    speed_weight: weights.speed,
    cost_weight: weights.cost,
    quality_weight: weights.quality,
    consistency_weight: weights.consistency,
    context_weight: weights.context,
    quality_against_baseline: against_baseline,
  };
}
