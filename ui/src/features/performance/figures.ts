// What the tables list of the history: their columns, in the order in which they stand.
import type { CacheSeries, Gap, ModelSeries, RunSummary, StageSeries, StageTiming, Timeline } from "../../protocol";
import { counted, named, paced, timed, written, type Column } from "../../shared/columns";
import { clock, duration, humanise, share } from "../../shared/format";
import { PART_LABELS, PART_NAMES, partMs, pooledLabel, stageLabel } from "../../shared/stages";

/** The share of look-ups that found something; `null` where nothing was looked up. */
export function hitShare({ hits, misses }: CacheSeries): number | null {
  return hits + misses === 0 ? null : hits / (hits + misses);
}

export const STAGE_COLUMNS: readonly Column<StageSeries>[] = [
  named("stage", "Stage", ({ stage }) => pooledLabel(stage)),
  counted("n", "n", ({ n }) => n),
  timed("p50", "p50", ({ p50_ms }) => p50_ms),
  timed("p90", "p90", ({ p90_ms }) => p90_ms),
  timed("p95", "p95", ({ p95_ms }) => p95_ms),
  timed("p99", "p99", ({ p99_ms }) => p99_ms),
  { ...counted<StageSeries>("errors", "Errors", ({ errors }) => errors), bad: ({ errors }) => errors > 0 },
];

export const MODEL_COLUMNS: readonly Column<ModelSeries>[] = [
  named("model", "Model", ({ model }) => model),
  counted("n", "n", ({ n }) => n),
  timed("first-p50", "First token p50", ({ n, first_token_p50_ms }) => (n === 0 ? null : first_token_p50_ms)),
  timed("first-p95", "First token p95", ({ n, first_token_p95_ms }) => (n === 0 ? null : first_token_p95_ms)),
  paced("prefill", "Prefill tok/s", ({ prefill_tokens_per_s }) => prefill_tokens_per_s),
  paced("decode", "Decode tok/s", ({ decode_tokens_per_s }) => decode_tokens_per_s),
  counted("in", "Tokens in", ({ prompt_tokens }) => prompt_tokens),
  counted("reused", "Reused", ({ cached_tokens }) => cached_tokens),
  counted("out", "Tokens out", ({ completion_tokens }) => completion_tokens),
];

export const CACHE_COLUMNS: readonly Column<CacheSeries>[] = [
  { id: "tier", label: "Cache", value: ({ tier }) => tier, text: ({ tier }) => humanise(tier) },
  counted("hits", "Hits", ({ hits }) => hits),
  counted("misses", "Misses", ({ misses }) => misses),
  counted("evictions", "Evictions", ({ evictions }) => evictions),
  written("share", "Hit share", hitShare, share),
];

/** One line of a run's timeline: a stage, or a stretch in which none was under way. */
export type TimelineRow = { kind: "stage"; stage: StageTiming } | { kind: "gap"; gap: Gap };

export function timelineRows({ stages, gaps }: Timeline): TimelineRow[] {
  const rows: TimelineRow[] = [
    ...stages.map((stage): TimelineRow => ({ kind: "stage", stage })),
    ...gaps.map((gap): TimelineRow => ({ kind: "gap", gap })),
  ];
  return rows.sort((a, b) => startOf(a) - startOf(b));
}

export const TIMELINE_COLUMNS: readonly Column<TimelineRow>[] = [
  named("stage", "Stage", timelineLabel),
  timed("start", "Start", startOf),
  ...PART_NAMES.map((name) =>
    timed<TimelineRow>(name, PART_LABELS[name], (row) => (row.kind === "gap" ? null : partMs(row.stage, name) || null)),
  ),
  timed("total", "Total", (row) => (row.kind === "gap" ? row.gap.ms : row.stage.total_ms)),
  timed("first-token", "First token", (row) => (row.kind === "gap" ? null : row.stage.first_token_ms)),
  {
    ...counted<TimelineRow>("tries", "Tries", (row) => (row.kind === "gap" ? null : row.stage.attempts)),
    bad: (row) => row.kind === "stage" && row.stage.error !== null,
  },
];

/** `Jan 5, 14:28:59 UTC · 0.84 s · done · recommend · nano`; what tells runs apart comes first. */
export function runLabel(run: RunSummary): string {
  const outcome = run.cache_hit ? `${run.outcome}, from cache` : run.outcome;
  return [clock(run.started_at_ms), duration(run.total_ms), outcome, run.pipeline, run.model].join(" · ");
}

function timelineLabel(row: TimelineRow): string {
  return row.kind === "gap" ? "No stage" : stageLabel(row.stage.name);
}

function startOf(row: TimelineRow): number {
  return row.kind === "gap" ? row.gap.start_ms : row.stage.start_ms;
}
