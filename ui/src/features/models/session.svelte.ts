// The Models screen's state and everything that changes it: which models there are, one comparison at a
// time, and what it came to. What was measured stays until a later comparison has been measured to its end;
// other weights decide it anew without measuring again.
import { commandFailure, type Host } from "../../host/host";
import type { CompareEvent, Decision, Measured, ModelsView, RunId, Weights } from "../../protocol";
import { latestOnly } from "../../shared/latest";
import { assertNever } from "../../shared/never";
import { candidates } from "./candidates";
import { advance, type Progress } from "./progress";
import { same, type WeightName } from "./weights";

export type ModelsState =
  | { kind: "idle" }
  | { kind: "loading" }
  | { kind: "ready"; view: ModelsView }
  /** `last` is what was on screen before. */
  | { kind: "failed"; message: string; last: ModelsView | null };

export type Comparison =
  | { kind: "idle" }
  /**
   * `progress` is missing until the first word has come, `models` says how many take turns, and
   * `unstopped` why it could not be stopped.
   */
  | { kind: "running" | "stopping"; models: number; progress: Progress | null; unstopped: string | null }
  | { kind: "finished" }
  | { kind: "stopped" }
  | { kind: "failed"; message: string };

/** What was measured, and what it comes to with these weights. */
export interface Outcome {
  measured: Measured[];
  decision: Decision | null;
  weights: Weights;
  /** When the comparison ended. */
  atMs: number;
}

export type Use = { kind: "none" } | { kind: "asking" } | { kind: "done" } | { kind: "failed"; message: string };

export const MOST_ROUNDS = 10;

/** A comparison that was stopped says so at once; one that died without a word must not hold the form for ever. */
const STOP_GRACE_MS = 1000;

/** One comparison, so that what a former one still sends is never taken for this one's. */
interface Started {
  models: number;
  weights: Weights;
  runId: RunId | null;
  isStopAsked: boolean;
}

export class ModelsSession {
  state = $state.raw<ModelsState>({ kind: "idle" });
  comparison = $state.raw<Comparison>({ kind: "idle" });
  outcome = $state.raw<Outcome | null>(null);
  use = $state.raw<Use>({ kind: "none" });
  rounds = $state(3);
  /** Why the newest weights could not be decided with. */
  undecided = $state.raw<string | null>(null);
  #leftOut = $state.raw<ReadonlySet<string>>(new Set());
  #moved = $state.raw<Weights | null>(null);

  readonly view = $derived.by(() => viewOf(this.state));
  readonly candidates = $derived(this.view === null ? [] : candidates(this.view));
  /** In the order in which they are compared: the first is the baseline. */
  readonly chosen = $derived(this.candidates.filter(({ id }) => !this.#leftOut.has(id)));
  readonly weights = $derived(this.#moved ?? this.view?.weights ?? null);
  readonly hasUsualWeights = $derived(this.#moved === null || (this.view !== null && same(this.#moved, this.view.weights)));
  readonly underWay = $derived(this.comparison.kind === "running" || this.comparison.kind === "stopping");
  /** Whether the decision on screen was made with other weights than the sliders show. */
  readonly isStale = $derived(this.outcome !== null && this.weights !== null && !same(this.outcome.weights, this.weights));

  readonly #host: Host;
  readonly #now: () => number;
  readonly #listing;
  readonly #deciding;
  #started: Started | null = null;

  /** `now` is the time of day in milliseconds. */
  constructor(host: Host, now: () => number = () => performance.timeOrigin + performance.now()) {
    this.#host = host;
    this.#now = now;
    this.#listing = latestOnly<null, ModelsView>(
      () => this.#host.call("models", {}),
      (view) => (this.state = { kind: "ready", view }),
      (reason) => (this.state = { kind: "failed", message: commandFailure(reason).message, last: this.view }),
    );
    this.#deciding = latestOnly<{ measured: Measured[]; weights: Weights }, Decision | null>(
      ({ measured, weights }) => this.#host.call("decide_models", { measured, weights }),
      (decision, { measured, weights }) => this.#decided(decision, measured, weights),
      (reason) => (this.undecided = commandFailure(reason).message),
    );
  }

  now(): number {
    return this.#now();
  }

  /** The screen has come to the front: a file may have been put in its place meanwhile. */
  show(): void {
    this.refresh();
  }

  refresh(): void {
    if (this.view === null) this.state = { kind: "loading" };
    this.#listing.request(null);
  }

  choose(id: string, isChosen: boolean): void {
    const leftOut = new Set(this.#leftOut);
    if (isChosen) leftOut.delete(id);
    else leftOut.add(id);
    this.#leftOut = leftOut;
  }

  setWeight(name: WeightName, points: number): void {
    if (this.weights === null) return;
    this.#moved = { ...this.weights, [name]: points };
    this.decide();
  }

  useUsualWeights(): void {
    this.#moved = null;
    this.decide();
  }

  /** Brings the decision to where the sliders are. */
  decide(): void {
    this.undecided = null;
    if (this.outcome === null || this.outcome.decision === null || this.weights === null) return;
    this.#deciding.request({ measured: this.outcome.measured, weights: this.weights });
  }

  compare(): void {
    if (this.underWay || this.chosen.length === 0 || this.weights === null) return;
    const models = this.chosen.map(({ id }) => id);
    const started: Started = { models: models.length, weights: this.weights, runId: null, isStopAsked: false };
    this.#started = started;
    this.comparison = { kind: "running", models: models.length, progress: null, unstopped: null };
    const request = { models, iterations: this.rounds, weights: this.weights };
    this.#host.call("compare_models", { request }, (event) => this.#take(started, event)).then(
      (runId) => {
        started.runId = runId;
        if (started.isStopAsked) this.#sendStop(started, runId);
      },
      (reason: unknown) => this.#end(started, { kind: "failed", message: commandFailure(reason).message }),
    );
  }

  stop(): void {
    const started = this.#started;
    if (this.comparison.kind !== "running" || started === null) return;
    this.comparison = { ...this.comparison, kind: "stopping", unstopped: null };
    started.isStopAsked = true;
    if (started.runId !== null) this.#sendStop(started, started.runId);
  }

  /** Uses what the decision proposes, from now on. */
  useProposed(): void {
    const decision = this.outcome?.decision;
    if (decision === null || decision === undefined || this.use.kind === "asking") return;
    const { fast, accurate } = decision;
    this.use = { kind: "asking" };
    this.#host.call("use_models", { fast, accurate }).then(
      (view) => {
        this.#listing.cancel();
        this.state = { kind: "ready", view };
        this.use = { kind: "done" };
      },
      (reason: unknown) => (this.use = { kind: "failed", message: commandFailure(reason).message }),
    );
  }

  #take(started: Started, event: CompareEvent): void {
    if (this.#started !== started) return;
    switch (event.kind) {
      case "progress": {
        const before = this.comparison;
        if (before.kind !== "running" && before.kind !== "stopping") return;
        this.comparison = { ...before, progress: advance(before.progress, event, started.models, this.#now()) };
        return;
      }
      case "finished": {
        const { measured, decision } = event;
        this.#deciding.cancel();
        this.outcome = { measured, decision, weights: started.weights, atMs: this.#now() };
        this.use = { kind: "none" };
        this.#end(started, { kind: "finished" });
        if (this.isStale) this.decide();
        return;
      }
      case "failed":
        this.#end(started, event);
        return;
      case "stopped":
        this.#end(started, event);
        return;
      default:
        assertNever(event);
    }
  }

  #end(started: Started, end: Comparison): void {
    if (this.#started !== started) return;
    this.#started = null;
    this.comparison = end;
  }

  #decided(decision: Decision | null, measured: Measured[], weights: Weights): void {
    if (this.outcome?.measured !== measured) return;
    this.undecided = null;
    const before = this.outcome.decision;
    this.outcome = { ...this.outcome, decision, weights };
    // What was said about using the former proposal is not about this one.
    if (before?.fast !== decision?.fast || before?.accurate !== decision?.accurate) {
      if (this.use.kind !== "asking") this.use = { kind: "none" };
    }
  }

  #sendStop(started: Started, runId: RunId): void {
    started.isStopAsked = false;
    this.#host.call("stop", { runId }).then(
      () => setTimeout(() => this.#end(started, { kind: "stopped" }), STOP_GRACE_MS),
      (reason: unknown) => {
        const before = this.comparison;
        if (this.#started !== started || before.kind !== "stopping") return;
        this.comparison = { ...before, kind: "running", unstopped: commandFailure(reason).message };
      },
    );
  }
}

function viewOf(state: ModelsState): ModelsView | null {
  switch (state.kind) {
    case "idle":
    case "loading":
      return null;
    case "ready":
      return state.view;
    case "failed":
      return state.last;
    default:
      return assertNever(state);
  }
}
