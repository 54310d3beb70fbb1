// When the choice of an engine asks the host, and what it makes of answers that overtake each other.
import { beforeEach, describe, expect, it } from "vitest";

import { FakeHost } from "../../../tests/fake-host";
import { models, speeds, turnEvents } from "../../../tests/models-scene";
import type { ModelsView } from "../../protocol";
import { proposed, verdict } from "./engines";
import { EnginesSession } from "./engines.svelte";

let host: FakeHost;
let shown: (string | null)[] = [];
let session: EnginesSession;
beforeEach(() => {
  host = new FakeHost();
  shown = [];
  session = new EnginesSession(host, ({ engine }) => shown.push(engine.chosen));
});

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

describe("a choice", () => {
  it("that is passed on the way to another one is left out", async () => {
    const answers: (() => void)[] = [];
    host.useEngine = (chosen) =>
      new Promise<ModelsView>((resolve) => answers.push(() => resolve({ ...models, engine: { ...models.engine, chosen } })));
    session.use("llamacpp");
    session.use("mistralrs");
    session.use(null);
    expect(session.asked).toEqual({ engine: null });
    answers[0]?.();
    await settled();
    expect(session.asked).toEqual({ engine: null });
    answers[1]?.();
    await settled();
    expect(session.asked).toBeNull();
    expect(host.calls("use_engine")).toEqual([{ engine: "llamacpp" }, { engine: null }]);
    expect(shown).toEqual(["llamacpp", null]);
  });
});

describe("a measurement", () => {
  it("is one at a time, and what a former one still tells is not this one's", async () => {
    session.measure();
    session.measure();
    expect(host.measurements).toHaveLength(1);
    await settled();
    host.measurements[0]?.send(...turnEvents().slice(0, 2), { kind: "stopped" });
    session.measure();
    host.measurements[0]?.send({ kind: "finished", speeds });
    expect(session.measurement).toEqual({ kind: "running", progress: null, unstopped: null });
    expect(session.speeds).toBeNull();
  });
});

describe("the verdict", () => {
  it("is none where the difference would be written as none", () => {
    const close = (times: number) => ({ ...speeds, faster: { engine: "mistralrs", slower: "llamacpp", times } });
    expect(verdict(close(1.049))).toBe("mistral.rs and llama.cpp take about as long for an answer here.");
    expect(proposed(close(1.049))).toBeNull();
    expect(verdict(close(1.051))).toBe("mistral.rs is the faster here: llama.cpp takes 1.1 times as long for an answer.");
    expect(proposed(close(1.051))).toBe("mistralrs");
  });
});
