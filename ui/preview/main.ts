// The component browser: the real window on a fake host, in one of a few scenes.
//   ?scene=idle | streaming | finished | cached | died | refused | empty   &theme=light | dark
//   &screen=performance   &history=full | empty | refused
//   &screen=models   &models=three | one | none | refused
//   &compare=running | finished | errors | nothing | failed | stopped | used
//   &engine=choose | running | finished | one | stopped | ruled | failed
//   &screen=chat   &chat=…, as `chat.ts` lists them
import { mount } from "svelte";

import App from "../src/App.svelte";
import "../src/design/tokens.css";
import "../src/design/base.css";
import { CommandFailure } from "../src/host/host";
import type { Measured, RecommendEvent, RunRequest } from "../src/protocol";
import { FakeHost, type FakeComparison, type FakeMeasurement, type FakeRun } from "../tests/fake-host";
import { decision, measured, measuredWithErrors, models, onlyNano, progressEvents, speeds, speedsOfOne, turnEvents } from "../tests/models-scene";
import { noHistory } from "../tests/performance-scene";
import { ranking, recommendation, runEvents, start } from "../tests/scene";
import { playChat } from "./chat";

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
if (query.get("history") === "empty") host.performance = (asked) => Promise.resolve(noHistory(asked));
if (query.get("history") === "refused") {
  const message = "The run history can't be read: the database is locked. Close other windows of Sextant, then try again.";
  host.performance = () => Promise.reject(new CommandFailure({ code: "failed", message }));
}
const known = query.get("models") ?? "three";
const compare = query.get("compare");
const MODEL_PIECE_MS = 150;
let listed = known === "one" ? onlyNano : models;
if (known === "none") listed = { ...models, models: models.models.map((each) => ({ ...each, installed: false })) };
host.models = () => Promise.resolve(listed);
host.useModels = (fast, accurate) => Promise.resolve((listed = { ...listed, fast, accurate }));
const engine = query.get("engine");
if (engine === "ruled") listed = { ...listed, engine: { ...listed.engine, ruled: "mistralrs" } };
host.useEngine = (chosen) => Promise.resolve((listed = { ...listed, engine: { ...listed.engine, chosen } }));
if (engine === "failed") {
  const message = "the settings can't be written: the disk is full; free some space, then try again";
  host.useEngine = () => Promise.reject(new CommandFailure({ code: "failed", message }));
}
host.measureEngines = (measurement) => {
  stopped = false;
  void playMeasurement(measurement);
  return Promise.resolve("measurement-1");
};
if (known === "refused") {
  const message = "The folder of models can't be read (permission denied). Allow Sextant to read it, then try again.";
  host.models = () => Promise.reject(new CommandFailure({ code: "failed", message }));
}
host.compareModels = (comparison) => {
  stopped = false;
  void playComparison(comparison);
  return Promise.resolve("comparison-1");
};
if (query.get("screen") === "chat") playChat(host, query.get("chat") ?? "empty");
if (scene === "empty") host.start = () => Promise.resolve({ ...start, homes: [], home_id: "", catalogs: [], catalog_id: "" });

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");
mount(App, { target, props: { host } });

if (["streaming", "finished", "cached", "died"].includes(scene)) {
  setTimeout(() => press("recommend"), 50);
}
const screen = query.get("screen");
if (screen !== null) setTimeout(() => press(`nav-${screen}`), 50);
if (compare !== null) setTimeout(() => press("models-compare"), 150);
if (compare === "stopped") setTimeout(() => press("models-stop"), 300);
if (engine === "choose" || engine === "failed") setTimeout(() => press("models-engine-mistralrs"), 150);
if (["running", "finished", "one", "stopped"].includes(engine ?? "")) setTimeout(() => press("models-engine-measure"), 150);
if (engine === "stopped") setTimeout(() => press("models-engine-stop"), 300);
if (compare === "used") setTimeout(() => press("models-use"), 400);
host.tellEngine({ ...start.engine, state: { kind: scene === "streaming" ? "generating" : "ready" } });

function press(testid: string): void {
  document.querySelector<HTMLElement>(`[data-testid=${testid}]`)?.click();
}

/** Piece by piece where no way to end it is asked for. */
async function playComparison({ request, send }: FakeComparison): Promise<void> {
  const events = progressEvents(request.models, request.iterations);
  const shown = compare === "running" ? 0.4 : 1;
  const pieceMs = compare === null ? MODEL_PIECE_MS : 0;
  for (const event of events.slice(0, Math.round(events.length * shown))) {
    await new Promise((resume) => setTimeout(resume, compare === "running" ? 20 : pieceMs));
    if (stopped) return send({ kind: "stopped" });
    send(event);
    if (compare !== null && compare !== "running" && compare !== "stopped") break;
  }
  if (compare === "running") return;
  if (compare === "failed") return send({ kind: "failed", message: "the sample's list of plans can't be read; install Sextant again" });
  const all = compare === "errors" ? measuredWithErrors : compare === "nothing" ? measured.map(broken) : measured;
  const found = all.filter(({ model }) => request.models.includes(model));
  send({ kind: "finished", measured: found, decision: decision(found, request.weights) });
}

/** Turn by turn where no way to end it is asked for. */
async function playMeasurement({ send }: FakeMeasurement): Promise<void> {
  const turns = turnEvents();
  for (const turn of turns.slice(0, engine === "running" || engine === "stopped" ? 4 : turns.length)) {
    if (engine === null) await new Promise((resume) => setTimeout(resume, MODEL_PIECE_MS));
    if (stopped) return send({ kind: "stopped" });
    send(turn);
  }
  if (engine === "running") return;
  if (engine === "stopped") {
    await new Promise((resume) => setTimeout(resume, 300));
    return send({ kind: "stopped" });
  }
  send({ kind: "finished", speeds: engine === "one" ? speedsOfOne : speeds });
}

function broken(of: Measured): Measured {
  return { ...of, run_ms: [], first_token_ms: [], decode_tokens_per_s: null, grounded_share: null, peak_memory_bytes: null, errors: ["The model's process ended before it was ready."] };
}

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
