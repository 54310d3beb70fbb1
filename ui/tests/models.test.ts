// The Models screen in the whole page, on a fake host.
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import App from "../src/App.svelte";
import { CommandFailure } from "../src/host/host";
import type { ModelsView, Weights } from "../src/protocol";
import { FakeHost, type FakeComparison, type FakeMeasurement } from "./fake-host";
import { decision, measured, measuredWithErrors, models, onlyNano, progressEvents, speeds, speedsOfOne, turnEvents, usualWeights } from "./models-scene";

const user = userEvent.setup();
const downloads: { name: string; blob: Blob }[] = [];

beforeEach(() => {
  downloads.length = 0;
  let made: Blob = new Blob();
  URL.createObjectURL = (blob) => {
    made = blob as Blob;
    return "blob:made-here";
  };
  URL.revokeObjectURL = () => {};
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    downloads.push({ name: this.download, blob: made });
  };
});

/** Opens the page and goes to Models. */
async function open(view: ModelsView = models, host = new FakeHost()): Promise<FakeHost> {
  host.models = () => Promise.resolve(view);
  render(App, { host });
  await user.click(await screen.findByTestId("nav-models"));
  await screen.findByTestId("models-list");
  return host;
}

/** Opens the page and begins a comparison. */
async function begin(view: ModelsView = models): Promise<{ host: FakeHost; comparison: FakeComparison }> {
  const host = await open(view);
  await user.click(screen.getByTestId("models-compare"));
  const comparison = host.comparisons.at(-1);
  if (comparison === undefined) throw new Error("Compare did not reach the host");
  return { host, comparison };
}

/** Opens the page and has everything measured. */
async function finish(of = measured, view: ModelsView = models): Promise<{ host: FakeHost; comparison: FakeComparison }> {
  const begun = await begin(view);
  const found = of.filter(({ model }) => begun.comparison.request.models.includes(model));
  begun.comparison.send({ kind: "finished", measured: found, decision: decision(found, begun.comparison.request.weights) });
  await screen.findByTestId("models-compare");
  return begun;
}

/** Opens the page and begins measuring the engines. */
async function measureBoth(view: ModelsView = models): Promise<{ host: FakeHost; measurement: FakeMeasurement }> {
  const host = await open(view);
  await user.click(screen.getByTestId("models-engine-measure"));
  const measurement = host.measurements.at(-1);
  if (measurement === undefined) throw new Error("Measure did not reach the host");
  return { host, measurement };
}

function withEngine(engine: Partial<ModelsView["engine"]>): ModelsView {
  return { ...models, engine: { ...models.engine, ...engine } };
}

function rows(testid: string): (string | undefined)[][] {
  const [, ...found] = within(screen.getByTestId(testid)).getAllByRole("row");
  return found.map((row) => [...row.children].map((cell) => cell.textContent?.trim()));
}

function slide(name: keyof Weights, value: number): Promise<boolean> {
  return fireEvent.input(screen.getByTestId(`models-weight-${name}`), { target: { value: String(value) } });
}

describe("the list", () => {
  it("has what is installed first, and marks who answers and who mends", async () => {
    const host = await open({ ...models, accurate: "qwen3-4b" });
    const list = screen.getByTestId("models-list");
    const named = within(list).getAllByRole("rowheader").map((each) => each.textContent?.trim());
    expect(named.slice(0, 4)).toEqual(["nano fast", "Qwen3 0.6B", "Qwen3 4B accurate", "Qwen3 1.7B"]);
    const cells = [...screen.getByTestId("models-row-nano").children].map((cell) => cell.textContent?.trim());
    expect(cells.slice(0, 5)).toEqual(["nano fast", "Q8_0", "1,024\u00a0tokens", "needs\u00a0210 MB", "MIT OR Apache-2.0"]);
    expect(screen.getByTestId("models-in-use")).toHaveTextContent("nano answers first and Qwen3 4B mends its texts.");
    expect(within(list).getByText("6 more models known, not installed")).toBeVisible();
    expect(host.calls("models")).toHaveLength(1);
  });

  it("names a file that isn't in the catalogue", async () => {
    await open({ ...models, fast: "/home/me/my-model.gguf", accurate: "/home/me/my-model.gguf" });
    expect(screen.getByTestId("models-in-use")).toHaveTextContent("my-model.gguf answers first and mends its own texts.");
  });

  it("is fetched when it is first looked at, and again when one comes back", async () => {
    const host = new FakeHost();
    render(App, { host });
    await screen.findByTestId("ranking");
    expect(host.calls("models")).toHaveLength(0);
    await user.click(screen.getByTestId("nav-models"));
    expect(await screen.findByTestId("models-choose-qwen3-4b")).toBeVisible();
    host.models = () => Promise.resolve(onlyNano);
    await user.click(screen.getByTestId("nav-performance"));
    await user.click(screen.getByTestId("nav-models"));
    await waitFor(() => expect(screen.queryByTestId("models-choose-qwen3-4b")).toBeNull());
  });

  it("that can't be read says so, and can be tried again", async () => {
    const host = new FakeHost();
    host.models = () => Promise.reject(new CommandFailure({ code: "failed", message: "The folder can't be read." }));
    render(App, { host });
    await user.click(await screen.findByTestId("nav-models"));
    expect(await screen.findByTestId("models-error")).toHaveTextContent("The folder can't be read.");
    host.models = () => Promise.resolve(models);
    await user.click(screen.getByText("Try again"));
    expect(await screen.findByTestId("models-list")).toBeVisible();
    expect(screen.queryByTestId("models-error")).toBeNull();
  });

  it("without any installed model offers no comparison", async () => {
    await open({ ...models, models: models.models.map((each) => ({ ...each, installed: false })) });
    expect(screen.getByTestId("models-list")).toHaveTextContent("No model is installed.");
    expect(screen.queryByTestId("models-compare")).toBeNull();
  });
});

describe("the engine", () => {
  it("that computes is told, and follows what its worker says", async () => {
    const host = await open();
    const now = screen.getByTestId("models-engine-now");
    expect(now).toHaveTextContent("llama.cpp on the processor, 1 thread.");
    host.tellEngine({ model: "nano", engine: "mistralrs", device: "cpu", threads: 0, state: { kind: "loading" } });
    await waitFor(() => expect(now).toHaveTextContent("mistral.rs is loading the model."));
    host.tellEngine({ model: "nano", engine: "mistralrs", device: "cuda:0", threads: 2, state: { kind: "ready" } });
    await waitFor(() => expect(now).toHaveTextContent("mistral.rs on CUDA:0."));
    const error = { code: "model_file_missing", message: "the file is missing; install it again" };
    host.tellEngine({ model: "nano", engine: "mistralrs", device: "cpu", threads: 0, state: { kind: "failed", error } });
    await waitFor(() => expect(now).toHaveTextContent("mistral.rs failed: the file is missing; install it again."));
  });

  it("is chosen from the keyboard, at once", async () => {
    const host = await open();
    const group = screen.getByRole("group", { name: "Compute with" });
    expect(within(group).getByRole("radio", { name: "Automatic (llama.cpp here)" })).toBeChecked();
    within(group).getByRole("radio", { name: "Automatic (llama.cpp here)" }).focus();
    await user.keyboard("{ArrowDown}");
    expect(within(group).getByRole("radio", { name: "llama.cpp" })).toBeChecked();
    await user.keyboard("{ArrowDown}");
    expect(within(group).getByRole("radio", { name: "mistral.rs" })).toBeChecked();
    expect(within(group).getByRole("radio", { name: "mistral.rs" })).toHaveFocus();
    await waitFor(() => expect(host.calls("use_engine")).toEqual([{ engine: "llamacpp" }, { engine: "mistralrs" }]));
    await user.keyboard("{ArrowDown}");
    await waitFor(() => expect(host.calls("use_engine").at(-1)).toEqual({ engine: null }));
    expect(screen.getByTestId("models-engine-auto")).toBeChecked();
  });

  it("that was chosen before is shown as chosen", async () => {
    await open(withEngine({ chosen: "mistralrs" }));
    expect(screen.getByTestId("models-engine-mistralrs")).toBeChecked();
  });

  it("that can't be used says why, stays as it was, and can be tried again", async () => {
    const host = await open();
    host.useEngine = () => Promise.reject(new CommandFailure({ code: "failed", message: "the settings can't be written" }));
    await user.click(screen.getByTestId("models-engine-mistralrs"));
    expect(await screen.findByTestId("models-engine-refused")).toHaveTextContent("the settings can't be written");
    expect(screen.getByTestId("models-engine-auto")).toBeChecked();
    host.useEngine = (engine) => Promise.resolve(withEngine({ chosen: engine }));
    await user.click(screen.getByText("Try again"));
    await waitFor(() => expect(screen.getByTestId("models-engine-mistralrs")).toBeChecked());
    expect(screen.queryByTestId("models-engine-refused")).toBeNull();
    expect(host.calls("use_engine")).toEqual([{ engine: "mistralrs" }, { engine: "mistralrs" }]);
  });

  it("that the environment rules can't be chosen, and says so", async () => {
    const host = await open(withEngine({ chosen: "llamacpp", ruled: "mistralrs" }));
    expect(screen.getByTestId("models-engine-ruled")).toHaveTextContent("The environment variable SEXTANT_ENGINE has mistral.rs used");
    expect(screen.getByTestId("models-engine-mistralrs")).toBeChecked();
    for (const radio of within(screen.getByTestId("models-engine-choice")).getAllByRole("radio")) expect(radio).toBeDisabled();
    await user.click(screen.getByTestId("models-engine-measure"));
    host.measurements[0]?.send({ kind: "finished", speeds });
    expect(await screen.findByTestId("models-engine-verdict")).toHaveTextContent("llama.cpp is the faster here");
    expect(screen.queryByTestId("models-engine-use")).toBeNull();
  });
});

describe("measuring the engines", () => {
  it("says what it does, and can be stopped", async () => {
    const { host, measurement } = await measureBoth();
    expect(screen.getByTestId("models-engine-progress")).toHaveTextContent("Starting…");
    measurement.send(...turnEvents().slice(0, 3));
    await waitFor(() => expect(screen.getByTestId("models-engine-progress")).toHaveTextContent("llama.cpp, round 2 of 3 2 of 6"));
    expect(screen.getByRole("progressbar", { name: "Measurement" })).toHaveAttribute("value", "2");
    await user.click(screen.getByTestId("models-engine-stop"));
    expect(screen.getByTestId("models-engine-stop")).toHaveTextContent("Stopping…");
    expect(host.calls("stop")).toEqual([{ runId: "measurement-1" }]);
    measurement.send({ kind: "stopped" });
    expect(await screen.findByTestId("models-engine-stopped")).toHaveTextContent("so there are none");
    expect(screen.getByTestId("models-engine-measure")).toHaveFocus();
    expect(screen.queryByTestId("models-engine-speeds")).toBeNull();
  });

  it("goes on behind another screen, which the navigation tells, and lets nothing else be measured or changed", async () => {
    const { measurement } = await measureBoth();
    expect(screen.getByTestId("models-compare")).toBeDisabled();
    expect(screen.getByTestId("models-hint")).toHaveTextContent("The engines are being measured.");
    expect(screen.getByTestId("models-engine-mistralrs")).toBeDisabled();
    await user.click(screen.getByTestId("nav-recommend"));
    expect(screen.getByRole("button", { name: "Models, comparing" })).toBeVisible();
    measurement.send({ kind: "finished", speeds });
    await waitFor(() => expect(screen.queryByTestId("nav-models-busy")).toBeNull());
    expect(screen.getByTestId("models-compare")).toBeEnabled();
  });

  it("waits for a comparison of models", async () => {
    const { comparison } = await begin();
    expect(screen.getByTestId("models-engine-measure")).toBeDisabled();
    expect(screen.getByTestId("models-engine-auto")).toBeDisabled();
    comparison.send({ kind: "stopped" });
    await waitFor(() => expect(screen.getByTestId("models-engine-measure")).toBeEnabled());
  });

  it("shows the medians, and who is the faster and by how much", async () => {
    const { measurement } = await measureBoth();
    measurement.send(...turnEvents(), { kind: "finished", speeds });
    expect(await screen.findByTestId("models-engine-verdict")).toHaveTextContent("llama.cpp is the faster here: mistral.rs takes 4.3 times as long for an answer.");
    expect(rows("models-engine-speeds")).toEqual([
      ["llama.cpp", "62 ms", "4,311", "403", "92 ms", "148 MB", "3"],
      ["mistral.rs", "402 ms", "655", "119", "310 ms", "232 MB", "3"],
    ]);
    expect(screen.getByText("Measured with nano on CPU")).toBeVisible();
    expect(screen.getByTestId("models-engine-use")).toHaveTextContent("In use");
  });

  it("offers the faster one where another is used, and says when it is used", async () => {
    const { host, measurement } = await measureBoth(withEngine({ chosen: "mistralrs" }));
    measurement.send({ kind: "finished", speeds });
    const button = await screen.findByTestId("models-engine-use");
    expect(button).toHaveTextContent("Use llama.cpp");
    await user.click(button);
    expect(host.calls("use_engine")).toEqual([{ engine: "llamacpp" }]);
    await waitFor(() => expect(screen.getByTestId("models-engine-used")).toHaveTextContent("llama.cpp computes from now on."));
    expect(screen.getByTestId("models-engine-llamacpp")).toBeChecked();
    expect(button).toHaveTextContent("In use");
    expect(button).toHaveFocus();
    await user.click(button);
    expect(host.calls("use_engine")).toHaveLength(1);
  });

  it("proposes nothing where there is nothing to gain", async () => {
    const { measurement } = await measureBoth();
    measurement.send({ kind: "finished", speeds: { ...speeds, faster: { engine: "mistralrs", slower: "llamacpp", times: 1.03 } } });
    expect(await screen.findByTestId("models-engine-verdict")).toHaveTextContent("mistral.rs and llama.cpp take about as long for an answer here.");
    expect(screen.queryByTestId("models-engine-use")).toBeNull();
  });

  it("of an engine that fails says why, and has the other's figures", async () => {
    const { measurement } = await measureBoth(withEngine({ chosen: "mistralrs" }));
    measurement.send({ kind: "finished", speeds: speedsOfOne });
    expect(await screen.findByTestId("models-engine-errors")).toHaveTextContent(
      "mistral.rs could not be measured: the model file /home/me/models/tokenizer.json is missing; choose another model or install it again.",
    );
    expect(rows("models-engine-speeds").map((row) => row.slice(0, 3))).toEqual([
      ["llama.cpp", "62 ms", "4,311"],
      ["mistral.rs", "–", "–"],
    ]);
    expect(screen.getByTestId("models-engine-verdict")).toHaveTextContent("llama.cpp is the one that computes this model here.");
    expect(screen.getByTestId("models-engine-use")).toHaveTextContent("Use llama.cpp");
  });

  it("of engines that all fail is what stood in the way", async () => {
    const { measurement } = await measureBoth();
    const broken = speedsOfOne.speeds.map((each) => ({ ...each, n: 0, error: "the model's process ended" }));
    measurement.send({ kind: "finished", speeds: { ...speedsOfOne, speeds: broken, faster: null } });
    expect(await screen.findByTestId("models-engine-errors")).toHaveTextContent("llama.cpp could not be measured: the model's process ended.");
    expect(screen.queryByTestId("models-engine-speeds")).toBeNull();
    expect(screen.queryByTestId("models-engine-verdict")).toBeNull();
  });

  it("that fails says why, keeps the result before, and can be tried again", async () => {
    const { host, measurement } = await measureBoth();
    measurement.send({ kind: "finished", speeds });
    await user.click(await screen.findByTestId("models-engine-measure"));
    host.measurements[1]?.send({ kind: "failed", message: "there is no model called abacus" });
    const failure = await screen.findByTestId("models-engine-failure");
    expect(failure).toHaveTextContent("there is no model called abacus");
    expect(screen.getByTestId("models-engine-speeds")).toBeVisible();
    await user.click(within(failure).getByText("Try again"));
    expect(host.measurements).toHaveLength(3);
  });
});

describe("a comparison", () => {
  it("sends what was chosen", async () => {
    const host = await open();
    expect(screen.getByTestId("models-empty")).toBeVisible();
    await user.click(screen.getByTestId("models-choose-qwen3-0.6b"));
    await user.selectOptions(screen.getByTestId("models-rounds"), "5");
    await slide("speed", 60);
    await user.click(screen.getByTestId("models-compare"));
    expect(host.comparisons[0]?.request).toEqual({ models: ["nano", "qwen3-4b"], iterations: 5, weights: { ...usualWeights, speed: 60 } });
  });

  it("needs a model", async () => {
    await open();
    for (const id of ["nano", "qwen3-0.6b", "qwen3-4b"]) await user.click(screen.getByTestId(`models-choose-${id}`));
    expect(screen.getByTestId("models-compare")).toBeDisabled();
    expect(screen.getByTestId("models-hint")).toHaveTextContent("Choose at least one model.");
  });

  it("says what it does, how far it is, and can be stopped", async () => {
    const { host, comparison } = await begin();
    expect(screen.getByTestId("models-progress")).toHaveTextContent("Starting…");
    comparison.send(...progressEvents(comparison.request.models, 3).slice(0, 6));
    await waitFor(() => expect(screen.getByTestId("models-progress")).toHaveTextContent("Qwen3 4B · High usage 5 of 78"));
    expect(screen.getByRole("progressbar", { name: "Comparison" })).toHaveAttribute("value", "5");
    expect(screen.getByTestId("models-choose-nano")).toBeDisabled();
    await user.click(screen.getByTestId("models-stop"));
    expect(screen.getByTestId("models-stop")).toHaveTextContent("Stopping…");
    expect(host.calls("stop")).toEqual([{ runId: "comparison-1" }]);
    comparison.send({ kind: "stopped" });
    expect(await screen.findByTestId("models-stopped")).toHaveTextContent("so there are none");
    expect(screen.getByTestId("models-compare")).toBeVisible();
    expect(screen.queryByTestId("models-progress")).toBeNull();
  });

  it("goes on behind another screen, which the navigation tells", async () => {
    const { comparison } = await begin();
    await user.click(screen.getByTestId("nav-recommend"));
    expect(screen.getByRole("button", { name: "Models, comparing" })).toBeVisible();
    comparison.send({ kind: "finished", measured, decision: decision(measured, usualWeights) });
    await waitFor(() => expect(screen.queryByTestId("nav-models-busy")).toBeNull());
    await user.click(screen.getByTestId("nav-models"));
    expect(screen.getByTestId("models-decision")).toBeVisible();
  });

  it("that fails says why, and can be tried again", async () => {
    const { host, comparison } = await begin();
    comparison.send({ kind: "failed", message: "the sample can't be read" });
    expect(await screen.findByTestId("models-failure")).toHaveTextContent("the sample can't be read");
    host.compareModels = () => Promise.reject(new CommandFailure({ code: "failed", message: "the comparison can't be started" }));
    await user.click(screen.getByText("Try again"));
    await waitFor(() => expect(screen.getByTestId("models-failure")).toHaveTextContent("the comparison can't be started"));
    expect(host.comparisons).toHaveLength(2);
  });

  it("of the only model measures it, and says that there is nothing beside it", async () => {
    const host = await open(onlyNano);
    expect(screen.getByTestId("models-compare")).toHaveTextContent("Measure");
    expect(screen.getByTestId("models-hint")).toHaveTextContent("Only nano is installed: it is measured, but there is nothing to compare it with.");
    await user.click(screen.getByTestId("models-compare"));
    const found = measured.slice(0, 1);
    host.comparisons[0]?.send({ kind: "finished", measured: found, decision: decision(found, usualWeights) });
    expect(await screen.findByTestId("models-decision")).toHaveTextContent("fast → nano total, 87.9 of 100");
    expect(screen.getByTestId("models-used")).toHaveTextContent("In use already: nano answers first and mends its own texts.");
    expect(screen.getByText(/with one model, to itself/)).toBeVisible();
  });
});

describe("the result", () => {
  it("is a matrix of scores, the best total first, and flags a notable quality", async () => {
    await finish();
    expect(rows("models-matrix")).toEqual([
      ["nano", "100", "100", "72", "100", "0", "87.9", "baseline", "fast"],
      ["Qwen3 4B", "3", "52", "93", "90", "100", "53.2", "↑ +29%", "accurate"],
      ["Qwen3 0.6B", "13", "51", "71", "97", "60", "49.9", "−1%", "–"],
    ]);
  });

  it("has the figures that were measured", async () => {
    await finish();
    expect(rows("models-figures")[1]).toEqual([
      "Qwen3 0.6B",
      "3.77 s",
      "3.37–4.28 s",
      "455 ms",
      "38",
      "1,205",
      "1.7 GB",
      "87.1%",
      "11 of 20",
      "58 of 60",
      "3 of 5",
      "Why no. 2, decode 64%",
      "0",
    ]);
  });

  it("is exported as CSV", async () => {
    await finish();
    await user.click(screen.getByTestId("models-export-csv"));
    expect(downloads[0]?.name).toMatch(/^sextant-models-\d{4}-\d\d-\d\d-\d{4}\.csv$/);
    expect(await downloads[0]?.blob.text()).toContain(",qwen3-4b,llamacpp,cpu,Q4_K,24,");
  });

  it("says which model had errors, and which one didn't run", async () => {
    await finish(measuredWithErrors);
    const [first, second] = within(screen.getByTestId("models-errors")).getAllByRole("listitem");
    expect(first).toHaveTextContent("Qwen3 0.6B had errors, and its figures are what came of it. The model wrote nothing within 40 s");
    expect(second).toHaveTextContent("Qwen3 4B didn't run and takes no part in the decision. The model needs 5.0 GB");
    expect(rows("models-matrix").map(([name]) => name)).toEqual(["nano", "Qwen3 0.6B"]);
    expect(rows("models-figures")[2]?.slice(0, 4)).toEqual(["Qwen3 4B", "–", "–", "–"]);
  });

  it("of models that all failed is what stood in the way", async () => {
    const broken = measured.map((each) => ({ ...each, run_ms: [], errors: ["The model's process ended."] }));
    const { host } = await finish(broken);
    expect(await screen.findByTestId("models-nothing-ran")).toHaveTextContent("No model could be measured.");
    expect(screen.getByTestId("models-errors")).toHaveTextContent("The model's process ended.");
    expect(screen.queryByTestId("models-matrix")).toBeNull();
    await user.click(screen.getByText("Try again"));
    expect(host.comparisons).toHaveLength(2);
  });
});

describe("the weights", () => {
  it("decide anew without measuring again, and go back to usual", async () => {
    const { host } = await finish();
    expect(screen.getByTestId("models-decision")).toHaveTextContent("fast → nano best total, 87.9 of 100 accurate → Qwen3 4B best quality, 92.7 of 100");
    await slide("speed", 0);
    await slide("cost", 0);
    await slide("quality", 100);
    await slide("context", 100);
    await waitFor(() => expect(screen.getByTestId("models-decision")).toHaveAttribute("data-fast", "qwen3-4b"));
    expect(rows("models-matrix")[0]?.[0]).toBe("Qwen3 4B");
    expect(host.comparisons).toHaveLength(1);
    await user.click(screen.getByTestId("models-weights-usual"));
    await waitFor(() => expect(screen.getByTestId("models-decision")).toHaveAttribute("data-fast", "nano"));
    expect(screen.getByTestId("models-weight-speed")).toHaveValue("35");
    expect(screen.getByTestId("models-weights-usual")).toHaveClass("gone");
  });

  it("that are all zero decide nothing", async () => {
    const host = await open({ ...models, weights: { speed: 10, cost: 0, quality: 0, consistency: 0, context: 0 } });
    await user.click(screen.getByTestId("models-compare"));
    host.comparisons[0]?.send({ kind: "finished", measured, decision: decision(measured, usualWeights) });
    await screen.findByTestId("models-decision");
    await slide("speed", 0);
    await waitFor(() => expect(screen.getByTestId("models-decision")).toHaveTextContent("All weights are zero"));
    await user.click(screen.getByTestId("models-use"));
    expect(host.calls("use_models")).toHaveLength(0);
  });

  it("that can't be decided with say so, and can be tried again", async () => {
    const { host } = await finish();
    host.decideModels = () => Promise.reject(new CommandFailure({ code: "failed", message: "no answer came" }));
    await slide("speed", 0);
    expect(await screen.findByTestId("models-undecided")).toHaveTextContent("no answer came");
    host.decideModels = (of, weights) => Promise.resolve(decision(of, weights));
    await user.click(screen.getByText("Try again"));
    await waitFor(() => expect(screen.queryByTestId("models-undecided")).toBeNull());
  });
});

describe("using what is proposed", () => {
  it("says what is used from now on", async () => {
    const { host } = await finish();
    const button = screen.getByTestId("models-use");
    await user.click(button);
    expect(host.calls("use_models")).toEqual([{ fast: "nano", accurate: "qwen3-4b" }]);
    await waitFor(() => expect(screen.getByTestId("models-used")).toHaveTextContent("In use from now on: nano answers first and Qwen3 4B mends its texts."));
    expect(screen.getByTestId("models-row-qwen3-4b")).toHaveTextContent("accurate");
    expect(button).toHaveFocus();
    await user.click(button);
    expect(host.calls("use_models")).toHaveLength(1);
  });

  it("that fails says why, and can be tried again", async () => {
    const { host } = await finish();
    host.useModels = () => Promise.reject(new CommandFailure({ code: "failed", message: "the settings can't be written" }));
    await user.click(screen.getByTestId("models-use"));
    expect(await screen.findByTestId("models-use-error")).toHaveTextContent("the settings can't be written");
    expect(screen.getByTestId("models-used")).toHaveTextContent(/^$/);
    host.useModels = (fast, accurate) => Promise.resolve({ ...models, fast, accurate });
    await user.click(screen.getByText("Try again"));
    await waitFor(() => expect(screen.getByTestId("models-used")).toHaveTextContent("In use from now on"));
    expect(screen.queryByTestId("models-use-error")).toBeNull();
  });
});
