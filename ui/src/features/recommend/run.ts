// What is known of one run, as a function of the events that have come. No clock, no host, no DOM:
// components draw a `RunView`, the session replaces it once per frame.
import type {
  Claim,
  ItemId,
  RankedItem,
  Ranking,
  Recommendation,
  RecommendEvent,
  RunId,
  RunRequest,
  StageError,
  StageTiming,
  UsageSummary,
} from "../../protocol";
import { assertNever } from "../../shared/never";
import { append, streamOf, type Stream } from "../../shared/stream";

export type RunPhase = "idle" | "running" | "stopping" | "finished" | "stopped" | "failed";

/** A text of the model: what has streamed, and once it is checked, what stands. */
export interface Passage {
  stream: Stream;
  settled: { text: string; claims: readonly Claim[]; groundedShare: number | null } | null;
}

export interface RunView {
  phase: RunPhase;
  /** What was asked; `null` before the first run. */
  request: RunRequest | null;
  runId: RunId | null;
  usage: UsageSummary | null;
  /** The run's own newest ranking. */
  ranking: Ranking | null;
  summary: Passage | null;
  narratives: ReadonlyMap<ItemId, Passage>;
  stages: readonly StageTiming[];
  /** Why nothing could be recommended. */
  failure: StageError | null;
  recommendation: Recommendation | null;
}

export const noRun: RunView = {
  phase: "idle",
  request: null,
  runId: null,
  usage: null,
  ranking: null,
  summary: null,
  narratives: new Map(),
  stages: [],
  failure: null,
  recommendation: null,
};

export function beginRun(request: RunRequest): RunView {
  return { ...noRun, phase: "running", request };
}

export function isUnderWay(view: RunView): boolean {
  return view.phase === "running" || view.phase === "stopping";
}

export function reduceRun(view: RunView, event: RecommendEvent): RunView {
  switch (event.kind) {
    case "started":
      return { ...view, runId: event.run_id };
    case "figures":
      return { ...view, usage: event.usage, ranking: event.ranking };
    case "ranked":
      return { ...view, ranking: event.ranking };
    case "summary_delta":
      return { ...view, summary: grow(view.summary, event.text) };
    case "summary_restarted":
      return { ...view, summary: streaming(event.text) };
    case "summary_done":
      return { ...view, summary: settle(event.text, event.claims, event.grounded_share) };
    case "narrative_delta":
      return withNarrative(view, event.id, grow(view.narratives.get(event.id) ?? null, event.text));
    case "narrative_restarted":
      return withNarrative(view, event.id, streaming(event.text));
    case "narrative_done":
      return withNarrative(view, event.id, settle(event.text, event.claims, event.grounded_share));
    case "stage_done":
      return { ...view, stages: withStage(view.stages, event.stage) };
    case "finished":
      return finish(view, event.recommendation);
    case "failed":
      return { ...view, phase: "failed", failure: event.error };
    case "stopped":
      return { ...view, phase: "stopped" };
    default:
      return assertNever(event);
  }
}

/** What went wrong without ending the run, each sentence once. */
export function runErrors(view: RunView): StageError[] {
  const found = [
    ...(view.recommendation?.errors ?? []),
    ...view.stages.flatMap((stage) => (stage.error === null ? [] : [stage.error])),
  ];
  return found.filter(
    (error, index) => found.findIndex((other) => other.message === error.message) === index,
  );
}

/** Whether both list the same plans in the same places, as far as both reach. */
export function sameOrder(a: Ranking, b: Ranking): boolean {
  const shared = Math.min(a.items.length, b.items.length);
  for (let index = 0; index < shared; index += 1) {
    if (a.items[index]?.id !== b.items[index]?.id) return false;
  }
  return true;
}

function finish(view: RunView, recommendation: Recommendation): RunView {
  const { items, considered, filtered_out, savings_basis, flip, weights } = recommendation;
  const narratives = new Map(view.narratives);
  for (const item of items) {
    const passage = settledWhy(item);
    if (passage !== null) narratives.set(item.id, passage);
  }
  return {
    ...view,
    phase: "finished",
    runId: recommendation.run_id,
    usage: recommendation.usage,
    ranking: { items, considered, filtered_out, savings_basis, flip, weights },
    // A stage that died left no text of its own: what had streamed stays.
    summary:
      recommendation.summary === ""
        ? view.summary
        : settle(
            recommendation.summary,
            recommendation.summary_claims,
            recommendation.summary_grounded_share,
          ),
    narratives,
    stages: recommendation.stages,
    recommendation,
  };
}

function settledWhy(item: RankedItem): Passage | null {
  return item.why === "" ? null : settle(item.why, item.claims, item.grounded_share);
}

function grow(passage: Passage | null, text: string): Passage {
  if (passage === null) return streaming(text);
  return { stream: append(passage.stream, text), settled: null };
}

function streaming(text: string): Passage {
  return { stream: streamOf(text), settled: null };
}

function settle(text: string, claims: readonly Claim[], groundedShare: number | null): Passage {
  return { stream: streamOf(text), settled: { text, claims, groundedShare } };
}

function withNarrative(view: RunView, id: ItemId, passage: Passage): RunView {
  return { ...view, narratives: new Map(view.narratives).set(id, passage) };
}

/** A stage that is tried again reports again; the later report counts. */
function withStage(stages: readonly StageTiming[], stage: StageTiming): StageTiming[] {
  return [...stages.filter((known) => known.name !== stage.name), stage];
}
