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

export type CacheTier = "answer" | "lookup" | "evidence" | "embedding";

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

export type ConversationId = string;

export type MessageId = string;

export type Attribute = { 
/**
 * The column's header, or the pack's word for it.
 */
name: string, 
/**
 * As the list has it; never empty.
 */
value: string, 
/**
 * The value where it is a number, so that it can be compared.
 */
number: number | null, 
/**
 * What the number counts: `%`, `cm`, `months`; empty where nothing says.
 */
unit: string, };

export type Field = { "kind": "name" } | { "kind": "brand" } | { "kind": "category" } | { "kind": "price" } | { "kind": "rating" } | { "kind": "attribute", "name": string } | { "kind": "any_text" } | { "kind": "any_of", "name": Array<Field> };

export type Test = { "kind": "at_most", "value": number } | { "kind": "below", "value": number } | { "kind": "at_least", "value": number } | { "kind": "above", "value": number } | { "kind": "is", "value": number } | { "kind": "one_of", "value": Array<string> } | { "kind": "mentions", "value": Array<string> };

export type Condition = { field: Field, test: Test, 
/**
 * The opposite: `not from Ethiopia`. A value that isn't stated meets it only for text
 * (`no fruit notes`): who doesn't say that a coffee is fruity may be shown.
 */
negated: boolean, 
/**
 * As the person sees it: `under $20`, `not Ethiopia`.
 */
label: string, };

export type Sort = { "kind": "relevance" } | { "kind": "by", field: Field, descending: boolean, };

export type Intent = "search" | "compare" | "details" | "count" | "passage" | "greeting" | "thanks" | "goodbye" | "assistant" | "vague" | "out_of_scope";

export type Reading = { intent: Intent, conditions: Array<Condition>, sort: Sort, 
/**
 * The words left to search by.
 */
words: string, 
/**
 * Records that the question names, or that `it` and `the first one` stand for.
 */
named: Array<ItemId>, 
/**
 * What of them is asked for, where the question says: `price`, `origin_1`.
 */
asked: Array<string>, };

export type ItemCard = { id: ItemId, name: string, brand: string, category: string, price: Money | null, currency: string, 
/**
 * `per 100 g`; empty where the price is for the item.
 */
price_unit: string, rating: number | null, attributes: Array<Attribute>, 
/**
 * The beginning of its text, at most 240 characters.
 */
description: string, 
/**
 * Labels of the conditions that it doesn't meet: not empty only for a nearest miss.
 */
misses: Array<string>, };

export type Citation = { 
/**
 * The number in the answer: `[1]`.
 */
marker: number, 
/**
 * The document's id, to open it by.
 */
document: string, 
/**
 * The document's name.
 */
source: string, 
/**
 * In characters (Unicode scalar values) of the document's text.
 */
start: number, end: number, text: string, };

export type ContextUse = { 
/**
 * 512 for a quick question, 1,024 for a complex one.
 */
budget_tokens: number, 
/**
 * What the prompt took; 0 where no model was asked.
 */
used_tokens: number, 
/**
 * Earlier turns that were shown, and that found no room.
 */
turns_shown: number, turns_dropped: number, };

export type ChatAnswer = { run_id: RunId, pack: string, 
/**
 * The model's id in the catalogue of models; `none` where no model was asked.
 */
model: string, 
/**
 * `cpu`, `metal`, `cuda:0`.
 */
device: string, 
/**
 * RFC 3339.
 */
started_at: string, total_ms: number, 
/**
 * From the request's arrival to the first word's departure; `None` where it failed before.
 */
first_token_ms: number | null, cache: CacheOutcome, 
/**
 * The question that a kept answer was given to, where this one is the same in other words.
 */
kept_for: string | null, stages: Array<StageTiming>, errors: Array<StageError>, question: string, 
/**
 * Markdown.
 */
answer: string, 
/**
 * The claims of `answer`. A claim that isn't `ok` stands in a sentence that the window marks.
 */
claims: Array<Claim>, 
/**
 * Share of the model's claims that the facts have, before any repair; `None` where no model wrote.
 */
grounded_share: number | null, 
/**
 * What the catalogue has for it, the best first.
 */
items: Array<ItemCard>, 
/**
 * How many records meet the demands.
 */
matching: number, 
/**
 * Where nothing meets them: the record that comes nearest.
 */
nearest: ItemCard | null, citations: Array<Citation>, quick_replies: Array<string>, 
/**
 * The pack that answered.
 */
domain: string, reading: Reading, context: ContextUse, 
/**
 * What the person should know: search by words only, a cache that stood in.
 */
notes: Array<string>, };

export type ChatEvent = { "kind": "started", run_id: RunId, } | { "kind": "read", reading: Reading, } | { "kind": "found", items: Array<ItemCard>, matching: number, nearest: ItemCard | null, citations: Array<Citation>, } | { "kind": "delta", text: string, } | { "kind": "restarted", text: string, } | { "kind": "quick_replies", quick_replies: Array<string>, } | { "kind": "stage_done", stage: StageTiming, } | { "kind": "finished", answer: ChatAnswer, } | { "kind": "failed", error: StageError, } | { "kind": "stopped" };

export type Author = "person" | "assistant";

export type MessageState = "writing" | "done" | "stopped" | "failed" | "interrupted";

export type ChatMessage = { id: MessageId, 
/**
 * What it answers or follows; `None` for the first one.
 */
parent: MessageId | null, author: Author, 
/**
 * Markdown from the assistant; plain text from the person.
 */
text: string, state: MessageState, 
/**
 * RFC 3339.
 */
at: string, 
/**
 * With an answer that has ended.
 */
answer: ChatAnswer | null, };

export type ConversationRow = { id: ConversationId, title: string, 
/**
 * RFC 3339, of the last message.
 */
updated_at: string, messages: number, 
/**
 * Where a search found something: the words around it, the found ones between `[` and `]`.
 */
snippet: string | null, };

export type Conversation = { id: ConversationId, title: string, pack: string, 
/**
 * The list that it is about, by id; `None` where it is only about documents.
 */
catalog: string | null, 
/**
 * RFC 3339.
 */
created_at: string, 
/**
 * In the order in which they were written.
 */
messages: Array<ChatMessage>, };

export type DocumentRow = { id: string, name: string, format: string, passages: number, characters: number, 
/**
 * RFC 3339.
 */
imported_at: string, };

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

export type EngineChoice = { 
/**
 * Those that there are to choose from.
 */
engines: Array<string>, 
/**
 * What the person chose; missing where it is left to the app.
 */
chosen: string | null, 
/**
 * What the app takes on this machine where nobody has chosen.
 */
usual: string, 
/**
 * What the environment says, which goes before all: an engine, or `scripted:FILE`.
 */
ruled: string | null, };

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
weights: Weights, engine: EngineChoice, };

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

export type EngineSpeed = { engine: string, 
/**
 * As in `EngineStatus`; empty without turns.
 */
device: string, 
/**
 * How many turns it has had.
 */
n: number, load_ms: number | null, 
/**
 * From asking to the answer's first text.
 */
first_text_ms: number | null, read_tokens_per_s: number | null, write_tokens_per_s: number | null, 
/**
 * What its process keeps in memory after an answer; missing where the system doesn't tell, too.
 */
memory_bytes: number | null, 
/**
 * Why it has no turns, or no more.
 */
error: string | null, };

export type FasterEngine = { engine: string, 
/**
 * The other one, where it has been measured.
 */
slower: string | null, 
/**
 * How many times as long the other one takes for an answer.
 */
times: number | null, };

export type EngineSpeeds = { model: string, speeds: Array<EngineSpeed>, 
/**
 * Missing where none could be measured.
 */
faster: FasterEngine | null, 
/**
 * How long the prompt and its answer were.
 */
prompt_tokens: number, answer_tokens: number, };

export type EngineSpeedEvent = { "kind": "progress", done: number, total: number, engine: string, round: number, rounds: number, } | { "kind": "finished", speeds: EngineSpeeds, } | { "kind": "failed", message: string, } | { "kind": "stopped" };

export type ItemCatalogView = { id: string, 
/**
 * `energy` or `retail`: which pack reads questions about it.
 */
pack: string, name: string, items: number, 
/**
 * Questions that this list can answer, for an empty conversation.
 */
suggestions: Array<string>, 
/**
 * Only right after an import.
 */
recognised: Array<ColumnRole>, notes: Array<ImportNote>, };

export type ChatStart = { catalogs: Array<ItemCatalogView>, documents: Array<DocumentRow>, 
/**
 * Why search is by words only; `None` where it is by meaning too.
 */
words_only: string | null, };

export type SendMessage = { 
/**
 * `None` begins a conversation.
 */
conversation: ConversationId | null, 
/**
 * The message that it follows; `None` for the first one. Another child of the same parent is a branch.
 */
parent: MessageId | null, text: string, 
/**
 * `ItemCatalogView::id`; `None` asks the documents only.
 */
catalog: string | null, 
/**
 * Without it a kept answer is neither read nor trusted.
 */
use_cache: boolean, };

export type SentMessage = { run_id: RunId, conversation: ConversationId, title: string, question: ChatMessage, 
/**
 * Still without a word.
 */
answer: ChatMessage, };

export type AnswerAgain = { conversation: ConversationId, 
/**
 * The person's message.
 */
question: MessageId, catalog: string | null, };

export type ConversationFormat = "markdown" | "json";

export type ConversationFile = { file_name: string, text: string, };

export type DocumentEvent = { "kind": "progress", id: RunId, name: string, done: number, total: number, } | { "kind": "imported", id: RunId, document: DocumentRow, replaced: boolean, } | { "kind": "failed", id: RunId, name: string, message: string, } | { "kind": "stopped", id: RunId, name: string, };

export type DocumentText = { document: DocumentRow, text: string, };

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
  /** Computes with this engine from now on, in this window and in every later one; `null` leaves it to the app. */
  use_engine: { args: { engine: string | null }; result: ModelsView; events: never };
  /** Starts measuring every engine with the model that is asked first, and returns at once; `stop` ends it. */
  measure_engines: { args: Record<string, never>; result: RunId; events: EngineSpeedEvent };
  chat_start: { args: Record<string, never>; result: ChatStart; events: never };
  /** Newest first; with `search`, those whose messages or title have all of its words. */
  conversations: { args: { search: string }; result: Array<ConversationRow>; events: never };
  conversation: { args: { id: ConversationId }; result: Conversation; events: never };
  /** Both messages are stored before it returns. Events come in batches, one per frame at most; `stop` ends the turn. */
  send_message: { args: { message: SendMessage }; result: SentMessage; events: Array<ChatEvent> };
  /** `SentMessage.question` is the message that there was. */
  answer_again: { args: { again: AnswerAgain }; result: SentMessage; events: Array<ChatEvent> };
  rename_conversation: { args: { id: ConversationId; title: string }; result: null; events: never };
  /** It can be restored until the app is closed. */
  delete_conversation: { args: { id: ConversationId }; result: null; events: never };
  restore_conversation: { args: { id: ConversationId }; result: null; events: never };
  /** `leaf` is the last message of the branch that is shown. */
  export_conversation: { args: { id: ConversationId; leaf: MessageId | null; format: ConversationFormat }; result: ConversationFile; events: never };
  /** A file of `export_conversation`, in either format. */
  import_conversation: { args: Uint8Array; result: ConversationRow; events: never };
  import_items: { args: Uint8Array; result: ItemCatalogView; events: never };
  delete_items: { args: { id: string }; result: null; events: never };
  /** Begins the import and returns at once; `watch_documents` tells how it goes, `stop` ends it. */
  import_document: { args: Uint8Array; result: RunId; events: never };
  watch_documents: { args: Record<string, never>; result: null; events: DocumentEvent };
  delete_document: { args: { id: string }; result: null; events: never };
  document: { args: { id: string }; result: DocumentText; events: never };
  /** In the system's browser; `http`, `https` and `mailto` only. */
  open_link: { args: { url: string }; result: null; events: never };
  /** Tells that the history, or a run under way, has changed: 5 times a second at most, never without a change. */
  watch_performance: { args: Record<string, never>; result: null; events: number };
}
