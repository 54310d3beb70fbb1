// The comparison's tables: scores that weigh, and the figures that they come from.
import type { Decided, Decision, Measured, ModelsView, Share } from "../../protocol";
import { counted, named, paced, timed, written, type Column } from "../../shared/columns";
import { bytes, count, difference, durationRange, humanise, percent, score, share } from "../../shared/format";
import { PART_LABELS, PART_NAMES, stageLabel } from "../../shared/stages";
import { modelName } from "./candidates";
import { WEIGHTS } from "./weights";

/** `null` without samples. */
export function median(samples: readonly number[]): number | null {
  const sorted = [...samples].sort((a, b) => a - b);
  // By nearest rank, as everywhere in the app.
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? null;
}

export function matrixColumns(view: ModelsView, decision: Decision): readonly Column<Decided>[] {
  return [
    named("model", "Model", ({ model }) => modelName(view, model)),
    ...WEIGHTS.map(({ name, label }): Column<Decided> => ({
      ...written<Decided>(name, label, ({ scores }) => scores[name], count),
      bar: ({ scores }) => scores[name] / 100,
    })),
    { ...written<Decided>("total", "Total", ({ total }) => total, score), bar: ({ total }) => total / 100 },
    {
      id: "against",
      label: "Quality against baseline",
      value: ({ against_baseline }) => against_baseline,
      text: (row) => againstText(row, decision.baseline),
      good: ({ notable, against_baseline }) => notable && (against_baseline ?? 0) > 0,
      bad: ({ notable, against_baseline }) => notable && (against_baseline ?? 0) < 0,
    },
    named("slot", "Proposed as", ({ model }) => slots(model, decision)),
  ];
}

export function figureColumns(view: ModelsView): readonly Column<Measured>[] {
  return [
    named("model", "Model", ({ model }) => modelName(view, model)),
    timed("run-p50", "Run p50", ({ run_ms }) => median(run_ms)),
    {
      id: "run-range",
      label: "Min–max",
      value: ({ run_ms }) => (run_ms.length === 0 ? null : Math.max(...run_ms)),
      text: ({ run_ms }) => (run_ms.length === 0 ? "–" : durationRange(Math.min(...run_ms), Math.max(...run_ms))),
    },
    timed("first-token", "First token", ({ first_token_ms }) => median(first_token_ms)),
    paced("decode", "Tok/s", ({ decode_tokens_per_s }) => decode_tokens_per_s),
    counted("tokens", "Tokens/run", ({ run_ms, tokens_per_run }) => (run_ms.length === 0 ? null : tokens_per_run)),
    written("memory", "Memory", ({ peak_memory_bytes }) => peak_memory_bytes, bytes),
    written("grounded", "Grounded", ({ grounded_share }) => grounded_share, (value) => percent(value * 100)),
    shared("right", "Right", ({ right }) => right),
    shared("consistent", "Same again", ({ consistent }) => consistent),
    shared("context", "In context", ({ in_context }) => in_context),
    named("bottleneck", "Bottleneck", bottleneck),
    { ...counted<Measured>("errors", "Errors", ({ errors }) => errors.length), bad: ({ errors }) => errors.length > 0 },
  ];
}

/** `Why, decode 64%`, from `narrative, decode`. */
function bottleneck({ run_ms, bottleneck: name, bottleneck_share }: Measured): string {
  if (run_ms.length === 0) return "–";
  const [stage = "", phase = ""] = name.split(", ");
  const part = PART_NAMES.find((known) => known === phase.replace("prompt_build", "prompt"));
  const words = part === undefined ? humanise(name) : `${stageLabel(stage)}, ${PART_LABELS[part].toLowerCase()}`;
  return `${words} ${share(bottleneck_share)}`;
}

/** The arrow says in a word's place that a difference is notable: colour alone would not. */
function againstText({ model, against_baseline, notable }: Decided, baseline: string): string {
  if (model === baseline) return "baseline";
  if (against_baseline === null) return "–";
  const arrow = !notable ? "" : against_baseline > 0 ? "↑ " : "↓ ";
  return arrow + difference(against_baseline);
}

function slots(model: string, { fast, accurate }: Decision): string {
  const found = [...(model === fast ? ["fast"] : []), ...(model === accurate ? ["accurate"] : [])];
  return found.length === 0 ? "–" : found.join(", ");
}

/** `18 of 20`; sorted by the share. */
function shared<Row>(id: string, label: string, of: (row: Row) => Share): Column<Row> {
  return {
    id,
    label,
    value: (row) => (of(row).n === 0 ? null : of(row).of / of(row).n),
    text: (row) => (of(row).n === 0 ? "–" : `${count(of(row).of)} of ${count(of(row).n)}`),
  };
}
