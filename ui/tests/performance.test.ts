// The Performance screen in the whole page, on a fake host and a fake panel: what the panel paints is the
// panel's own business, that it is told the right thing at the right time is this page's.
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import App from "../src/App.svelte";
import { CommandFailure } from "../src/host/host";
import type { Performance, PerformanceQuery } from "../src/protocol";
import { FakeHost } from "./fake-host";
import { history, noHistory } from "./performance-scene";
import { runEvents } from "./scene";

const fake = vi.hoisted(() => ({
  starts: 0,
  shown: [] as string[],
  dark: [] as boolean[],
  refusal: null as Error | null,
  frozen: false,
}));

vi.mock("../panel/panel.js", () => ({
  default: () => Promise.resolve(),
  Panel: class {
    #frames = 0;
    start(): Promise<void> {
      fake.starts += 1;
      return fake.refusal === null ? Promise.resolve() : Promise.reject(fake.refusal);
    }
    content_height(): number {
      return 0;
    }
    frame_p95_ms(): number {
      return 0;
    }
    set_data(json: string): void {
      fake.shown.push(json);
      if (!fake.frozen) requestAnimationFrame(() => (this.#frames += 1));
    }
    set_dark(dark: boolean): void {
      fake.dark.push(dark);
    }
    frames(): number {
      return this.#frames;
    }
    destroy(): void {}
  },
}));

const user = userEvent.setup();
const downloads: { name: string; blob: Blob }[] = [];

beforeEach(() => {
  Object.assign(fake, { starts: 0, shown: [], dark: [], refusal: null, frozen: false });
  downloads.length = 0;
  performance.clearMarks();
  let made: Blob = new Blob();
  URL.createObjectURL = (blob) => {
    made = blob as Blob;
    return "blob:made-here";
  };
  URL.revokeObjectURL = () => {};
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    downloads.push({ name: this.download, blob: made });
  };
  HTMLCanvasElement.prototype.toBlob = (take) => take(new Blob(["picture"], { type: "image/png" }));
});

/** Opens the page and goes to Performance. */
async function open(host = new FakeHost()): Promise<FakeHost> {
  render(App, { host });
  await screen.findByTestId("ranking");
  await user.click(screen.getByTestId("nav-performance"));
  await waitFor(() => expect(screen.getByTestId("performance")).not.toHaveAttribute("data-state", "loading"));
  return host;
}

function lastQuery(host: FakeHost): PerformanceQuery {
  const args = host.calls("performance").at(-1) as { query: PerformanceQuery };
  return args.query;
}

function cells(testid: string): (string | null)[][] {
  const [, ...rows] = within(screen.getByTestId(testid)).getAllByRole("row");
  return rows.map((row) => [...row.children].map((cell) => cell.textContent));
}

function head(testid: string, name: string): HTMLElement {
  return within(screen.getByTestId(testid)).getByRole("columnheader", { name });
}

async function painted(frames: number): Promise<void> {
  await waitFor(() => expect(Number(screen.getByTestId("performance-canvas").dataset.frames)).toBeGreaterThanOrEqual(frames));
}

describe("the navigation", () => {
  it("says where one is, and works from the keyboard", async () => {
    render(App, { host: new FakeHost() });
    const nav = await screen.findByRole("navigation", { name: "Screens" });
    const recommend = within(nav).getByRole("button", { name: "Recommend" });
    const there = within(nav).getByRole("button", { name: /^Performance/ });
    expect(recommend).toHaveAttribute("aria-current", "page");
    there.focus();
    await user.keyboard("{Enter}");
    expect(there).toHaveAttribute("aria-current", "page");
    expect(recommend).not.toHaveAttribute("aria-current");
    expect(await screen.findByTestId("performance")).toBeVisible();
    expect(screen.getByTestId("ranking")).not.toBeVisible();
  });

  it("counts the alerts in a badge that has a name", async () => {
    const host = new FakeHost();
    render(App, { host });
    expect(await screen.findByRole("button", { name: "Performance, 2 alerts" })).toBeVisible();
    host.performance = (query) => Promise.resolve({ ...history(query), alerts: [] });
    await user.click(screen.getByTestId("nav-performance"));
    await waitFor(() => expect(screen.queryByTestId("nav-performance-alerts")).toBeNull());
  });

  it("lets a recommendation go on behind the other screen, and forgets nothing", async () => {
    const host = new FakeHost();
    render(App, { host });
    await screen.findByTestId("ranking");
    await user.type(screen.getByTestId("wish"), "calm");
    await user.click(screen.getByTestId("recommend"));
    const [run] = host.runs;
    if (run === undefined) throw new Error("Recommend did not reach the host");
    const before = screen.getByTestId("ranking");
    run.send(...runEvents(run.request).slice(0, 6));
    await user.click(screen.getByTestId("nav-performance"));
    run.send(...runEvents(run.request).slice(6));
    await user.click(screen.getByTestId("nav-recommend"));
    await waitFor(() => expect(screen.getByTestId("why-1")).toHaveAttribute("data-state", "settled"));
    expect(screen.getByTestId("ranking")).toBe(before);
    expect(screen.getByTestId("wish")).toHaveValue("calm");
    expect(host.calls("stop")).toHaveLength(0);
    expect(host.calls("start")).toHaveLength(1);
  });

  it("takes no dropped file for the screen behind", async () => {
    const host = await open();
    const dataTransfer = { types: ["Files"], files: [new File(["month,kwh"], "mine.csv")], dropEffect: "copy" };
    await fireEvent.dragEnter(document.body, { dataTransfer });
    expect(screen.queryByTestId("drop-overlay")).toBeNull();
    await fireEvent.drop(document.body, { dataTransfer });
    expect(host.calls("import_usage")).toHaveLength(0);
  });
});

describe("the filters", () => {
  it("become the query", async () => {
    const host = await open();
    expect(lastQuery(host)).toEqual({ window_ms: 86_400_000, pipeline: null, model: null, device: null, run: null });
    await user.selectOptions(screen.getByTestId("performance-filter-window"), "Last 7 days");
    await user.selectOptions(screen.getByTestId("performance-filter-pipeline"), "Recommend");
    await user.selectOptions(screen.getByTestId("performance-filter-model"), "nano");
    await user.selectOptions(screen.getByTestId("performance-filter-device"), "CPU");
    expect(lastQuery(host)).toEqual({ window_ms: 7 * 86_400_000, pipeline: "recommend", model: "nano", device: "cpu", run: null });
    await waitFor(() => expect(cells("performance-models").map(([name]) => name)).toEqual(["nano"]));
  });

  it("keep what is picked in the list although the new time doesn't have it", async () => {
    const host = await open();
    await user.selectOptions(screen.getByTestId("performance-filter-model"), "nano");
    host.performance = (query) => Promise.resolve(noHistory(query));
    await user.selectOptions(screen.getByTestId("performance-filter-window"), "Last hour");
    expect(await screen.findByTestId("performance-empty")).toHaveTextContent("with these filters");
    expect(screen.getByTestId("performance-filter-model")).toHaveValue("nano");
    await user.click(screen.getByText("Take filters away"));
    expect(lastQuery(host)).toMatchObject({ window_ms: 3_600_000, model: null });
  });

  it("pick the run whose timeline is shown", async () => {
    const host = await open();
    await user.selectOptions(screen.getByTestId("performance-run"), "run-21");
    expect(lastQuery(host).run).toBe("run-21");
    await waitFor(() => expect(screen.getByRole("heading", { name: /^Timeline of/ })).toHaveTextContent("14.2 s · done · recommend · qwen2.5-0.5b-instruct"));
  });

  it("show that the figures are still the former ones until the new ones are there", async () => {
    const host = await open();
    expect(screen.getByTestId("performance")).toHaveAttribute("aria-busy", "false");
    let answer: () => void = () => {};
    host.performance = (query) => new Promise((resolve) => (answer = () => resolve(history(query))));
    await user.selectOptions(screen.getByTestId("performance-filter-window"), "Last year");
    expect(screen.getByTestId("performance")).toHaveAttribute("aria-busy", "true");
    answer();
    await waitFor(() => expect(screen.getByTestId("performance")).toHaveAttribute("aria-busy", "false"));
  });
});

describe("the tables", () => {
  it("write the figures as everywhere else", async () => {
    await open();
    expect(cells("performance-stages")[0]).toEqual(["Why", "411", "121 ms", "204 ms", "242 ms", "0.61 s", "2"]);
    expect(cells("performance-models")[1]).toEqual(["qwen2.5-0.5b-instruct", "38", "0.64 s", "1.90 s", "118", "9.4", "21,444", "9,872", "2,011"]);
    expect(cells("performance-caches")).toEqual([["Answer", "31", "106", "4", "23%"]]);
    expect(cells("performance-timeline")[1]?.slice(0, 4)).toEqual(["Summary", "2.1 ms", "310 ms", "0.4 ms"]);
  });

  it("write nothing where nothing was measured", async () => {
    const host = new FakeHost();
    host.performance = (query) => {
      const all = history(query);
      return Promise.resolve({
        ...all,
        models: all.models.map((each) => ({ ...each, n: 0, first_token_p50_ms: 0, first_token_p95_ms: 0, decode_tokens_per_s: 0 })),
        caches: all.caches.map((each) => ({ ...each, hits: 0, misses: 0 })),
      });
    };
    await open(host);
    expect(cells("performance-models")[0]?.slice(1, 6)).toEqual(["0", "–", "–", "3,121", "–"]);
    expect(cells("performance-caches")[0]?.at(-1)).toBe("–");
  });

  it("sort by a column and say so, from the keyboard too", async () => {
    await open();
    const names = () => cells("performance-stages").map(([name]) => name);
    expect(names()).toEqual(["Why", "Scoring", "Summary"]);
    expect(head("performance-stages", "p95")).toHaveAttribute("aria-sort", "none");
    within(head("performance-stages", "p95")).getByRole("button").focus();
    await user.keyboard("{Enter}");
    expect(head("performance-stages", "p95")).toHaveAttribute("aria-sort", "descending");
    expect(names()).toEqual(["Scoring", "Why", "Summary"]);
    await user.keyboard(" ");
    expect(head("performance-stages", "p95")).toHaveAttribute("aria-sort", "ascending");
    expect(names()).toEqual(["Summary", "Why", "Scoring"]);
    await user.click(within(head("performance-stages", "Stage")).getByRole("button"));
    expect(names()).toEqual(["Scoring", "Summary", "Why"]);
    expect(head("performance-stages", "p95")).toHaveAttribute("aria-sort", "none");
  });
});

describe("alerts", () => {
  it("say what happened and what to do", async () => {
    await open();
    const [first] = within(screen.getByTestId("performance-alerts")).getAllByRole("listitem");
    expect(first).toHaveTextContent("Why took 1.90 s at the 95th percentile");
    expect(first).toHaveTextContent("or take a smaller model");
  });
});

describe("an empty time", () => {
  it("says what to do next and goes there", async () => {
    const host = new FakeHost();
    host.performance = (query) => Promise.resolve(noHistory(query));
    await open(host);
    expect(screen.getByTestId("performance-empty")).toHaveTextContent("Nothing ran in this time. Run a recommendation");
    expect(screen.getByTestId("performance-export-csv")).toBeDisabled();
    expect(fake.starts).toBe(0);
    await user.click(screen.getByText("Go to Recommend"));
    expect(screen.getByTestId("nav-recommend")).toHaveAttribute("aria-current", "page");
    expect(screen.getByTestId("recommend")).toBeVisible();
  });
});

describe("a history that can't be read", () => {
  it("says so, and can be tried again", async () => {
    const host = new FakeHost();
    host.performance = () => Promise.reject(new CommandFailure({ code: "failed", message: "The history can't be read." }));
    await open(host);
    expect(screen.getByTestId("performance-error")).toHaveTextContent("The history can't be read.");
    expect(screen.queryByTestId("performance-stages")).toBeNull();
    host.performance = (query) => Promise.resolve(history(query));
    await user.click(screen.getByText("Try again"));
    expect(await screen.findByTestId("performance-stages")).toBeVisible();
    expect(screen.queryByTestId("performance-error")).toBeNull();
  });
});

describe("the charts", () => {
  it("are fetched when first looked at, told the figures and the theme, and kept", async () => {
    const host = new FakeHost();
    render(App, { host });
    await screen.findByTestId("ranking");
    expect(fake.starts).toBe(0);
    await user.click(screen.getByTestId("nav-performance"));
    await painted(1);
    expect(performance.getEntriesByName("panel-first-paint")).toHaveLength(1);
    expect((JSON.parse(fake.shown.at(-1) ?? "") as Performance).runs).toBe(137);
    expect(fake.dark).toEqual([false]);
    document.documentElement.dataset.theme = "dark";
    await waitFor(() => expect(fake.dark).toEqual([false, true]));
    delete document.documentElement.dataset.theme;
    const canvas = screen.getByTestId("performance-canvas");
    expect(canvas).toHaveAccessibleName(/^Charts of latency/);
    expect(canvas).toHaveAccessibleDescription(/tables that follow/);
    await user.click(screen.getByTestId("nav-recommend"));
    await user.click(screen.getByTestId("nav-performance"));
    expect(screen.getByTestId("performance-canvas")).toBe(canvas);
    expect(fake.starts).toBe(1);
  });

  it("paint what is new, and nothing where nothing is", async () => {
    const host = await open();
    await painted(1);
    const told = fake.shown.length;
    host.performance = (query) => Promise.resolve({ ...history(query), runs: 138 });
    host.tellHistory(1);
    await waitFor(() => expect(screen.getByTestId("performance-summary")).toHaveTextContent("138 runs"));
    await painted(2);
    expect(fake.shown).toHaveLength(told + 1);
    await user.click(screen.getByTestId("nav-recommend"));
    host.tellHistory(2);
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
    expect(fake.shown).toHaveLength(told + 1);
  });

  it("stay for the next time when a time without runs is looked at", async () => {
    const host = await open();
    await painted(1);
    const told = fake.shown.length;
    host.performance = (query) => Promise.resolve(noHistory(query));
    await user.selectOptions(screen.getByTestId("performance-filter-window"), "Last hour");
    expect(await screen.findByTestId("performance-empty")).toBeVisible();
    expect(screen.getByTestId("performance-canvas")).not.toBeVisible();
    expect(fake.shown).toHaveLength(told);
    host.performance = (query) => Promise.resolve(history(query));
    await user.selectOptions(screen.getByTestId("performance-filter-window"), "Last year");
    await waitFor(() => expect(screen.getByTestId("performance-canvas")).toBeVisible());
    await painted(2);
    expect(fake.starts).toBe(1);
  });

  it("that can't be drawn leave a sentence and the tables", async () => {
    fake.refusal = new Error("WebGL is not available");
    await open();
    expect(await screen.findByTestId("performance-no-charts")).toHaveTextContent("The charts can't be drawn in this window (WebGL is not available).");
    expect(screen.queryByTestId("performance-canvas")).toBeNull();
    expect(screen.getByTestId("performance-stages")).toBeVisible();
    expect(screen.getByTestId("performance-export-png")).toBeDisabled();
    expect(screen.getByTestId("performance-export-png")).toHaveAccessibleDescription("There are no charts in this window.");
    expect(screen.getByTestId("performance-export-csv")).toBeEnabled();
    fake.refusal = null;
    await user.click(screen.getByText("Draw them again"));
    await painted(1);
    expect(screen.getByTestId("performance-export-png")).toBeEnabled();
  });

  it("that the graphics driver takes away leave the tables too", async () => {
    await open();
    await painted(1);
    await fireEvent(screen.getByTestId("performance-canvas"), new Event("webglcontextlost"));
    expect(await screen.findByTestId("performance-no-charts")).toHaveTextContent("the graphics driver took the canvas away");
    expect(screen.getByTestId("performance-stages")).toBeVisible();
  });

  it("that stop painting are given up", async () => {
    fake.frozen = true;
    await open();
    expect(await screen.findByTestId("performance-no-charts")).toHaveTextContent("the panel stopped painting");
  });
});

describe("an export", () => {
  it("as CSV has the table's figures", async () => {
    await open();
    await user.click(screen.getByTestId("performance-export-csv"));
    expect(downloads[0]?.name).toBe("sextant-performance-24h-2026-01-05-1430.csv");
    expect(await downloads[0]?.blob.text()).toContain(",stage,narrative,411,121.4,");
  });

  it("as PNG is what the canvas shows", async () => {
    await open();
    await painted(1);
    await user.click(screen.getByTestId("performance-export-png"));
    await waitFor(() => expect(downloads[0]?.name).toBe("sextant-performance-24h-2026-01-05-1430.png"));
    expect(await downloads[0]?.blob.text()).toBe("picture");
  });
});
