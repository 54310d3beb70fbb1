// A made-up run history for tests and for the preview. Its points follow a fixed formula, so that pictures
// of it can be compared; nothing here is a reference for any arithmetic.
import type {
  Alert,
  CacheSeries,
  LatencyPoint,
  ModelSeries,
  OutcomePoint,
  Performance,
  PerformanceQuery,
  RunSummary,
  StageSeries,
  Timeline,
} from "../src/protocol";
import { stage, stages as runStages } from "./scene";

export const NOW_MS = Date.UTC(2026, 0, 5, 14, 30);
const POINTS = 48;

const MODELS: ModelSeries[] = [
  model("nano", 412, 61.2, 118.4, 412.3, 3120.5, 88_168, 31_020, 17_902),
  model("qwen2.5-0.5b-instruct", 38, 642, 1_904, 9.4, 118.2, 21_444, 9_872, 2_011),
];

/** What the host answers; a filter that is set narrows runs and models, and the rest follows roughly. */
export function history(query: PerformanceQuery): Performance {
  const runs = recentRuns().filter(
    (run) =>
      (query.pipeline === null || run.pipeline === query.pipeline) &&
      (query.model === null || run.model === query.model) &&
      (query.device === null || run.device === query.device),
  );
  const shown = runs.find((run) => run.run_id === query.run) ?? runs[0];
  const since_ms = NOW_MS - query.window_ms;
  return {
    since_ms,
    until_ms: NOW_MS,
    bucket_ms: query.window_ms / POINTS,
    runs: 137,
    stages: [
      series("narrative", 411, [121.4, 204.2, 241.9, 612.7], 2, since_ms, query.window_ms),
      series("plan_scoring", 137, [239.1, 301.5, 322, 498.3], 0, since_ms, query.window_ms),
      series("usage_summary", 137, [149.8, 188.4, 203.1, 1_204.2], 1, since_ms, query.window_ms),
    ],
    models: MODELS.filter(({ model }) => query.model === null || model === query.model),
    caches: [answers(since_ms, query.window_ms)],
    outcomes: outcomes(since_ms, query.window_ms),
    recent: runs,
    timeline: shown === undefined ? null : timeline(shown),
    alerts,
    choices: { pipelines: ["recommend"], models: MODELS.map(({ model }) => model), devices: ["cpu", "cuda:0"] },
    clock_set_back: 0,
  };
}

/** A history in which nothing has run. */
export function noHistory(query: PerformanceQuery): Performance {
  return {
    ...history(query),
    runs: 0,
    stages: [],
    models: [],
    caches: [],
    outcomes: [],
    recent: [],
    timeline: null,
    alerts: [],
    choices: { pipelines: [], models: [], devices: [] },
  };
}

export const alerts: Alert[] = [
  {
    kind: { kind: "threshold", p95_ms: 1_904, limit_ms: 1_500 },
    stage: "narrative",
    model: "qwen2.5-0.5b-instruct",
    n: 38,
    message: "Why took 1.90 s at the 95th percentile of the last hour with qwen2.5-0.5b-instruct (n 38), above its 1.50 s.",
    advice: "Close programs that use the processor, or take a smaller model.",
  },
  {
    kind: { kind: "regression", median_ms: 149.8, baseline_median_ms: 92.3, baseline_n: 961, p_value: 0.0004 },
    stage: "usage_summary",
    model: "nano",
    n: 24,
    message: "Summary is slower than in the seven days before: median 150 ms against 92 ms (n 24 against 961, p 0.0004).",
    advice: "See whether something else has been using the processor since 13:00.",
  },
];

function recentRuns(): RunSummary[] {
  return Array.from({ length: 24 }, (_, index) => {
    const slow = index % 7 === 3;
    return {
      run_id: `run-${24 - index}`,
      pipeline: "recommend",
      model: slow ? "qwen2.5-0.5b-instruct" : "nano",
      device: "cpu",
      started_at_ms: NOW_MS - 61_000 * (1 + index * index),
      total_ms: slow ? 14_204 : index % 5 === 4 ? 0.6 : 842 + wave(index) * 200,
      outcome: index === 5 ? "failed" : index === 9 ? "stopped" : index === 11 ? "degraded" : "done",
      cache_hit: index % 5 === 4,
    };
  });
}

function timeline(run: RunSummary): Timeline {
  const [summary, scoring, ...narratives] = runStages;
  const first = summary === undefined ? [] : [stage(summary.name, 2.1, { ...summary, load_ms: 310, retrieval_ms: 1.2, check_ms: 0.8, first_token_ms: 61.4 })];
  return {
    run,
    stages: [...first, ...(scoring === undefined ? [] : [scoring]), ...narratives],
    gaps: [
      { start_ms: 0, ms: 2.1 },
      { start_ms: 776, ms: 66 },
    ],
  };
}

function series(name: string, n: number, [p50, p90, p95, p99]: [number, number, number, number], errors: number, since: number, window: number): StageSeries {
  const points = Array.from({ length: POINTS }, (_, index): LatencyPoint => {
    const swing = 1 + 0.25 * wave(index + name.length);
    return { at_ms: since + (index * window) / POINTS, n: 3, min_ms: p50 * 0.7 * swing, p50_ms: p50 * swing, p95_ms: p95 * swing, max_ms: p99 * swing };
  });
  return { stage: name, n, p50_ms: p50, p90_ms: p90, p95_ms: p95, p99_ms: p99, errors, points };
}

function model(name: string, n: number, first50: number, first95: number, decode: number, prefill: number, prompt: number, cached: number, completion: number): ModelSeries {
  return {
    model: name,
    n,
    first_token_p50_ms: first50,
    first_token_p95_ms: first95,
    decode_tokens_per_s: decode,
    prefill_tokens_per_s: prefill,
    prompt_tokens: prompt,
    cached_tokens: cached,
    completion_tokens: completion,
    points: Array.from({ length: POINTS }, (_, index) => ({
      at_ms: NOW_MS - (POINTS - index) * 60_000,
      n: 8,
      first_token_p50_ms: first50 * (1 + 0.2 * wave(index)),
      decode_tokens_per_s: decode * (1 - 0.1 * wave(index)),
    })),
  };
}

function answers(since: number, window: number): CacheSeries {
  return {
    tier: "answer",
    hits: 31,
    misses: 106,
    evictions: 4,
    points: Array.from({ length: POINTS }, (_, index) => ({ at_ms: since + (index * window) / POINTS, hits: index % 3, misses: 2, evictions: index % 12 === 0 ? 1 : 0 })),
  };
}

function outcomes(since: number, window: number): OutcomePoint[] {
  return Array.from({ length: POINTS }, (_, index) => ({
    at_ms: since + (index * window) / POINTS,
    done: 2 + (index % 3),
    degraded: index === 11 ? 1 : 0,
    failed: index === 5 ? 1 : 0,
    stopped: index === 9 ? 1 : 0,
    stage_errors: index === 5 ? 2 : 0,
    fallbacks: index % 9 === 0 ? 1 : 0,
  }));
}

/** Between -1 and 1, without a clock or chance. */
function wave(index: number): number {
  return Math.sin(index * 1.7) * Math.cos(index * 0.6);
}
