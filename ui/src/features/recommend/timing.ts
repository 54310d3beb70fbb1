// Reads a run's stage timings for the strip: which parts a bar has, how long it is, how fast it decoded.
// The milliseconds are the app's; the window measures nothing of them.
import type { StageTiming } from "../../protocol";
import { humanise } from "../../shared/format";

export type PartName = "queue" | "prompt" | "prefill" | "decode" | "parse";

export interface Part {
  name: PartName;
  ms: number;
  /** Shares of the strip's full length, 0 to 1. */
  from: number;
  length: number;
}

export const PART_LABELS: Readonly<Record<PartName, string>> = {
  queue: "Queue",
  prompt: "Prompt",
  prefill: "Prefill",
  decode: "Decode",
  parse: "Parse",
};

export const PART_NAMES = ["queue", "prompt", "prefill", "decode", "parse"] as const;

/** In the order of time. */
export function parts(stage: StageTiming, fullMs: number): Part[] {
  const placed: Part[] = [];
  let at = 0;
  for (const name of PART_NAMES) {
    const ms = partMs(stage, name);
    if (ms > 0 && fullMs > 0) {
      placed.push({ name, ms, from: at / fullMs, length: ms / fullMs });
      at += ms;
    }
  }
  return placed;
}

export function partMs(stage: StageTiming, name: PartName): number {
  switch (name) {
    case "queue":
      return stage.queue_ms;
    case "prompt":
      return stage.prompt_build_ms;
    case "prefill":
      return stage.prefill_ms;
    case "decode":
      return stage.decode_ms;
    case "parse":
      return stage.parse_ms;
  }
}

/** The longest stage, which all bars are drawn against. */
export function longestMs(stages: readonly StageTiming[]): number {
  return stages.reduce((longest, stage) => Math.max(longest, stage.total_ms), 0);
}

export function byStart(stages: readonly StageTiming[]): StageTiming[] {
  return [...stages].sort((a, b) => a.start_ms - b.start_ms || a.name.localeCompare(b.name));
}

/** Tokens after the first per second of decoding, over all stages; `null` where nothing was decoded. */
export function decodeRate(stages: readonly StageTiming[]): number | null {
  let tokens = 0;
  let ms = 0;
  for (const stage of stages) {
    if (stage.completion_tokens > 1 && stage.decode_ms > 0) {
      tokens += stage.completion_tokens - 1;
      ms += stage.decode_ms;
    }
  }
  return ms > 0 ? (tokens / ms) * 1000 : null;
}

/** `usage_summary` as `Summary`, `narrative_2` as `Why no. 2`. */
export function stageLabel(name: string): string {
  const narrative = /^narrative(?:_(\d+))?$/.exec(name);
  if (narrative !== null) return `Why no. ${narrative[1] ?? "1"}`;
  if (name === "usage_summary") return "Summary";
  if (name === "plan_scoring") return "Scoring";
  return humanise(name);
}
