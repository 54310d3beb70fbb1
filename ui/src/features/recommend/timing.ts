// Reads a run's stage timings for the strip: which parts a bar has, how long it is, how fast it decoded.
// The milliseconds are the app's; the window measures nothing of them.
import type { StageTiming } from "../../protocol";
import { PART_NAMES, partMs, type PartName } from "../../shared/stages";

export interface Part {
  name: PartName;
  ms: number;
  /** Shares of the strip's full length, 0 to 1. */
  from: number;
  length: number;
}

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

/** The parts that any of these stages has, for the legend. */
export function occurringParts(stages: readonly StageTiming[]): PartName[] {
  return PART_NAMES.filter((name) => stages.some((stage) => partMs(stage, name) > 0));
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
