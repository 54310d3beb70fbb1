// When the session asks the host, and what it makes of what comes back late or out of turn.
import { beforeEach, describe, expect, it, vi } from "vitest";

import { FakeHost } from "../../../tests/fake-host";
import { decision, measured, models, progressEvents, usualWeights } from "../../../tests/models-scene";
import { CommandFailure } from "../../host/host";
import type { CompareEvent, Decision, ModelsView } from "../../protocol";
import { ModelsSession } from "./session.svelte";

let host: FakeHost;
let nowMs = 0;
beforeEach(() => {
  host = new FakeHost();
  nowMs = Date.UTC(2026, 0, 5, 14, 30);
});

async function begin(view: ModelsView = models): Promise<ModelsSession> {
  host.models = () => Promise.resolve(view);
  const session = new ModelsSession(host, () => nowMs);
  session.show();
  await settled();
  return session;
}

/** A session that has measured everything once. */
async function measuredOnce(): Promise<ModelsSession> {
  const session = await begin();
  session.compare();
  host.comparisons[0]?.send(finished());
  return session;
}

function finished(weights = usualWeights): CompareEvent {
  return { kind: "finished", measured, decision: decision(measured, weights) };
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

describe("a comparison", () => {
  it("asks for the chosen models, the fast one first as the baseline", async () => {
    const session = await begin({ ...models, fast: "qwen3-4b" });
    session.choose("nano", false);
    session.rounds = 5;
    session.setWeight("speed", 80);
    session.compare();
    expect(host.comparisons[0]?.request).toEqual({
      models: ["qwen3-4b", "qwen3-0.6b"],
      iterations: 5,
      weights: { ...usualWeights, speed: 80 },
    });
    session.choose("nano", true);
    expect(session.chosen.map(({ id }) => id)).toEqual(["qwen3-4b", "nano", "qwen3-0.6b"]);
  });

  it("is one at a time", async () => {
    const session = await begin();
    session.compare();
    session.compare();
    expect(host.comparisons).toHaveLength(1);
  });

  it("that is stopped before it has a name is stopped when it has one", async () => {
    const session = await begin();
    let answer: (id: string) => void = () => {};
    host.compareModels = () => new Promise((resolve) => (answer = resolve));
    session.compare();
    session.stop();
    expect(host.calls("stop")).toHaveLength(0);
    answer("comparison-7");
    await settled();
    expect(host.calls("stop")).toEqual([{ runId: "comparison-7" }]);
    host.comparisons[0]?.send({ kind: "stopped" });
    expect(session.comparison.kind).toBe("stopped");
  });

  it("that is stopped and says nothing more holds nothing up", async () => {
    const session = await begin();
    session.compare();
    await settled();
    vi.useFakeTimers();
    session.stop();
    await vi.advanceTimersByTimeAsync(1000);
    vi.useRealTimers();
    expect(session.comparison.kind).toBe("stopped");
    session.compare();
    host.comparisons[0]?.send({ kind: "failed", message: "late" }, finished());
    expect(session.comparison.kind).toBe("running");
    expect(session.outcome).toBeNull();
  });

  it("that can't be stopped goes on and says why", async () => {
    const session = await begin();
    host.stop = () => Promise.reject(new CommandFailure({ code: "failed", message: "No answer." }));
    session.compare();
    await settled();
    session.stop();
    await settled();
    expect(session.comparison).toMatchObject({ kind: "running", unstopped: "No answer." });
    host.comparisons[0]?.send(finished());
    expect(session.comparison.kind).toBe("finished");
  });

  it("keeps what was measured before until the next one is through", async () => {
    const session = await measuredOnce();
    const before = session.outcome;
    session.compare();
    host.comparisons[1]?.send(...progressEvents(["nano"], 1).slice(0, 3), { kind: "stopped" });
    expect(session.outcome).toBe(before);
  });
});

describe("other weights", () => {
  it("decide anew without measuring again, the newest only", async () => {
    const session = await measuredOnce();
    const release: (() => void)[] = [];
    host.decideModels = (of, weights) => new Promise((resolve) => release.push(() => resolve(decision(of, weights))));
    session.setWeight("quality", 60);
    session.setWeight("quality", 90);
    session.setWeight("quality", 100);
    expect(session.isStale).toBe(true);
    expect(host.calls("decide_models")).toHaveLength(1);
    release[0]?.();
    await settled();
    release[1]?.();
    await settled();
    expect(host.calls("decide_models")).toEqual([
      { measured, weights: { ...usualWeights, quality: 60 } },
      { measured, weights: { ...usualWeights, quality: 100 } },
    ]);
    expect(session.isStale).toBe(false);
    expect(host.comparisons).toHaveLength(1);
  });

  it("before anything was measured ask nothing", async () => {
    const session = await begin();
    session.setWeight("speed", 0);
    expect(host.calls("decide_models")).toHaveLength(0);
    session.useUsualWeights();
    expect(session.weights).toEqual(usualWeights);
  });

  it("set while models are measured decide when that is through", async () => {
    const session = await begin();
    session.compare();
    session.setWeight("quality", 100);
    host.comparisons[0]?.send(finished());
    await settled();
    expect(host.calls("decide_models")).toHaveLength(1);
    expect(session.outcome?.weights.quality).toBe(100);
  });

  it("say nothing about what another comparison has measured meanwhile", async () => {
    const session = await measuredOnce();
    let answer: (decision: Decision | null) => void = () => {};
    host.decideModels = () => new Promise((resolve) => (answer = resolve));
    session.setWeight("quality", 60);
    session.useUsualWeights();
    session.compare();
    host.comparisons[1]?.send({ ...finished(), measured: [...measured] } as CompareEvent);
    answer(null);
    await settled();
    expect(session.outcome?.decision).not.toBeNull();
  });

  it("that can't be decided with keep the former decision", async () => {
    const session = await measuredOnce();
    host.decideModels = () => Promise.reject(new CommandFailure({ code: "failed", message: "No answer." }));
    session.setWeight("quality", 60);
    await settled();
    expect(session.undecided).toBe("No answer.");
    expect(session.outcome?.weights).toEqual(usualWeights);
    host.decideModels = (of, weights) => Promise.resolve(decision(of, weights));
    session.decide();
    await settled();
    expect(session.undecided).toBeNull();
    expect(session.isStale).toBe(false);
  });
});
