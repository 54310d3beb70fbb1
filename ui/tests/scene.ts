// A small world for tests and for the preview: two homes, one plan list, and the events of one run.
// The figures are made up but agree with each other; nothing here is a reference for any arithmetic.
import type {
  CatalogView,
  Claim,
  HomeView,
  RankedItem,
  Ranking,
  Recommendation,
  RecommendEvent,
  RunRequest,
  StageTiming,
  StartState,
  UsageSummary,
} from "../src/protocol";

const MONTHS = ["August", "September", "October", "November", "December", "January", "February", "March", "April", "May", "June", "July"];

export const usage = usageOf("Building 1, Austin", [1206, 1024, 857, 702, 741, 803, 688, 640, 655, 790, 1010, 1181]);

export const homes: HomeView[] = [
  { id: "home-1", source: "citylearn_monthly.csv", usage },
  { id: "home-2", source: "citylearn_monthly.csv", usage: usageOf("Building 2, Austin", [640, 610, 540, 480, 520, 560, 470, 430, 410, 450, 590, 655]) },
];

export const catalog: CatalogView = {
  id: "plans",
  name: "plans.csv",
  plans: 676,
  currency: "USD",
  areas: ["AEP_CENTRAL", "CENTERPOINT", "ONCOR", "TNMP"],
  area_column: "tdu_area",
  recognised: [
    { role: "id", column: "plan_id" },
    { role: "name", column: "plan_name" },
    { role: "supplier", column: "rep_name" },
    { role: "price_1000", column: "price_kwh_1000" },
  ],
  notes: [
    { message: "The price depends on the hour; averages can't show it.", count: 23, lines: [41, 57, 90] },
    { message: "The same plan as an earlier row; kept out of the ranking.", count: 4, lines: [112, 113, 240, 301] },
  ],
};

export const start: StartState = {
  version: "0.1.0",
  pack: {
    id: "energy",
    name: "Energy",
    criteria: [
      { id: "cost", label: "Yearly cost", description: "The exact bill for this home's twelve months.", weight: 0.5, preferred_weight: null },
      { id: "renewable", label: "Renewable", description: "The share of renewable power.", weight: 0.15, preferred_weight: 0.35 },
      { id: "flexibility", label: "Flexibility", description: "A short contract and a low exit fee.", weight: 0.2, preferred_weight: null },
      { id: "fit", label: "Terms and wish", description: "How well the model finds that the special terms and your wish go together.", weight: 0.15, preferred_weight: null },
    ],
  },
  homes,
  catalogs: [catalog],
  home_id: "home-1",
  catalog_id: "plans",
  request: {
    preferences: {
      budget_per_month: null,
      prefer_renewable: false,
      max_term_months: null,
      wish: "",
      weights: {},
      where: { tdu_area: ["ONCOR"] },
      current_plan: null,
      current_exit_fee: null,
    },
    top: 3,
    figures_only: false,
    seed: 0,
    use_cache: true,
  },
  engine: { model: "nano", engine: "llamacpp", device: "cpu", threads: 1, state: { kind: "ready" } },
  notices: [],
};

const PLANS: RankedItem[] = [
  plan("11902", "Clean Saver 12", "Green Mountain Energy", 1304.2, 212.35, 0.874, 12, 150, 100),
  plan("20117", "Simple Rate 24", "Gexa Energy", 1287.64, 228.91, 0.861, 24, 240, 17),
  plan("11682", "Smart Simple 12", "Cirro Energy", 1318.4, 198.15, 0.842, 12, 150, 24),
  plan("30551", "Flex Month", "Payless Power", 1402.77, 113.78, 0.79, 1, 0, 12, ["prepaid"]),
  plan("28810", "Free Nights 18", "TXU Energy", 1377.1, 139.45, 0.771, 18, null, 30, ["time_of_use", "exit_fee_undisclosed"]),
  plan("19204", "Secure Advantage 36", "Reliant", 1360.05, 156.5, 0.752, 36, 395, 20),
  plan("17733", "Truly Green 6", "Chariot Energy", 1461.9, 54.65, 0.741, 6, 75, 100),
  plan("15620", "Value Plus 12", "4Change Energy", 1440.33, 76.22, 0.718, 12, 20, 6, ["exit_fee_per_month"]),
  plan("21099", "Lone Star 24", "Just Energy", 1498.02, 18.53, 0.69, 24, 175, 22),
  plan("24410", "Peace of Mind 12", "Direct Energy", 1530.41, -13.86, 0.655, 12, 135, 25),
];

export const SUMMARY = "This home used 10,297 kWh over 12 months, highest in summer: August took 1,206 kWh, March only 640 kWh. The second half-year was steady.";

const WHY: Record<string, string> = {
  "11902": "Clean Saver 12 from Green Mountain Energy costs $1,304 a year, $212 less than the median plan, and all of its power is 100% renewable. Its contract runs 12 months.",
  "20117": "Simple Rate 24 is the cheapest here at $1,288 a year, but it binds you for 24 months and leaving early costs $240.",
  "11682": "Smart Simple 12 costs $1,318 a year with a 12-month contract; 24% of its power is renewable.",
};

export function ranking(order: readonly string[] = PLANS.map(({ id }) => id)): Ranking {
  const items = order.flatMap((id) => PLANS.filter((item) => item.id === id));
  return {
    items: items.map((item, index) => ({ ...item, rank: index + 1 })),
    considered: 158,
    filtered_out: [
      { reason: "area is not ONCOR", count: 491 },
      { reason: "contract longer than 24 months", count: 23 },
      { reason: "the same plan as an earlier row", count: 4 },
    ],
    savings_basis: "median_plan",
    flip: {
      criterion: "renewable",
      from_weight: 0.15,
      to_weight: 0.09,
      id: "20117",
      name: "Simple Rate 24",
      text: "If Renewable counted 9% instead of 15%, Simple Rate 24 would lead.",
    },
    weights: { cost: 0.5, renewable: 0.15, flexibility: 0.2, fit: 0.15 },
  };
}

export const stages: StageTiming[] = [
  stage("usage_summary", 2.1, { queue_ms: 0.4, prompt_build_ms: 0.3, prefill_ms: 61, decode_ms: 88, parse_ms: 1.1, completion_tokens: 37 }),
  stage("plan_scoring", 2.3, { queue_ms: 150, prompt_build_ms: 0.9, prefill_ms: 142, decode_ms: 96, parse_ms: 0.6, completion_tokens: 41 }),
  stage("narrative", 391, { queue_ms: 0.5, prompt_build_ms: 0.3, prefill_ms: 48, decode_ms: 121, parse_ms: 1.9, completion_tokens: 52 }),
  stage("narrative_2", 391, { queue_ms: 171, prompt_build_ms: 0.3, prefill_ms: 50, decode_ms: 92, parse_ms: 1.4, completion_tokens: 39 }),
  stage("narrative_3", 391, { queue_ms: 313, prompt_build_ms: 0.2, prefill_ms: 47, decode_ms: 70, parse_ms: 1.2, completion_tokens: 31 }),
];

export function recommendation(run: RunRequest, hit = false): Recommendation {
  const ranked = ranking();
  return {
    run_id: "run-1",
    pack: "energy",
    model: "nano",
    device: "cpu",
    started_at: "2026-01-05T09:00:00Z",
    total_ms: hit ? 0.6 : 842,
    cache: { tier: "answer", hit },
    stages,
    errors: [],
    currency: "USD",
    usage: homes.find(({ id }) => id === run.home_id)?.usage ?? usage,
    summary: SUMMARY,
    summary_claims: claimsOf(SUMMARY),
    summary_grounded_share: 1,
    ...ranked,
    items: ranked.items.map((item) => {
      const why = WHY[item.id] ?? "";
      return { ...item, why, claims: claimsOf(why), grounded_share: why === "" ? null : item.rank === 2 ? 0.75 : 1 };
    }),
  };
}

/** A whole run, one event at a time. */
export function runEvents(run: RunRequest): RecommendEvent[] {
  const done = recommendation(run);
  const [summaryStage, scoringStage, ...whyStages] = stages;
  const events: RecommendEvent[] = [
    { kind: "started", run_id: done.run_id },
    { kind: "figures", usage: done.usage, ranking: ranking() },
    ...words(SUMMARY).map((text): RecommendEvent => ({ kind: "summary_delta", text })),
    { kind: "summary_done", text: SUMMARY, claims: done.summary_claims, grounded_share: 1 },
  ];
  if (summaryStage !== undefined) events.push({ kind: "stage_done", stage: summaryStage });
  events.push({ kind: "ranked", ranking: ranking() });
  if (scoringStage !== undefined) events.push({ kind: "stage_done", stage: scoringStage });
  done.items.slice(0, 3).forEach((item, index) => {
    events.push(...words(item.why).map((text): RecommendEvent => ({ kind: "narrative_delta", id: item.id, text })));
    events.push({ kind: "narrative_done", id: item.id, text: item.why, claims: item.claims, grounded_share: item.grounded_share ?? 1 });
    const timing = whyStages[index];
    if (timing !== undefined) events.push({ kind: "stage_done", stage: timing });
  });
  events.push({ kind: "finished", recommendation: done });
  return events;
}

/** Every figure and the few names that the texts of this scene hold. */
export function claimsOf(text: string): Claim[] {
  const found = text.matchAll(/\$[\d,]+|\d[\d,]*(?: kWh|%|[ -]months?)|August|March|Clean Saver 12|Simple Rate 24|Smart Simple 12|Green Mountain Energy/g);
  return [...found].map((match) => ({
    text: match[0],
    ok: true,
    start: match.index,
    end: match.index + match[0].length,
    fact: factOf(match[0]),
  }));
}

function factOf(text: string): string {
  if (text.startsWith("$1,")) return `Yearly cost: ${text}`;
  if (text.startsWith("$")) return `Saving or exit fee: ${text}`;
  if (text.endsWith("kWh")) return `Use: ${text}`;
  if (text.endsWith("%")) return `Renewable: ${text}`;
  if (/month/.test(text)) return `Contract: ${text}`;
  return `Name: ${text}`;
}

function words(text: string): string[] {
  return text.match(/\S+\s*/g) ?? [];
}

function usageOf(home: string, monthly: number[]): UsageSummary {
  const figures = monthly.map((kwh, index) => ({ month: MONTHS[index] ?? "", kwh }));
  const sorted = [...figures].sort((a, b) => a.kwh - b.kwh);
  const low = sorted[0] ?? { month: "", kwh: 0 };
  const peak = sorted.at(-1) ?? low;
  const annual = monthly.reduce((sum, kwh) => sum + kwh, 0);
  return {
    home,
    months: monthly.length,
    annual_kwh: annual,
    monthly_average_kwh: annual / monthly.length,
    peak_month: peak.month,
    peak_kwh: peak.kwh,
    low_month: low.month,
    low_kwh: low.kwh,
    season: "highest in summer",
    trend: "steady",
    monthly: figures,
  };
}

function plan(
  id: string,
  name: string,
  supplier: string,
  annual_cost: number,
  savings: number,
  score: number,
  term_months: number,
  exit_fee: number | null,
  renewable_percent: number,
  flags: RankedItem["flags"] = [],
): RankedItem {
  return {
    rank: 0,
    id,
    name,
    supplier,
    area: "ONCOR",
    annual_cost,
    savings,
    score,
    criteria: { cost: 1 - (annual_cost - 1287) / 600, renewable: renewable_percent / 100, flexibility: 1 - term_months / 48, fit: 0.6 },
    term_months,
    exit_fee,
    renewable_percent,
    flags,
    why: "",
    grounded_share: null,
    claims: [],
  };
}

/** Phases that aren't stated took no time; the total is their sum. */
export function stage(name: string, start_ms: number, figures: Partial<StageTiming>): StageTiming {
  const phases = { load_ms: 0, queue_ms: 0, prompt_build_ms: 0, retrieval_ms: 0, prefill_ms: 0, decode_ms: 0, parse_ms: 0, check_ms: 0 };
  const whole = { ...phases, ...figures };
  return {
    name,
    start_ms,
    first_token_ms: null,
    prompt_tokens: 214,
    cached_tokens: 0,
    completion_tokens: 0,
    attempts: 1,
    error: null,
    ...whole,
    total_ms: (Object.keys(phases) as (keyof typeof phases)[]).reduce((sum, phase) => sum + whole[phase], 0),
  };
}
