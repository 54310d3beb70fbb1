// The Models screen's state and everything that changes it: which models there are, one comparison at a
// time, and what it came to. What was measured stays until a later comparison has been measured to its end;
// other weights decide it anew without measuring again.
import { commandFailure, type Host } from "../../host/host";
import type { CompareEvent, CompareRequest, Decision, Measured, ModelsView, Weights } from "../../protocol";
import { latestOnly } from "../../shared/latest";
import { assertNever } from "../../shared/never";
import { candidates } from "./candidates";
import { EnginesSession } from "./engines.svelte";
import { advance, type Progress } from "./progress";
import { same, type WeightName } from "./weights";
import { Work, type WorkState } from "./work.svelte";

export type ModelsState =
  | { kind: "idle" }
  | { kind: "loading" }
  | { kind: "ready"; view: ModelsView }
  /** `last` is what was on screen before. */
  | { kind: "failed"; message: string; last: ModelsView | null };

export type Comparison = WorkState<Progress>;

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

export class ModelsSession {
  state = $state.raw<ModelsState>({ kind: "idle" });
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
  /** Whether the decision on screen was made with other weights than the sliders show. */
  readonly isStale = $derived(this.outcome !== null && this.weights !== null && !same(this.outcome.weights, this.weights));

  readonly engines: EnginesSession;
  readonly #host: Host;
  readonly #now: () => number;
  readonly #comparing: Work<Progress>;
  readonly #listing;
  readonly #deciding;

  /** `now` is the time of day in milliseconds. */
  constructor(host: Host, now: () => number = () => performance.timeOrigin + performance.now()) {
    this.#host = host;
    this.#now = now;
    this.#comparing = new Work(host);
    this.engines = new EnginesSession(host, (view) => this.#show(view));
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

  get comparison(): Comparison {
    return this.#comparing.state;
  }

  get underWay(): boolean {
    return this.#comparing.underWay;
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
    // Two measurements at once would measure each other.
    if (this.engines.underWay || this.chosen.length === 0 || this.weights === null) return;
    const request = { models: this.chosen.map(({ id }) => id), iterations: this.rounds, weights: this.weights };
    this.#comparing.begin<CompareEvent>(
      (tell) => this.#host.call("compare_models", { request }, tell),
      (event) => this.#take(event, request),
    );
  }

  stop(): void {
    this.#comparing.stop();
  }

  /** Uses what the decision proposes, from now on. */
  useProposed(): void {
    const decision = this.outcome?.decision;
    if (decision === null || decision === undefined || this.use.kind === "asking") return;
    const { fast, accurate } = decision;
    this.use = { kind: "asking" };
    this.#host.call("use_models", { fast, accurate }).then(
      (view) => {
        this.#show(view);
        this.use = { kind: "done" };
      },
      (reason: unknown) => (this.use = { kind: "failed", message: commandFailure(reason).message }),
    );
  }

  /** What an answer to something else has brought is newer than what is being fetched. */
  #show(view: ModelsView): void {
    this.#listing.cancel();
    this.state = { kind: "ready", view };
  }

  #take(event: CompareEvent, { models, weights }: CompareRequest): void {
    switch (event.kind) {
      case "progress":
        this.#comparing.progress((before) => advance(before, event, models.length, this.#now()));
        return;
      case "finished": {
        const { measured, decision } = event;
        this.#deciding.cancel();
        this.outcome = { measured, decision, weights, atMs: this.#now() };
        this.use = { kind: "none" };
        this.#comparing.end({ kind: "finished" });
        if (this.isStale) this.decide();
        return;
      }
      case "failed":
      case "stopped":
        this.#comparing.end(event);
        return;
      default:
        assertNever(event);
    }
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
