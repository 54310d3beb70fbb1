import { describe, expect, it } from "vitest";

import { progressEvents } from "../../../tests/models-scene";
import type { CompareEvent } from "../../protocol";
import { advance, progressText, timeLeftMs, workLabel, type Progress } from "./progress";

type Told = Extract<CompareEvent, { kind: "progress" }>;

const MODELS = 2;
const events = progressEvents(["small", "large"], 1) as Told[];

/** The progress after `count` events, when a first piece took 60 s and every later one 2 s. */
function after(count: number): Progress {
  let progress: Progress | null = null;
  events.slice(0, count).forEach((event, index) => {
    const atMs = index <= MODELS ? index * 60_000 : MODELS * 60_000 + (index - MODELS) * 2_000;
    progress = advance(progress, event, MODELS, atMs);
  });
  if (progress === null) throw new Error("an event has been told");
  return progress;
}

describe("the time left", () => {
  it("isn't known before every model has had a turn after loading", () => {
    expect(timeLeftMs(after(1), 0)).toBeNull();
    expect(timeLeftMs(after(4), 122_000)).toBeNull();
    expect(progressText(after(4), 122_000)).toBe("3 of 20 · time left not known yet");
  });

  it("is counted at the pace since, in which loading has no part", () => {
    const progress = after(7);
    expect(progress.done).toBe(6);
    expect(timeLeftMs(progress, progress.atMs)).toBe(14 * 2_000);
    expect(progressText(progress, progress.atMs)).toBe("6 of 20 · about 30 s left");
  });

  it("goes on while a piece is under way, and waits when that takes longer than those before", () => {
    const progress = after(7);
    expect(timeLeftMs(progress, progress.atMs + 1_500)).toBe(14 * 2_000 - 1_500);
    expect(timeLeftMs(progress, progress.atMs + 90_000)).toBe(13 * 2_000);
  });

  it("isn't told of the last piece, which the pace says nothing of", () => {
    const progress = after(20);
    expect(progressText(progress, progress.atMs)).toBe("19 of 20 · the last piece");
  });
});

describe("a piece of work", () => {
  it("has a name for the person, an unknown one too", () => {
    expect(["warm-up", "high usage", "questions"].map(workLabel)).toEqual(["Warming up", "High usage", "Questions with known answers"]);
  });
});
