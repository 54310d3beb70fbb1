// When the session asks the host, and when it doesn't.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { FakeHost } from "../../../tests/fake-host";
import { alerts, history } from "../../../tests/performance-scene";
import { CommandFailure } from "../../host/host";
import type { PerformanceQuery } from "../../protocol";
import { ALERTS_REST_MS, PerformanceSession } from "./session.svelte";

const HOUR_MS = 3_600_000;

let host: FakeHost;
beforeEach(() => {
  vi.useFakeTimers();
  host = new FakeHost();
});
afterEach(() => vi.useRealTimers());

function queries(): PerformanceQuery[] {
  return host.calls("performance").map((args) => (args as { query: PerformanceQuery }).query);
}

async function begin(): Promise<PerformanceSession> {
  const session = new PerformanceSession(host);
  await vi.advanceTimersByTimeAsync(0);
  return session;
}

describe("while the screen is hidden", () => {
  it("the alerts of the whole last hour are asked for once", async () => {
    const session = await begin();
    expect(queries()).toEqual([{ window_ms: HOUR_MS, pipeline: null, model: null, device: null, run: null }]);
    expect(session.alerts).toEqual(alerts);
    expect(session.state.kind).toBe("idle");
  });

  it("a run's many changes cost one more question, after a rest, and then nothing is armed", async () => {
    const session = await begin();
    for (let version = 1; version <= 50; version += 1) host.tellHistory(version);
    await vi.advanceTimersByTimeAsync(ALERTS_REST_MS - 1);
    expect(queries()).toHaveLength(1);
    host.performance = (query) => Promise.resolve({ ...history(query), alerts: [] });
    await vi.advanceTimersByTimeAsync(1);
    expect(queries()).toHaveLength(2);
    expect(session.alerts).toEqual([]);
    await vi.advanceTimersByTimeAsync(ALERTS_REST_MS);
    expect(vi.getTimerCount()).toBe(0);
    expect(queries()).toHaveLength(2);
  });
});

describe("while the screen is visible", () => {
  it("each change is followed at once, with the newest only where several came", async () => {
    const session = await begin();
    session.show();
    await vi.advanceTimersByTimeAsync(0);
    expect(queries()).toHaveLength(2);
    let answer: () => void = () => {};
    host.performance = (query) => new Promise((resolve) => (answer = () => resolve(history(query))));
    host.tellHistory(1);
    host.tellHistory(2);
    host.tellHistory(3);
    expect(queries()).toHaveLength(3);
    answer();
    await vi.advanceTimersByTimeAsync(0);
    expect(queries()).toHaveLength(4);
  });

  it("it is caught up with once when it comes back, and asks nothing after it has left", async () => {
    const session = await begin();
    await vi.advanceTimersByTimeAsync(ALERTS_REST_MS);
    session.show();
    await vi.advanceTimersByTimeAsync(0);
    session.hide();
    host.tellHistory(1);
    host.tellHistory(2);
    await vi.advanceTimersByTimeAsync(0);
    expect(queries().map(({ window_ms }) => window_ms / HOUR_MS)).toEqual([1, 24, 1]);
    session.show();
    expect(queries()).toHaveLength(4);
  });

  it("the badge keeps counting everything while filters narrow the figures", async () => {
    const session = await begin();
    await vi.advanceTimersByTimeAsync(ALERTS_REST_MS);
    host.performance = (query) => Promise.resolve({ ...history(query), alerts: query.model === null ? alerts : [] });
    session.show();
    session.narrow({ model: "nano" });
    await vi.advanceTimersByTimeAsync(0);
    expect(session.alerts).toHaveLength(2);
    host.performance = (query) => Promise.resolve({ ...history(query), alerts: query.model === null ? alerts.slice(1) : [] });
    host.tellHistory(1);
    await vi.advanceTimersByTimeAsync(0);
    expect(session.alerts).toHaveLength(1);
  });

  it("a picked run that has left the history gives way to the newest", async () => {
    const session = await begin();
    host.performance = (query) =>
      query.run === null ? Promise.resolve(history(query)) : Promise.reject(new CommandFailure({ code: "not_found", message: "No such run." }));
    session.show();
    session.showRun("run-gone");
    await vi.advanceTimersByTimeAsync(0);
    expect(session.filters.run).toBeNull();
    expect(session.state.kind).toBe("ready");
  });

  it("a failure keeps the last figures, and trying again watches again too", async () => {
    host.watchPerformance = () => Promise.reject(new CommandFailure({ code: "failed", message: "No watcher." }));
    const session = await begin();
    expect(session.unwatched).toBe("No watcher.");
    session.show();
    await vi.advanceTimersByTimeAsync(0);
    host.performance = () => Promise.reject(new CommandFailure({ code: "failed", message: "The disk is gone." }));
    host.watchPerformance = () => Promise.resolve(null);
    session.refresh();
    await vi.advanceTimersByTimeAsync(0);
    expect(session.state).toMatchObject({ kind: "failed", message: "The disk is gone.", last: { performance: { runs: 137 } } });
    expect(session.unwatched).toBeNull();
  });
});
