// Made-up models and what a comparison of them measured, for tests and for the preview. The decision here
// weighs as the app does, so that sliders move something; it is no reference for any arithmetic.
import type {
  CompareEvent,
  Decided,
  Decision,
  EngineSpeed,
  EngineSpeedEvent,
  EngineSpeeds,
  Measured,
  ModelsView,
  ModelView,
  Scores,
  Weights,
} from "../src/protocol";

export const usualWeights: Weights = { speed: 35, cost: 20, quality: 25, consistency: 15, context: 5 };

export const models: ModelsView = {
  models: [
    model("nano", "nano", "MIT OR Apache-2.0", "Q8_0", 1_024, 210_000_000, "Bundled: writes short texts from given facts, is no general assistant.", true),
    model("qwen3-0.6b", "Qwen3 0.6B", "Apache-2.0", "Q8_0", 32_768, 1_900_000_000, "Small and quick; follows simple instructions.", true),
    model("qwen3-4b", "Qwen3 4B", "Apache-2.0", "Q4_K", 32_768, 5_000_000_000, "Judges terms and wishes well; wants a fast processor or a GPU.", true),
    model("qwen3-1.7b", "Qwen3 1.7B", "Apache-2.0", "Q8_0", 32_768, 3_700_000_000, "A good first step up from nano on a laptop."),
    model("qwen3-8b", "Qwen3 8B", "Apache-2.0", "Q4_K", 32_768, 8_500_000_000, "The most accurate of the list; slow without a GPU."),
    model("llama-3.2-1b", "Llama 3.2 1B Instruct", "Llama 3.2 Community License", "Q4_K", 131_072, 2_400_000_000, "Quick, fluent English; read its licence before commercial use."),
    model("llama-3.2-3b", "Llama 3.2 3B Instruct", "Llama 3.2 Community License", "Q4_K", 131_072, 4_200_000_000, "Fluent English; read its licence before commercial use."),
    model("smollm2-1.7b", "SmolLM2 1.7B Instruct", "Apache-2.0", "Q4_K", 8_192, 2_200_000_000, "An open model with open training data; English only."),
    model("mistral-7b", "Mistral 7B Instruct v0.3", "Apache-2.0", "Q4_K", 32_768, 6_500_000_000, "Well-tried and fluent; slow without a GPU."),
  ],
  fast: "nano",
  accurate: "nano",
  weights: usualWeights,
  engine: { engines: ["llamacpp", "mistralrs"], chosen: null, usual: "llamacpp", ruled: null },
};

/** As it is on a fresh machine. */
export const onlyNano: ModelsView = { ...models, models: models.models.map((each) => ({ ...each, installed: each.id === "nano" })) };

export const measured: Measured[] = [
  {
    ...figures("nano", "Q8_0", 486, 24),
    first_token_ms: [44, 61, 58, 63, 60, 71],
    decode_tokens_per_s: 412.3,
    tokens_per_run: 611.4,
    peak_memory_bytes: 208_400_000,
    grounded_share: 0.982,
    right: { of: 9, n: 20 },
    consistent: { of: 60, n: 60 },
    in_context: { of: 0, n: 5 },
    bottleneck: "narrative, prefill",
    bottleneck_share: 0.412,
  },
  {
    ...figures("qwen3-0.6b", "Q8_0", 3_820, 24),
    first_token_ms: [402, 498, 455, 512],
    decode_tokens_per_s: 38.4,
    tokens_per_run: 1_204.8,
    peak_memory_bytes: 1_710_000_000,
    grounded_share: 0.871,
    right: { of: 11, n: 20 },
    consistent: { of: 58, n: 60 },
    in_context: { of: 3, n: 5 },
    bottleneck: "narrative_2, decode",
    bottleneck_share: 0.638,
  },
  {
    ...figures("qwen3-4b", "Q4_K", 14_210, 24),
    first_token_ms: [1_890, 2_104, 1_977],
    decode_tokens_per_s: 9.4,
    tokens_per_run: 1_187.2,
    peak_memory_bytes: 4_380_000_000,
    grounded_share: 0.954,
    right: { of: 18, n: 20 },
    consistent: { of: 54, n: 60 },
    in_context: { of: 5, n: 5 },
    bottleneck: "plan_scoring, decode",
    bottleneck_share: 0.571,
  },
];

const llama: EngineSpeed = {
  engine: "llamacpp",
  device: "cpu",
  n: 3,
  load_ms: 92.4,
  first_text_ms: 61.7,
  read_tokens_per_s: 4_310.5,
  write_tokens_per_s: 402.8,
  memory_bytes: 148_200_000,
  error: null,
};

export const speeds: EngineSpeeds = {
  model: "nano",
  speeds: [
    llama,
    { ...llama, engine: "mistralrs", load_ms: 310.2, first_text_ms: 402.1, read_tokens_per_s: 655.3, write_tokens_per_s: 118.9, memory_bytes: 231_900_000 },
  ],
  faster: { engine: "llamacpp", slower: "mistralrs", times: 4.27 },
  prompt_tokens: 258,
  answer_tokens: 64,
};

/** What it is where mistral.rs can't load the file. */
export const speedsOfOne: EngineSpeeds = {
  ...speeds,
  speeds: [
    llama,
    {
      engine: "mistralrs",
      device: "",
      n: 0,
      load_ms: null,
      first_text_ms: null,
      read_tokens_per_s: null,
      write_tokens_per_s: null,
      memory_bytes: null,
      error: "the model file /home/me/models/tokenizer.json is missing; choose another model or install it again",
    },
  ],
  faster: { engine: "llamacpp", slower: null, times: null },
};

/** What a measurement of the engines tells, as long as it isn't over. */
export function turnEvents(rounds = 3): EngineSpeedEvent[] {
  const turns = Array.from({ length: rounds }, (_, index) => models.engine.engines.map((engine) => ({ engine, round: index + 1 }))).flat();
  return turns.map((turn, done) => ({ kind: "progress", done, total: turns.length, rounds, ...turn }));
}

const ERROR = "The model wrote nothing within 40 s; the template's text stands in.";

/** One that had errors, and one that never ran. */
export const measuredWithErrors: Measured[] = measured.map((each, index) => {
  if (index === 0) return each;
  if (index === 1) return { ...each, errors: [ERROR] };
  return { ...figures(each.model, each.quantisation, 0, 0), bottleneck: "nothing ran", errors: ["The model needs 5.0 GB and 2.1 GB are free; close other programs."] };
});

const SCORES: Record<string, Scores> = {
  nano: { speed: 100, cost: 100, quality: 71.6, consistency: 100, context: 0 },
  "qwen3-0.6b": { speed: 12.7, cost: 50.7, quality: 71.1, consistency: 96.7, context: 60 },
  "qwen3-4b": { speed: 3.4, cost: 51.5, quality: 92.7, consistency: 90, context: 100 },
};

export function decision(of: readonly Measured[], weights: Weights): Decision | null {
  const ran = of.filter(({ run_ms }) => run_ms.length > 0);
  const [first] = ran;
  if (first === undefined) return null;
  const base = scoresOf(first.model).quality;
  const rows = ran
    .map(({ model }): Decided => {
      const scores = scoresOf(model);
      const against_baseline = scores.quality / base - 1;
      return { model, scores, total: weighed(scores, weights), against_baseline, notable: Math.abs(against_baseline) > 0.1 };
    })
    .sort((a, b) => b.total - a.total);
  const accurate = [...rows].sort((a, b) => b.scores.quality - a.scores.quality)[0] ?? rows[0];
  return { rows, baseline: first.model, fast: rows[0]?.model ?? first.model, accurate: accurate?.model ?? first.model };
}

/** What a comparison tells, as long as it isn't over. */
export function progressEvents(ids: readonly string[], rounds: number): CompareEvent[] {
  const scenarios = ["high usage", "low usage", "variable usage", "seasonal usage", "budget-bound", "renewable-first", "short contract", "own words"];
  const work = ["warm-up", ...Array.from({ length: rounds }, () => scenarios).flat(), "questions"].flatMap((what) => ids.map((model) => ({ model, what })));
  return work.map(({ model, what }, done) => ({ kind: "progress", done, total: work.length, model, what }));
}

function weighed(scores: Scores, weights: Weights): number {
  const names = Object.keys(usualWeights) as (keyof Weights)[];
  const sum = names.reduce((total, name) => total + weights[name], 0);
  return sum === 0 ? 0 : names.reduce((total, name) => total + scores[name] * weights[name], 0) / sum;
}

function scoresOf(id: string): Scores {
  return SCORES[id] ?? { speed: 0, cost: 0, quality: 0, consistency: 0, context: 0 };
}

function figures(id: string, quantisation: string, medianMs: number, runs: number): Measured {
  return {
    model: id,
    engine: "llamacpp",
    device: "cpu",
    quantisation,
    run_ms: Array.from({ length: runs }, (_, index) => medianMs * (1 + 0.12 * Math.sin(index * 1.7))),
    first_token_ms: [],
    decode_tokens_per_s: null,
    tokens_per_run: 0,
    peak_memory_bytes: null,
    grounded_share: null,
    right: { of: 0, n: 0 },
    consistent: { of: 0, n: 0 },
    in_context: { of: 0, n: 0 },
    bottleneck: "",
    bottleneck_share: 0,
    errors: [],
  };
}

function model(
  id: string,
  name: string,
  licence: string,
  quantisation: string,
  context_tokens: number,
  memory_bytes: number,
  note: string,
  installed = false,
): ModelView {
  return { id, name, note, licence, quantisation, context_tokens, memory_bytes, installed };
}
