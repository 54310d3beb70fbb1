// The whole page on a fake host: what the person does goes in as clicks and keys, what the app sends goes
// in as events, and what is on screen comes out. Only the host is not the real one.
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import App from "../src/App.svelte";
import { CommandFailure } from "../src/host/host";
import type { Ranking, RunRequest, UsageImport } from "../src/protocol";
import { FakeHost, type FakeRun } from "./fake-host";
import { catalog, homes, ranking, recommendation, runEvents, start } from "./scene";

const user = userEvent.setup();

async function open(host = new FakeHost()): Promise<FakeHost> {
  render(App, { host });
  await screen.findByTestId("ranking");
  return host;
}

/** Opens the page, presses Recommend, and gives the run that the host was asked for. */
async function begin(host = new FakeHost()): Promise<{ host: FakeHost; run: FakeRun }> {
  await open(host);
  await user.click(screen.getByTestId("recommend"));
  const run = host.runs.at(-1);
  if (run === undefined) throw new Error("Recommend did not reach the host");
  return { host, run };
}

function lastRerank(host: FakeHost): RunRequest {
  const args = host.calls("rerank").at(-1) as { run: RunRequest };
  return args.run;
}

function slide(testid: string, value: number): Promise<boolean> {
  return fireEvent.input(screen.getByTestId(testid), { target: { value: String(value) } });
}

function order(): (string | undefined)[] {
  return within(screen.getByTestId("ranking")).getAllByRole("heading").map((each) => each.textContent);
}

function frame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
}

beforeEach(() => performance.clearMeasures());

describe("opening", () => {
  it("shows the sample's exact ranking, area and engine before anything is pressed", async () => {
    const host = await open();
    expect(order()[0]).toBe("Clean Saver 12");
    expect(screen.getByTestId("area")).toHaveValue("ONCOR");
    expect(screen.getByTestId("model-chip")).toHaveTextContent("nano · CPU · ready");
    expect(host.calls("recommend")).toHaveLength(0);
    expect(screen.queryByTestId("summary")).toBeNull();
    await waitFor(() => expect(performance.getEntriesByName("app-ready")).not.toHaveLength(0));
  });

  it("follows the engine's state and states why it failed", async () => {
    const host = await open();
    host.tellEngine({ ...start.engine, state: { kind: "failed", error: { code: "worker_died", message: "The worker was ended." } } });
    await waitFor(() => expect(screen.getByTestId("model-chip")).toHaveTextContent("The worker was ended."));
    expect(screen.getByTestId("model-chip")).toHaveAttribute("data-state", "failed");
  });

  it("says what to do when there is no data yet", async () => {
    const host = new FakeHost();
    host.start = () => Promise.resolve({ ...start, homes: [], home_id: "", catalogs: [], catalog_id: "" });
    render(App, { host });
    expect(await screen.findByText("Whose use is it?")).toBeVisible();
    expect(screen.getByTestId("recommend")).toBeDisabled();
    expect(host.calls("rerank")).toHaveLength(0);
  });

  it("can be tried again after it failed", async () => {
    const host = new FakeHost();
    host.start = () => Promise.reject(new CommandFailure({ code: "failed", message: "The database is locked." }));
    render(App, { host });
    expect(await screen.findByTestId("error")).toHaveTextContent("The database is locked.");
    host.start = () => Promise.resolve(start);
    await user.click(screen.getByText("Try again"));
    expect(await screen.findByTestId("ranking")).toBeVisible();
  });

  it("names every month and its value for a screen reader", async () => {
    await open();
    const months = within(screen.getByRole("list", { name: /Use by month/ })).getAllByRole("listitem");
    expect(months).toHaveLength(12);
    expect(months[0]).toHaveAccessibleName("August: 1,206 kWh, highest");
    expect(months[7]).toHaveAccessibleName("March: 640 kWh, lowest");
  });
});

describe("the form", () => {
  it("becomes the request that Recommend sends", async () => {
    const host = await open();
    await user.click(screen.getByTestId("prefer-renewable"));
    await user.selectOptions(screen.getByTestId("max-term"), "12 months");
    await user.selectOptions(screen.getByTestId("area"), "All areas");
    await user.type(screen.getByTestId("budget-number"), "120");
    await user.type(screen.getByTestId("current-plan"), "11682");
    await user.type(screen.getByTestId("wish"), "nothing prepaid");
    await user.click(screen.getByTestId("recommend"));
    expect(host.runs[0]?.request).toEqual({
      catalog_id: "plans",
      home_id: "home-1",
      request: {
        preferences: {
          budget_per_month: 120,
          prefer_renewable: true,
          max_term_months: 12,
          wish: "nothing prepaid",
          weights: {},
          where: {},
          current_plan: "11682",
          current_exit_fee: null,
        },
        top: 10,
        figures_only: false,
        seed: 0,
        use_cache: true,
      },
    });
  });

  it("runs on Return in a field, once", async () => {
    const host = await open();
    await user.type(screen.getByTestId("wish"), "calm{Enter}");
    expect(host.runs).toHaveLength(1);
    expect(host.runs[0]?.request.request.preferences.wish).toBe("calm");
    await user.type(screen.getByTestId("wish"), "{Enter}");
    expect(host.runs).toHaveLength(1);
    expect(host.calls("stop")).toHaveLength(0);
  });

  it("keeps the focus on the button when Recommend becomes Stop", async () => {
    await open();
    screen.getByTestId("recommend").focus();
    await user.keyboard("{Enter}");
    expect(await screen.findByTestId("stop")).toHaveFocus();
  });
});

describe("a run", () => {
  it("shows figures, then words as they come, then every claim as verified", async () => {
    const { run } = await begin();
    const events = runEvents(run.request);
    run.send(...events.slice(0, 6));
    await waitFor(() => expect(screen.getByTestId("summary")).toHaveTextContent("This home used 10,297"));
    expect(screen.getByTestId("summary")).toHaveAttribute("data-state", "live");
    expect(screen.getByTestId("why-3")).toHaveTextContent("Reason to come…");
    run.send(...events.slice(6));
    await waitFor(() => expect(screen.getByTestId("recommend")).toBeVisible());
    for (const rank of [1, 2, 3]) expect(screen.getByTestId(`why-${rank}`)).toHaveAttribute("data-state", "settled");
    expect(within(screen.getByTestId("why-1")).getByRole("button", { name: "$1,304, verified" })).toBeInTheDocument();
    expect(screen.getByTestId("why-2")).toHaveTextContent("75% right at first, repaired");
    expect(screen.getByTestId("timing-strip")).toHaveTextContent("0.84 s");
    expect(screen.getByTestId("flip")).toHaveTextContent("Simple Rate 24 would lead");
    expect(screen.getByTestId("filtered-out")).toHaveTextContent("491 area is not ONCOR");
  });

  it("appends what is new and leaves the text that is there alone", async () => {
    const { run } = await begin();
    run.send({ kind: "summary_delta", text: "One " });
    await waitFor(() => expect(screen.getByTestId("summary")).toHaveTextContent("One"));
    const first = screen.getByTestId("summary").querySelector(".stream")?.firstChild;
    run.send({ kind: "summary_delta", text: "two " });
    run.send({ kind: "summary_delta", text: "three" });
    await waitFor(() => expect(screen.getByTestId("summary")).toHaveTextContent("One two three"));
    const stream = screen.getByTestId("summary").querySelector(".stream");
    expect(stream?.firstChild).toBe(first);
    expect(stream?.childNodes).toHaveLength(2);
  });

  it("takes back what is rewritten", async () => {
    const { run } = await begin();
    run.send({ kind: "summary_delta", text: "It used 9 kWh" });
    await waitFor(() => expect(screen.getByTestId("summary")).toHaveTextContent("9 kWh"));
    run.send({ kind: "summary_restarted", text: "It used " });
    await waitFor(() => expect(screen.getByTestId("summary")).not.toHaveTextContent("9 kWh"));
  });

  it("tells the fact of a claim that is pointed at or reached by keyboard", async () => {
    const { run } = await begin();
    run.send(...runEvents(run.request));
    const cost = await within(await screen.findByTestId("why-1")).findByRole("button", { name: "$1,304, verified" });
    await user.hover(cost);
    expect(screen.getByRole("tooltip")).toHaveTextContent("Yearly cost: $1,304");
    await user.unhover(cost);
    await waitFor(() => expect(screen.queryByRole("tooltip")).toBeNull());
    const marks = within(screen.getByTestId("why-1")).getAllByRole("button");
    expect(marks.filter((mark) => mark.tabIndex === 0)).toHaveLength(1);
    marks[0]?.focus();
    expect(screen.getByRole("tooltip")).toHaveTextContent("Name: Clean Saver 12");
    await user.keyboard("{ArrowRight}{ArrowRight}");
    expect(cost).toHaveFocus();
    expect(cost).toHaveAccessibleDescription(/Yearly cost: \$1,304/);
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("tooltip")).toBeNull();
  });

  it("stops, keeps what had arrived and says so", async () => {
    const { host, run } = await begin();
    run.send(...runEvents(run.request).slice(0, 6));
    await waitFor(() => expect(screen.getByTestId("summary")).toHaveTextContent("10,297"));
    await user.click(screen.getByTestId("stop"));
    expect(host.calls("stop")).toEqual([{ runId: "run-1" }]);
    expect(screen.getByTestId("stop")).toHaveTextContent("Stopping…");
    run.send({ kind: "stopped" });
    expect(await screen.findByTestId("stopped")).toHaveTextContent("What had arrived is kept");
    expect(screen.getByTestId("summary")).toHaveTextContent("10,297 … cut off here");
    expect(screen.getByTestId("why-1")).toHaveTextContent("Not written: the run was stopped.");
  });

  it("sends a stop that came before the run had an id", async () => {
    const host = new FakeHost();
    let tell: (runId: string) => void = () => {};
    host.recommend = () => new Promise((resolve) => (tell = resolve));
    await begin(host);
    await user.click(screen.getByTestId("stop"));
    expect(host.calls("stop")).toHaveLength(0);
    tell("run-9");
    await waitFor(() => expect(host.calls("stop")).toEqual([{ runId: "run-9" }]));
  });

  it("that never answers a stop is over after a moment", async () => {
    await begin();
    await user.click(screen.getByTestId("stop"));
    expect(await screen.findByTestId("recommend", {}, { timeout: 3000 })).toBeEnabled();
    expect(screen.getByTestId("stopped")).toBeVisible();
  });

  it("keeps the exact ranking and states the reason when the worker dies, and the next run works", async () => {
    const { host, run } = await begin();
    const error = { code: "worker_died", message: "The model's process ended; the next run starts a new one." };
    const whole = recommendation(run.request);
    run.send(...runEvents(run.request).slice(0, 6));
    run.send({
      kind: "finished",
      recommendation: {
        ...whole,
        summary: "",
        errors: [error],
        items: whole.items.map((item) => ({ ...item, why: "", claims: [] })),
        stages: whole.stages.map((stage) => ({ ...stage, error })),
      },
    });
    expect(await screen.findByTestId("error")).toHaveTextContent("The model's process ended");
    expect(screen.getByTestId("error").textContent?.match(/process ended/g)).toHaveLength(1);
    expect(screen.getByTestId("summary")).toHaveTextContent("10,297 … cut off here");
    expect(screen.getByTestId("why-1")).toHaveTextContent("Not written");
    expect(order()).toHaveLength(10);
    await user.click(screen.getByTestId("recommend"));
    host.runs.at(-1)?.send(...runEvents(run.request));
    await waitFor(() => expect(screen.getByTestId("why-1")).toHaveAttribute("data-state", "settled"));
    expect(screen.queryByTestId("error")).toBeNull();
  });

  it("that can't begin says why and can be tried again", async () => {
    const host = new FakeHost();
    host.recommend = () => Promise.reject(new CommandFailure({ code: "not_found", message: "The home is not there any more." }));
    await begin(host);
    expect(await screen.findByTestId("error")).toHaveTextContent("The home is not there any more.");
    expect(screen.getByTestId("recommend")).toBeEnabled();
  });

  it("from the cache says so, and can be asked afresh", async () => {
    const { host, run } = await begin();
    run.send({ kind: "finished", recommendation: recommendation(run.request, true) });
    expect(await screen.findByTestId("timing-strip")).toHaveTextContent("from cache");
    await user.click(screen.getByTestId("ask-afresh"));
    expect(host.runs.map(({ request }) => request.request.use_cache)).toEqual([true, false]);
  });

  it("ignores what a former run still sends", async () => {
    const { host, run } = await begin();
    run.send({ kind: "stopped" });
    await user.click(await screen.findByTestId("recommend"));
    run.send({ kind: "summary_delta", text: "late words" });
    host.runs.at(-1)?.send({ kind: "summary_delta", text: "new words" });
    await waitFor(() => expect(screen.getByTestId("summary")).toHaveTextContent("new words"));
    expect(screen.getByTestId("summary")).not.toHaveTextContent("late");
  });
});

describe("a moved slider", () => {
  const flipped = () => Promise.resolve(ranking(["20117", "11902", "11682"]));

  it("re-ranks at once and is measured from the hand to the frame", async () => {
    const host = await open();
    host.rerank = flipped;
    await slide("weight-renewable", 3);
    await waitFor(() => expect(order()[0]).toBe("Simple Rate 24"));
    expect(lastRerank(host).request.preferences.weights["renewable"]).toBeCloseTo(0.03);
    await frame();
    expect(performance.getEntriesByName("rerank")).toHaveLength(1);
  });

  it("asks for one ranking at a time and then only for the newest position", async () => {
    const host = await open();
    const before = host.calls("rerank").length;
    const release: ((ranking: Ranking) => void)[] = [];
    host.rerank = () => new Promise((resolve) => release.push(resolve));
    for (const points of [20, 30, 40, 50]) await slide("weight-cost", points);
    expect(host.calls("rerank")).toHaveLength(before + 1);
    release.shift()?.(ranking());
    await waitFor(() => expect(host.calls("rerank")).toHaveLength(before + 2));
    expect(lastRerank(host).request.preferences.weights["cost"]).toBeCloseTo(0.5);
  });

  it("keeps the words and marks them once the order is another", async () => {
    const { host, run } = await begin();
    run.send(...runEvents(run.request));
    await waitFor(() => expect(screen.getByTestId("why-1")).toHaveAttribute("data-state", "settled"));
    host.rerank = flipped;
    await slide("weight-renewable", 3);
    await waitFor(() => expect(screen.getByTestId("item-1")).toHaveTextContent("Simple Rate 24"));
    expect(screen.getByTestId("why-1")).toHaveTextContent("cheapest here");
    expect(screen.getByTestId("why-1")).toHaveTextContent("from the previous ranking");
    expect(screen.getByTestId("stale-hint")).toBeVisible();
    await slide("weight-renewable", 15);
    expect(screen.getByTestId("why-1")).toHaveTextContent("from the previous ranking");
  });

  it("while a run goes on is newer than the run's own order", async () => {
    const { host, run } = await begin();
    run.send(...runEvents(run.request).slice(0, 2));
    host.rerank = flipped;
    await slide("budget", 100);
    await waitFor(() => expect(order()[0]).toBe("Simple Rate 24"));
    run.send(...runEvents(run.request).slice(2));
    await screen.findByTestId("recommend");
    expect(order()[0]).toBe("Simple Rate 24");
  });

  it("that leaves no plan says which filter removed how many, and comes back", async () => {
    const host = await open();
    host.rerank = () => Promise.reject(new CommandFailure({ code: "nothing_left", message: "No plan is left: the budget removed 158." }));
    await slide("budget", 5);
    expect(await screen.findByTestId("error")).toHaveTextContent("the budget removed 158");
    host.rerank = () => Promise.resolve(ranking());
    await user.click(screen.getByRole("button", { name: "No limit" }));
    await waitFor(() => expect(screen.getByTestId("item-1")).toBeVisible());
    expect(screen.queryByTestId("error")).toBeNull();
  });
});

describe("another home", () => {
  it("has its own figures, and the words about the first one wait for it", async () => {
    const { host, run } = await begin();
    run.send(...runEvents(run.request));
    await waitFor(() => expect(screen.getByTestId("why-1")).toHaveAttribute("data-state", "settled"));
    await user.selectOptions(screen.getByTestId("home"), "home-2");
    await waitFor(() => expect(lastRerank(host).home_id).toBe("home-2"));
    expect(screen.queryByTestId("summary")).toBeNull();
    expect(screen.queryByTestId("timing-strip")).toBeNull();
    await user.selectOptions(screen.getByTestId("home"), "home-1");
    expect(await screen.findByTestId("summary")).toHaveTextContent("10,297");
  });

  it("picked while a run goes on stops that run", async () => {
    const { host, run } = await begin();
    run.send(...runEvents(run.request).slice(0, 4));
    await waitFor(() => expect(screen.getByTestId("summary")).toBeVisible());
    await user.selectOptions(screen.getByTestId("home"), "home-2");
    expect(host.calls("stop")).toHaveLength(1);
  });
});

describe("a file", () => {
  const imported: UsageImport = {
    homes: homes.slice(1).map((home) => ({ ...home, id: "mine", source: "mine.csv", usage: { ...home.usage, home: "My flat" } })),
    notes: [{ message: "13 months; the newest 12 are used.", count: 1, lines: [2] }],
  };

  it("of usage is sent as bytes, picked, and what was noticed is told", async () => {
    const host = await open();
    host.importUsage = () => Promise.resolve(imported);
    await user.upload(screen.getByTestId("open-usage"), new File(["month,kwh"], "my März.csv"));
    await waitFor(() => expect(screen.getByTestId("home")).toHaveValue("mine"));
    const [sent] = host.calls("import_usage") as { fileName: string; bytes: Uint8Array }[];
    expect(sent?.fileName).toBe("my März.csv");
    expect(new TextDecoder().decode(sent?.bytes)).toBe("month,kwh");
    expect(screen.getByText(/the newest 12 are used/)).toHaveTextContent("line 2");
    await waitFor(() => expect(lastRerank(host).home_id).toBe("mine"));
  });

  it("that can't be used changes nothing and says where it is wrong", async () => {
    const host = await open();
    host.importCatalog = () => Promise.reject(new CommandFailure({ code: "bad_input", message: "plans.csv, line 14, column 7: “n/a” stands where a price belongs." }));
    await user.upload(screen.getByTestId("open-catalog"), new File(["x"], "plans.csv"));
    expect(await screen.findByTestId("catalog-import-error")).toHaveTextContent("line 14, column 7");
    expect(screen.getByTestId("catalog")).toHaveValue("plans");
    expect(order()).toHaveLength(10);
  });

  it("over the window opens two halves and goes where it is dropped", async () => {
    const host = await open();
    host.importCatalog = () => Promise.resolve({ ...catalog, id: "new", name: "new.csv" });
    const file = new File(["month,kwh"], "new.csv");
    const dataTransfer = { types: ["Files"], files: [file] };
    await fireEvent.dragEnter(document.body, { dataTransfer });
    expect(screen.getByTestId("drop-overlay")).toHaveTextContent("Adds this list of plans");
    await fireEvent.drop(screen.getByTestId("drop-catalog"), { dataTransfer });
    await waitFor(() => expect(screen.getByTestId("catalog")).toHaveValue("new"));
    expect(screen.queryByTestId("drop-overlay")).toBeNull();
  });

  it("dropped beside both halves is told apart by its first line", async () => {
    const host = await open();
    host.importUsage = () => Promise.resolve(imported);
    const dataTransfer = { types: ["Files"], files: [new File(["home,month,kwh"], "mine.csv")] };
    await fireEvent.drop(document.body, { dataTransfer });
    await waitFor(() => expect(screen.getByTestId("home")).toHaveValue("mine"));
  });
});
