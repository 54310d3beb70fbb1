// The Performance screen's state and everything that changes it. It reads the history and never asks the
// engine anything. A change of the history is a number on a stream; figures are fetched on it only while
// the screen is visible, and without a change nothing is fetched and nothing is painted.
import { commandFailure, type Host } from "../../host/host";
import type { Alert, Performance, RunId } from "../../protocol";
import { latestOnly, type LatestOnly } from "../../shared/latest";
import { alertsOnly, isNarrowed, narrowed, queryOf, startFilters, type Filters } from "./filters";

export type PerformanceState =
  | { kind: "idle" }
  | { kind: "loading" }
  /** `filters` are those that the figures are for; the person may have picked others since. */
  | { kind: "ready"; performance: Performance; filters: Filters }
  /** `last` is what was on screen before. */
  | { kind: "failed"; message: string; last: { performance: Performance; filters: Filters } | null };

/**
 * How long the alerts rest after a fetch that serves them alone. A run changes the history several times a
 * second, an alert is about a whole hour, and nobody looks at figures then: the badge may lag, while a
 * recommendation under way shouldn't share the database with it.
 */
export const ALERTS_REST_MS = 10_000;

export class PerformanceSession {
  filters = $state.raw<Filters>(startFilters);
  state = $state.raw<PerformanceState>({ kind: "idle" });
  /** Of the whole history, whatever the filters say. */
  alerts = $state.raw<readonly Alert[]>([]);
  /** Why the figures don't follow new runs by themselves, where they don't. */
  unwatched = $state.raw<string | null>(null);

  readonly #host: Host;
  readonly #figures: LatestOnly<Filters>;
  readonly #alerts: LatestOnly<Filters>;
  #visible = false;
  #alertsRest: "no" | "resting" | "resting, changed" = "no";

  constructor(host: Host) {
    this.#host = host;
    this.#figures = latestOnly<Filters, Performance>(
      (filters) => this.#fetch(filters),
      (performance, filters) => {
        this.state = { kind: "ready", performance, filters };
        if (!isNarrowed(filters)) this.alerts = performance.alerts;
      },
      (reason, filters) => this.#fail(reason, filters),
    );
    this.#alerts = latestOnly<Filters, Performance>(
      (filters) => this.#fetch(filters),
      ({ alerts }) => (this.alerts = alerts),
      // The badge keeps what it had; the screen itself says what is wrong when it is opened.
      () => {},
    );
    this.#followAlerts();
    this.#watch();
  }

  /** The screen has come to the front: what has changed meanwhile is caught up with once. */
  show(): void {
    this.#visible = true;
    this.refresh();
  }

  /** Has figures there before somebody looks. */
  prepare(): void {
    if (this.state.kind === "idle") this.#request();
  }

  hide(): void {
    this.#visible = false;
  }

  narrow(change: Partial<Omit<Filters, "run">>): void {
    this.filters = narrowed(this.filters, change);
    this.#request();
  }

  showRun(run: RunId | null): void {
    this.filters = { ...this.filters, run };
    this.#request();
  }

  /** Fetches, and watches again where that had failed. */
  refresh(): void {
    if (this.unwatched !== null) this.#watch();
    if (this.state.kind === "failed" && this.state.last === null) this.state = { kind: "loading" };
    this.#request();
  }

  #request(): void {
    if (this.state.kind === "idle") this.state = { kind: "loading" };
    this.#figures.request(this.filters);
  }

  #fetch(filters: Filters): Promise<Performance> {
    return this.#host.call("performance", { query: queryOf(filters) });
  }

  #fail(reason: unknown, filters: Filters): void {
    const { code, message } = commandFailure(reason);
    // The picked run may have left the history; the newest one's timeline is there in its place.
    if (code === "not_found" && filters.run !== null && filters === this.filters) {
      this.showRun(null);
      return;
    }
    const before = this.state;
    const last = before.kind === "ready" ? before : before.kind === "failed" ? before.last : null;
    this.state = { kind: "failed", message, last };
  }

  #watch(): void {
    this.unwatched = null;
    this.#host
      .call("watch_performance", {}, () => {
        if (this.#visible) this.#request();
        if (!this.#visible || isNarrowed(this.filters)) this.#followAlerts();
      })
      .catch((reason: unknown) => (this.unwatched = commandFailure(reason).message));
  }

  #followAlerts(): void {
    if (this.#alertsRest !== "no") {
      this.#alertsRest = "resting, changed";
      return;
    }
    this.#alertsRest = "resting";
    this.#alerts.request(alertsOnly);
    // One shot after a change, never a clock of its own: without changes nothing is armed.
    setTimeout(() => {
      const changed = this.#alertsRest === "resting, changed";
      this.#alertsRest = "no";
      if (changed) this.#followAlerts();
    }, ALERTS_REST_MS);
  }
}
