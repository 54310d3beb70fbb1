// The reducer, driven as the session drives it: a list of events in, what is known out.
import { describe, expect, it } from "vitest";

import type { RecommendEvent, RunRequest } from "../../protocol";
import { textOf } from "../../shared/stream";
import { start } from "../../../tests/scene";
import { ranking, recommendation, runEvents, stages, SUMMARY } from "../../../tests/scene";
import { beginRun, reduceRun, runErrors, sameOrder, type RunView } from "./run";

const request: RunRequest = { catalog_id: "plans", home_id: "home-1", request: start.request };

function check(events: RecommendEvent[]): RunView {
  return events.reduce(reduceRun, beginRun(request));
}

describe("a run", () => {
  it("has exact figures before any word", () => {
    const view = check(runEvents(request).slice(0, 2));
    expect(view.ranking?.items[0]?.name).toBe("Clean Saver 12");
    expect(view.summary).toBeNull();
    expect(view.phase).toBe("running");
  });

  it("ends with the recommendation's own texts, claims and stages", () => {
    const view = check(runEvents(request));
    expect(view.phase).toBe("finished");
    expect(view.summary?.settled?.text).toBe(SUMMARY);
    expect(view.narratives.get("11902")?.settled?.claims.length).toBeGreaterThan(3);
    expect(view.stages).toEqual(stages);
  });

  it("takes a cache hit that brings everything at once", () => {
    const view = check([{ kind: "finished", recommendation: recommendation(request, true) }]);
    expect(view.recommendation?.cache.hit).toBe(true);
    expect(view.narratives.size).toBe(3);
    expect(view.runId).toBe("run-1");
  });

  it("grows a text by its pieces and starts over when a sentence is rewritten", () => {
    const grown = check([
      { kind: "narrative_delta", id: "a", text: "It costs " },
      { kind: "narrative_delta", id: "a", text: "$9 " },
    ]);
    const first = grown.narratives.get("a");
    expect(first && textOf(first.stream)).toBe("It costs $9 ");
    const again = reduceRun(grown, { kind: "narrative_restarted", id: "a", text: "It " });
    const second = again.narratives.get("a");
    expect(second && textOf(second.stream)).toBe("It ");
    expect(second?.stream.pieces).not.toBe(first?.stream.pieces);
  });

  it("keeps what had arrived when it is stopped", () => {
    const view = check([...runEvents(request).slice(0, 6), { kind: "stopped" }]);
    expect(view.phase).toBe("stopped");
    expect(view.summary && textOf(view.summary.stream)).toBe("This home used 10,297 ");
    expect(view.ranking).not.toBeNull();
  });

  it("keeps a partial text when the stage that wrote it died", () => {
    const error = { code: "worker_died", message: "The model's process ended." };
    const whole = recommendation(request);
    const view = check([
      ...runEvents(request).slice(0, 6),
      { kind: "finished", recommendation: { ...whole, summary: "", errors: [error], stages: whole.stages.map((stage) => ({ ...stage, error })) } },
    ]);
    expect(view.summary?.settled).toBeNull();
    expect(view.summary && textOf(view.summary.stream)).toContain("This home used");
    expect(runErrors(view)).toEqual([error]);
  });

  it("counts the later report of a stage that was tried again", () => {
    const [first] = stages;
    if (first === undefined) throw new Error("the scene has stages");
    const view = check([
      { kind: "stage_done", stage: first },
      { kind: "stage_done", stage: { ...first, attempts: 2 } },
    ]);
    expect(view.stages.map(({ attempts }) => attempts)).toEqual([2]);
  });

  it("says why nothing could be recommended", () => {
    const view = check([{ kind: "failed", error: { code: "nothing_left", message: "No plan is left." } }]);
    expect(view.phase).toBe("failed");
    expect(view.failure?.message).toBe("No plan is left.");
  });

  it("refuses an event that it doesn't know", () => {
    const unknown = JSON.parse('{"kind":"applause"}') as RecommendEvent;
    expect(() => check([unknown])).toThrow(/applause/);
  });
});

describe("an order", () => {
  it("is the same as far as both lists reach", () => {
    expect(sameOrder(ranking(), ranking(["11902", "20117", "11682"]))).toBe(true);
    expect(sameOrder(ranking(), ranking(["20117", "11902"]))).toBe(false);
  });
});
