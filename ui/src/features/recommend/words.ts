// How far a text of the model has come, for whoever draws it.
import type { Passage, RunPhase } from "./run";

export type Writing =
  /** More of it may come. */
  | "live"
  /** Checked, and as it will stay. */
  | "settled"
  /** The run ended before the text did; what had arrived stays. */
  | "cut"
  /** Nothing yet, and the run goes on. */
  | "awaited"
  /** Nothing, and nothing will come. */
  | "none";

export function writing(passage: Passage | null, phase: RunPhase): Writing {
  const underWay = phase === "running" || phase === "stopping";
  if (passage === null || (passage.settled === null && passage.stream.count === 0)) {
    return underWay ? "awaited" : "none";
  }
  if (passage.settled !== null) return "settled";
  return underWay ? "live" : "cut";
}
