// The component browser: the real window on a fake host, in one of a few scenes.
//   ?scene=idle | streaming | finished | cached | died | refused | empty   &theme=light | dark
import { mount } from "svelte";

import App from "../src/App.svelte";
import "../src/design/tokens.css";
import "../src/design/base.css";
import { CommandFailure } from "../src/host/host";
import type { RecommendEvent, RunRequest } from "../src/protocol";
import { FakeHost, type FakeRun } from "../tests/fake-host";
import { ranking, recommendation, runEvents, start } from "../tests/scene";

const query = new URLSearchParams(location.search);
const scene = query.get("scene") ?? "idle";
const theme = query.get("theme");
if (theme !== null) document.documentElement.dataset.theme = theme;

const host = new FakeHost();
const WORD_MS = scene === "idle" ? 25 : 0;
let stopped = false;

host.rerank = (run) => {
  const weight = run.request.preferences.weights["renewable"] ?? 0.15;
  const order = ranking().items.map(({ id }) => id);
  if (weight < 0.09) order.splice(0, 2, order[1] ?? "", order[0] ?? "");
  return Promise.resolve(ranking(order));
};
host.stop = () => {
  stopped = true;
  return Promise.resolve(null);
};
host.recommend = (run) => {
  stopped = false;
  void play(run, eventsOf(run.request));
  return Promise.resolve("run-1");
};
if (scene === "refused") {
  const message = "No plan is left: the area kept 158 of 676, the budget of $20 a month then removed 158. Raise the budget.";
  host.rerank = () => Promise.reject(new CommandFailure({ code: "nothing_left", message }));
  const refuse = (name: string) =>
    Promise.reject(
      new CommandFailure({
        code: "bad_input",
        message: `${name}, line 14, column 7 (price_kwh_500): “n/a” stands where a price belongs.\nCorrect the cell or delete the row, then open the file again.`,
      }),
    );
  host.importUsage = refuse;
  host.importCatalog = refuse;
}
if (scene === "empty") host.start = () => Promise.resolve({ ...start, homes: [], home_id: "", catalogs: [], catalog_id: "" });

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");
mount(App, { target, props: { host } });

if (["streaming", "finished", "cached", "died"].includes(scene)) {
  setTimeout(() => document.querySelector<HTMLElement>("[data-testid=recommend]")?.click(), 50);
}
host.tellEngine({ ...start.engine, state: { kind: scene === "streaming" ? "generating" : "ready" } });

function eventsOf(run: RunRequest): RecommendEvent[] {
  const all = runEvents(run);
  if (scene === "cached" && run.request.use_cache) {
    return [{ kind: "started", run_id: "run-1" }, { kind: "finished", recommendation: recommendation(run, true) }];
  }
  if (scene === "streaming") return all.slice(0, Math.round(all.length * 0.62));
  if (scene !== "died") return all;
  const error = { code: "worker_died", message: "The model's process ended while it was writing; the next run starts a new one." };
  const whole = recommendation(run);
  host.tellEngine({ ...start.engine, state: { kind: "failed", error } });
  return [
    ...all.slice(0, Math.round(all.length * 0.62)),
    {
      kind: "finished",
      recommendation: {
        ...whole,
        errors: [error],
        stages: whole.stages.map((stage, index) => (index < 3 ? stage : { ...stage, error, decode_ms: 0, completion_tokens: 0 })),
        items: whole.items.map((item, index) => (index === 0 ? item : { ...item, why: "", claims: [], grounded_share: null })),
      },
    },
  ];
}

async function play(run: FakeRun, events: RecommendEvent[]): Promise<void> {
  for (const event of events) {
    if (stopped) return run.send({ kind: "stopped" });
    if (WORD_MS > 0) await new Promise((resume) => setTimeout(resume, WORD_MS));
    run.send(event);
  }
}
