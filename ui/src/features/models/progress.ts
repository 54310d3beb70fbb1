// How far a comparison is, and how long it may still take at its pace.
import type { CompareEvent } from "../../protocol";
import { humanise, roughly } from "../../shared/format";

export interface Progress {
  /** Pieces of work that are over. */
  done: number;
  total: number;
  model: string;
  what: string;
  /** How many models take turns. */
  models: number;
  /** When this was told. */
  atMs: number;
  /** Where the pace is counted from: every model has been loaded and has done its first piece by then. */
  paceFrom: { done: number; atMs: number } | null;
}

export function advance(
  before: Progress | null,
  { done, total, model, what }: Extract<CompareEvent, { kind: "progress" }>,
  models: number,
  nowMs: number,
): Progress {
  const paceFrom = before?.paceFrom ?? (done >= models ? { done, atMs: nowMs } : null);
  return { done, total, model, what, models, atMs: nowMs, paceFrom };
}

/** `null` until every model has had a turn since the pace is counted, and where the pace says nothing: for the last piece. */
export function timeLeftMs({ done, total, models, atMs, paceFrom }: Progress, nowMs: number): number | null {
  if (paceFrom === null || done - paceFrom.done < models || done >= total - 1) return null;
  const pieceMs = (atMs - paceFrom.atMs) / (done - paceFrom.done);
  // The piece under way counts until its time is over, and not longer.
  return (total - done) * pieceMs - Math.min(nowMs - atMs, pieceMs);
}

/** `12 of 52 · about 3 min left` */
export function progressText(progress: Progress, nowMs: number): string {
  const counted = `${progress.done} of ${progress.total}`;
  const left = timeLeftMs(progress, nowMs);
  if (left !== null) return `${counted} · ${roughly(left)} left`;
  return progress.done >= progress.total - 1 ? `${counted} · the last piece` : `${counted} · time left not known yet`;
}

/** What is being done, for the person. */
export function workLabel(what: string): string {
  switch (what) {
    case "warm-up":
      return "Warming up";
    case "questions":
      return "Questions with known answers";
    default:
      return humanise(what);
  }
}
