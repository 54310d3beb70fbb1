// What a run's stages and the phases of a stage are called, wherever they are shown.
import type { StageTiming } from "../protocol";
import { humanise } from "./format";
import { assertNever } from "./never";

export type PartName = "load" | "queue" | "prompt" | "retrieval" | "prefill" | "decode" | "parse" | "check";

export const PART_LABELS: Readonly<Record<PartName, string>> = {
  load: "Load",
  queue: "Queue",
  prompt: "Prompt",
  retrieval: "Retrieval",
  prefill: "Prefill",
  decode: "Decode",
  parse: "Parse",
  check: "Check",
};

/** In the order of time. */
export const PART_NAMES = ["load", "queue", "prompt", "retrieval", "prefill", "decode", "parse", "check"] as const;

export function partMs(stage: StageTiming, name: PartName): number {
  switch (name) {
    case "load":
      return stage.load_ms;
    case "queue":
      return stage.queue_ms;
    case "prompt":
      return stage.prompt_build_ms;
    case "retrieval":
      return stage.retrieval_ms;
    case "prefill":
      return stage.prefill_ms;
    case "decode":
      return stage.decode_ms;
    case "parse":
      return stage.parse_ms;
    case "check":
      return stage.check_ms;
    default:
      return assertNever(name);
  }
}

/** One run's stage: `usage_summary` as `Summary`, `narrative_2` as `Why no. 2`. */
export function stageLabel(name: string): string {
  const narrative = /^narrative(?:_(\d+))?$/.exec(name);
  return narrative === null ? pooledLabel(name) : `Why no. ${narrative[1] ?? "1"}`;
}

/** A stage of many runs, in which `narrative` stands for all narratives. */
export function pooledLabel(name: string): string {
  switch (name) {
    case "narrative":
      return "Why";
    case "usage_summary":
      return "Summary";
    case "plan_scoring":
      return "Scoring";
    case "total":
      return "Whole run";
    default:
      return humanise(name);
  }
}
