// Engines in words, and the table of what was measured of them.
import type { EngineChoice, EngineSpeed, EngineSpeeds, EngineStatus } from "../../protocol";
import { counted, named, paced, timed, written, type Column } from "../../shared/columns";
import { bytes, deviceLabel, engineLabel, plural } from "../../shared/format";

/** What computes now, as one sentence. */
export function computesNow({ engine, device, threads, state }: EngineStatus): string {
  if (isScript(engine)) return "A script answers in a model's place.";
  const name = engineLabel(engine);
  if (state.kind === "failed") return `${name} failed: ${sentence(state.error.message)}`;
  // Before a worker has said so, nobody knows on what.
  if (threads === 0) return state.kind === "idle" ? `${name}, when the model is first asked.` : `${name} is loading the model.`;
  return device === "cpu" ? `${name} on the processor, ${plural(threads, "thread")}.` : `${name} on ${deviceLabel(device)}.`;
}

/** `llama.cpp`, or what a test has put in its place. */
export function ruler(ruled: string): string {
  return isScript(ruled) ? "a script" : engineLabel(ruled);
}

/** Messages come with and without their full stop. */
export function sentence(message: string): string {
  return `${message.replace(/\.$/, "")}.`;
}

/** Which one computes under this choice. */
export function inForce({ chosen, usual, ruled }: EngineChoice): string {
  return ruled ?? chosen ?? usual;
}

/** What is written where it would be 1.0 times as long. */
const HARDLY = 1.05;

/** Which engine is the faster, and by how much; `null` where none could be measured. */
export function verdict({ faster }: EngineSpeeds): string | null {
  if (faster === null) return null;
  const name = engineLabel(faster.engine);
  if (faster.slower === null || faster.times === null) return `${name} is the one that computes this model here.`;
  const slower = engineLabel(faster.slower);
  if (faster.times < HARDLY) return `${name} and ${slower} take about as long for an answer here.`;
  return `${name} is the faster here: ${slower} takes ${faster.times.toFixed(1)} times as long for an answer.`;
}

/** What to use instead of what is used: `null` where there is nothing to gain. */
export function proposed({ faster }: EngineSpeeds): string | null {
  return faster === null || (faster.times !== null && faster.times < HARDLY) ? null : faster.engine;
}

export const speedColumns: readonly Column<EngineSpeed>[] = [
  named("engine", "Engine", ({ engine }) => engineLabel(engine)),
  timed("first-text", "First words", ({ first_text_ms }) => first_text_ms),
  paced("read", "Reads tok/s", ({ read_tokens_per_s }) => read_tokens_per_s),
  paced("write", "Writes tok/s", ({ write_tokens_per_s }) => write_tokens_per_s),
  timed("load", "Loads in", ({ load_ms }) => load_ms),
  written("memory", "Memory", ({ memory_bytes }) => memory_bytes, bytes),
  counted("n", "n", ({ n }) => n),
];

function isScript(engine: string): boolean {
  return engine.startsWith("scripted");
}
