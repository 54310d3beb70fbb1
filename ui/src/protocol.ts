// Generated from crates/protocol by `cargo xtask bindings`; edit the Rust types instead.

export type RunId = string;

export type ItemId = string;

export type Money = number;

export type PlanFlag = "negative_price" | "absurd_price" | "duplicate" | "time_of_use" | "prepaid" | "exit_fee_undisclosed" | "exit_fee_per_month" | "term_under_year";

export type Preferences = { 
/**
 * Plans whose average month costs more are left out.
 */
budget_per_month: Money | null, 
/**
 * Gives the renewable share the pack's higher weight.
 */
prefer_renewable: boolean, 
/**
 * Plans with a longer contract are left out.
 */
max_term_months: number | null, 
/**
 * In the person's own words; read by the model.
 */
wish: string, 
/**
 * Weights by criterion where they differ from the pack's; zero or more, in any scale.
 */
weights: { [key in string]: number }, 
/**
 * `COLUMN=VALUE` conditions: a plan stays if the column has one of its values, ignoring case.
 */
where: { [key in string]: Array<string> }, 
/**
 * The plan that the person has now, by its id in the catalogue.
 */
current_plan: string | null, 
/**
 * What leaving the current plan costs; its own exit fee where nothing is said.
 */
current_exit_fee: Money | null, };

export type RecommendRequest = { preferences: Preferences, 
/**
 * How many items are listed; narratives are for the first three of them.
 */
top: number, 
/**
 * Ranks without any model.
 */
figures_only: boolean, seed: number, use_cache: boolean, };

export type StageError = { 
/**
 * Stable, for scripts: `timed_out`, `worker_died` …
 */
code: string, 
/**
 * One sentence for the person.
 */
message: string, };

export type StageTiming = { 
/**
 * `usage_summary`, `plan_scoring`, `narrative`; `narrative_2` is the second plan's.
 */
name: string, 
/**
 * From the run's start to this stage's start.
 */
start_ms: number, 
/**
 * Waiting for the model to be loaded.
 */
load_ms: number, 
/**
 * Waiting for the engine, the load not included.
 */
queue_ms: number, prompt_build_ms: number, 
/**
 * Looking records or passages up.
 */
retrieval_ms: number, 
/**
 * From the engine taking the request to the first token.
 */
prefill_ms: number, 
/**
 * From the first token to the last.
 */
decode_ms: number, 
/**
 * Reading what the model wrote.
 */
parse_ms: number, 
/**
 * Comparing it with the facts.
 */
check_ms: number, total_ms: number, 
/**
 * From its arrival at the engine to its first token, of the first attempt that wrote one; `None`
 * where nothing was generated.
 */
first_token_ms: number | null, prompt_tokens: number, 
/**
 * Of `prompt_tokens`, those whose computation was reused.
 */
cached_tokens: number, completion_tokens: number, 
/**
 * 1 where the first try was good.
 */
attempts: number, error: StageError | null, };

export type MonthFigure = { 
/**
 * The month's English name.
 */
month: string, kwh: number, };

export type UsageSummary = { home: string, 
/**
 * How many months the figures cover.
 */
months: number, annual_kwh: number, monthly_average_kwh: number, 
/**
 * The month's English name.
 */
peak_month: string, peak_kwh: number, low_month: string, low_kwh: number, 
/**
 * `highest in summer`, `even through the year` …: the phrase that the texts use.
 */
season: string, 
/**
 * `stable`, `rising by 12%`, `falling by 9%`: the second half-year against the first.
 */
trend: string, 
/**
 * kWh by month, oldest first.
 */
monthly: Array<MonthFigure>, };

export type Claim = { text: string, ok: boolean, 
/**
 * Where it stands in the text, in UTF-16 code units, as the window counts.
 */
start: number, end: number, 
/**
 * The fact it was found in: `Yearly cost: $1,304`.
 */
fact: string | null, };

export type SavingsBasis = "current_plan" | "median_plan";

export type RankedItem = { 
/**
 * From 1.
 */
rank: number, id: ItemId, name: string, supplier: string, area: string | null, annual_cost: Money, 
/**
 * Against `Recommendation::savings_basis`; negative where the plan costs more.
 */
savings: Money, 
/**
 * 0 to 1, higher is better.
 */
score: number, 
/**
 * Utility by criterion, 0 to 1, higher is better.
 */
criteria: { [key in string]: number }, term_months: number | null, exit_fee: Money | null, renewable_percent: number | null, flags: Array<PlanFlag>, 
/**
 * The narrative; empty where there is none.
 */
why: string, 
/**
 * Share of the model's claims that the facts have, before any repair; `None` without a narrative.
 */
grounded_share: number | null, 
/**
 * The claims of `why` as it is shown: all of them are `ok`.
 */
claims: Array<Claim>, };

export type FilteredOut = { reason: string, count: number, };

export type Flip = { criterion: string, 
/**
 * Shares of the sum of weights, 0 to 1.
 */
from_weight: number, to_weight: number, 
/**
 * Who would lead then.
 */
id: ItemId, name: string, 
/**
 * One sentence for the person.
 */
text: string, };

export type Ranking = { items: Array<RankedItem>, 
/**
 * How many plans were ranked.
 */
considered: number, filtered_out: Array<FilteredOut>, savings_basis: SavingsBasis, flip: Flip | null, 
/**
 * The share that each criterion has in the score; they add up to 1.
 */
weights: { [key in string]: number }, };

export type CacheTier = "answer";

export type CacheOutcome = { tier: CacheTier, hit: boolean, };

export type Recommendation = { run_id: RunId, pack: string, 
/**
 * The model's id in the catalogue of models; `none` for figures only.
 */
model: string, 
/**
 * `cpu`, `metal`, `cuda:0`.
 */
device: string, 
/**
 * RFC 3339.
 */
started_at: string, total_ms: number, cache: CacheOutcome, stages: Array<StageTiming>, errors: Array<StageError>, currency: string, usage: UsageSummary, 
/**
 * The usage summary in words.
 */
summary: string, summary_claims: Array<Claim>, 
/**
 * As `RankedItem::grounded_share`, of the summary.
 */
summary_grounded_share: number | null, items: Array<RankedItem>, 
/**
 * How many plans were ranked.
 */
considered: number, filtered_out: Array<FilteredOut>, savings_basis: SavingsBasis, flip: Flip | null, 
/**
 * The share that each criterion has in the score; they add up to 1.
 */
weights: { [key in string]: number }, };

export type RecommendEvent = { "kind": "started", run_id: RunId, } | { "kind": "figures", usage: UsageSummary, ranking: Ranking, } | { "kind": "summary_delta", text: string, } | { "kind": "summary_restarted", text: string, } | { "kind": "summary_done", text: string, claims: Array<Claim>, grounded_share: number, } | { "kind": "ranked", ranking: Ranking, } | { "kind": "narrative_delta", id: ItemId, text: string, } | { "kind": "narrative_restarted", id: ItemId, text: string, } | { "kind": "narrative_done", id: ItemId, text: string, claims: Array<Claim>, grounded_share: number, } | { "kind": "stage_done", stage: StageTiming, } | { "kind": "finished", recommendation: Recommendation, } | { "kind": "failed", error: StageError, } | { "kind": "stopped" };

export type PerformanceQuery = { 
/**
 * How far back from now.
 */
window_ms: number, pipeline: string | null, model: string | null, device: string | null, 
/**
 * Whose timeline to show; where nothing is said, that of the newest run that wasn't answered from a cache.
 */
run: RunId | null, };

export type FilterChoices = { pipelines: Array<string>, models: Array<string>, devices: Array<string>, };

export type LatencyPoint = { 
/**
 * The bucket's beginning.
 */
at_ms: number, n: number, min_ms: number, p50_ms: number, p95_ms: number, max_ms: number, };

export type StageSeries = { 
/**
 * Without its number: `narrative` stands for `narrative_2` too.
 */
stage: string, 
/**
 * Stages that failed or were stopped are among them.
 */
n: number, p50_ms: number, p90_ms: number, p95_ms: number, p99_ms: number, 
/**
 * Those that were stopped don't count.
 */
errors: number, 
/**
 * By time.
 */
points: Array<LatencyPoint>, };

export type SpeedPoint = { at_ms: number, n: number, first_token_p50_ms: number, decode_tokens_per_s: number, };

export type ModelSeries = { model: string, 
/**
 * Generations with a measured time to first token.
 */
n: number, first_token_p50_ms: number, first_token_p95_ms: number, 
/**
 * Tokens written over the time spent in decode; 0 where nothing was decoded.
 */
decode_tokens_per_s: number, 
/**
 * Prompt tokens that were really computed over the time spent in prefill; 0 where none was.
 */
prefill_tokens_per_s: number, prompt_tokens: number, 
/**
 * Of `prompt_tokens`, those whose computation was reused.
 */
cached_tokens: number, completion_tokens: number, 
/**
 * By time.
 */
points: Array<SpeedPoint>, };

export type CachePoint = { at_ms: number, hits: number, misses: number, evictions: number, };

export type CacheSeries = { tier: CacheTier, hits: number, misses: number, evictions: number, 
/**
 * By time.
 */
points: Array<CachePoint>, };

export type OutcomePoint = { at_ms: number, done: number, degraded: number, failed: number, stopped: number, 
/**
 * Stages that failed.
 */
stage_errors: number, 
/**
 * Stages that needed more than one attempt.
 */
fallbacks: number, };

export type RunSummary = { run_id: RunId, pipeline: string, model: string, device: string, started_at_ms: number, 
/**
 * So far, for one that is still running.
 */
total_ms: number, 
/**
 * `running`, `done`, `degraded`, `failed`, `stopped`.
 */
outcome: string, cache_hit: boolean, };

export type Gap = { start_ms: number, ms: number, };

export type Timeline = { run: RunSummary, 
/**
 * In the order in which they started. One that is still running has the time it took so far.
 */
stages: Array<StageTiming>, 
/**
 * The stretches in which no stage was under way: with the united stages they make up the run's total.
 */
gaps: Array<Gap>, };

export type AlertKind = { "kind": "threshold", p95_ms: number, limit_ms: number, } | { "kind": "regression", median_ms: number, baseline_median_ms: number, baseline_n: number, 
/**
 * The probability of ranks this high where nothing has changed.
 */
p_value: number, } | { "kind": "errors", share: number, limit: number, };

export type Alert = { kind: AlertKind, 
/**
 * A stage's pooled name, or `total` for whole runs.
 */
stage: string, model: string, 
/**
 * Samples of this hour, or of the window that the share is of.
 */
n: number, 
/**
 * What happened, with its figures.
 */
message: string, 
/**
 * What to do about it.
 */
advice: string, };

export type Performance = { since_ms: number, until_ms: number, 
/**
 * The width of one point of every series below; points without samples are left out.
 */
bucket_ms: number, runs: number, 
/**
 * By name.
 */
stages: Array<StageSeries>, 
/**
 * By name.
 */
models: Array<ModelSeries>, caches: Array<CacheSeries>, outcomes: Array<OutcomePoint>, 
/**
 * Newest first, at most 200; those that are still running come first.
 */
recent: Array<RunSummary>, timeline: Timeline | null, alerts: Array<Alert>, 
/**
 * What the filters can be set to in this window, whatever they are set to now.
 */
choices: FilterChoices, 
/**
 * How often the machine's clock was found set back in the window; the order of points is the clock's.
 */
clock_set_back: number, };

export type Share = { of: number, n: number, };

export type Measured = { 
/**
 * A model's id, or a file's path.
 */
model: string, engine: string, device: string, quantisation: string, 
/**
 * Milliseconds of whole recommendations, in the order in which they ran.
 */
run_ms: Array<number>, 
/**
 * Milliseconds to the first token of every generation in them.
 */
first_token_ms: Array<number>, 
/**
 * Tokens written over the time spent in decode.
 */
decode_tokens_per_s: number | null, 
/**
 * Tokens that were really computed for one recommendation, prompt and answer, on average.
 */
tokens_per_run: number, peak_memory_bytes: number | null, 
/**
 * The mean share of claims that were grounded before any repair.
 */
grounded_share: number | null, 
/**
 * Of the questions with a known answer.
 */
right: Share, 
/**
 * Of repeated answers: a whole document by the schema, and the same one again.
 */
consistent: Share, 
/**
 * Of the conversations whose last question needs what was said before.
 */
in_context: Share, 
/**
 * The stage and phase with most of the time.
 */
bottleneck: string, 
/**
 * Its share of all time.
 */
bottleneck_share: number, 
/**
 * What failed, each sentence once.
 */
errors: Array<string>, };

export type Weights = { speed: number, cost: number, quality: number, consistency: number, context: number, };

export type Scores = { 
/**
 * The best model's median recommendation over this one's.
 */
speed: number, 
/**
 * The fewest tokens computed for a recommendation over this one's.
 */
cost: number, 
/**
 * The mean of the share of questions answered right and of the share of grounded claims.
 */
quality: number, 
/**
 * The share of repeated answers that were whole and the same.
 */
consistency: number, 
/**
 * The share of conversations followed.
 */
context: number, };

export type Decided = { model: string, scores: Scores, 
/**
 * The weighted mean.
 */
total: number, 
/**
 * Quality over the baseline's, less one; `None` where the baseline has none.
 */
against_baseline: number | null, 
/**
 * The difference is above a tenth, either way.
 */
notable: boolean, };

export type Decision = { 
/**
 * The best total first.
 */
rows: Array<Decided>, baseline: string, 
/**
 * For the slot that is asked first: the best total.
 */
fast: string, 
/**
 * For the slot that mends what the first got wrong: the best quality.
 */
accurate: string, };

export type EngineState = { "kind": "idle" } | { "kind": "loading" } | { "kind": "ready" } | { "kind": "generating" } | { "kind": "stopping" } | { "kind": "failed", error: StageError, };

export type EngineStatus = { 
/**
 * The model's id in the catalogue of models.
 */
model: string, 
/**
 * `llamacpp`, `mistralrs`, `scripted`.
 */
engine: string, 
/**
 * `cpu`, `metal`, `cuda:0`.
 */
device: string, 
/**
 * How many it computes with; 0 until the worker says so.
 */
threads: number, state: EngineState, };

export type HomeView = { id: string, 
/**
 * The file it came from.
 */
source: string, usage: UsageSummary, };

export type ImportNote = { message: string, 
/**
 * Of how many rows it is true.
 */
count: number, 
/**
 * The first few lines of the file where it is.
 */
lines: Array<number>, };

export type ColumnRole = { role: string, column: string, };

export type CatalogView = { id: string, name: string, plans: number, 
/**
 * ISO 4217 code, as `Recommendation::currency`: a re-rank has figures without a recommendation.
 */
currency: string, 
/**
 * The values of the area column, where there is one.
 */
areas: Array<string>, 
/**
 * The header of the area column, for `Preferences::where`.
 */
area_column: string | null, recognised: Array<ColumnRole>, notes: Array<ImportNote>, };

export type UsageImport = { homes: Array<HomeView>, notes: Array<ImportNote>, };

export type CriterionView = { id: string, label: string, description: string, 
/**
 * The pack's weight, in any scale.
 */
weight: number, 
/**
 * The pack's weight when `Preferences::prefer_renewable` is on, where it differs.
 */
preferred_weight: number | null, };

export type PackView = { id: string, name: string, criteria: Array<CriterionView>, };

export type StartState = { version: string, pack: PackView, homes: Array<HomeView>, catalogs: Array<CatalogView>, 
/**
 * What the form starts with: the sample's home, list and preferences.
 */
home_id: string, catalog_id: string, request: RecommendRequest, engine: EngineStatus, 
/**
 * What the person should know from the start: a damaged database, a full disk.
 */
notices: Array<string>, };

export type ModelView = { id: string, name: string, note: string, licence: string, quantisation: string, context_tokens: number, memory_bytes: number, installed: boolean, };

export type ModelsView = { 
/**
 * Those that are installed come first.
 */
models: Array<ModelView>, 
/**
 * Which one is asked first: an id, or a file's path.
 */
fast: string, 
/**
 * Which one mends what the first didn't write well enough.
 */
accurate: string, 
/**
 * What a comparison weighs with until the person says otherwise.
 */
weights: Weights, };

export type CompareRequest = { 
/**
 * Ids of installed models; the first is the baseline.
 */
models: Array<string>, 
/**
 * How often each of the eight recommendations is repeated.
 */
iterations: number, weights: Weights, };

export type CompareEvent = { "kind": "progress", done: number, total: number, model: string, what: string, } | { "kind": "finished", measured: Array<Measured>, decision: Decision | null, } | { "kind": "failed", message: string, } | { "kind": "stopped" };

export type RunRequest = { 
/**
 * `CatalogView::id`.
 */
catalog_id: string, 
/**
 * `HomeView::id`.
 */
home_id: string, request: RecommendRequest, };

export type ErrorCode = "bad_input" | "not_found" | "nothing_left" | "failed";

export type CommandError = { code: ErrorCode, 
/**
 * What happened and what to do next.
 */
message: string, };

/** What each command takes, gives, and sends over its channel while it runs. */
export interface Commands {
  start: { args: Record<string, never>; result: StartState; events: never };
  watch_engine: { args: Record<string, never>; result: null; events: EngineStatus };
  /** The file's bytes are the body; its name is in the header `x-file-name`, percent-encoded. */
  import_usage: { args: Uint8Array; result: UsageImport; events: never };
  import_catalog: { args: Uint8Array; result: CatalogView; events: never };
  /** Events come in batches, one per frame at most. */
  recommend: { args: { run: RunRequest }; result: RunId; events: Array<RecommendEvent> };
  rerank: { args: { run: RunRequest }; result: Ranking; events: never };
  stop: { args: { runId: RunId }; result: null; events: never };
  /** A window of the run history; the figures of the panel and of its table. */
  performance: { args: { query: PerformanceQuery }; result: Performance; events: never };
  models: { args: Record<string, never>; result: ModelsView; events: never };
  /** Starts a comparison and returns at once; `stop` ends it. */
  compare_models: { args: { request: CompareRequest }; result: RunId; events: CompareEvent };
  /** The same measurements under other weights; `null` where no model has run. */
  decide_models: { args: { measured: Array<Measured>; weights: Weights }; result: Decision | null; events: never };
  /** Uses these models from now on, in this window and in every later one. */
  use_models: { args: { fast: string; accurate: string }; result: ModelsView; events: never };
  /** Tells that the history, or a run under way, has changed: 5 times a second at most, never without a change. */
  watch_performance: { args: Record<string, never>; result: null; events: number };
}
