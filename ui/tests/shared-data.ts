// The real data beside the repository, which is too large to be in it. Where it is absent, a test says so and
// is skipped, because a clone alone can't have it; under CI its absence is an error, or nobody would notice
// that these tests never run.
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";

const REPOSITORY = resolve(import.meta.dirname, "../..");

/** `shared/data/<name>` in the nearest folder above the repository that has it, or null after saying what is missing. */
export function sharedData(name: string): string | null {
  for (let folder = dirname(REPOSITORY); ; folder = dirname(folder)) {
    const path = join(folder, "shared/data", name);
    if (existsSync(path)) return path;
    if (folder === dirname(folder)) break;
  }
  return missing(`the shared data ${name} is not at ${join(REPOSITORY, "../shared/data", name)}`);
}

/** Says what a test lacks; under CI that is an error. */
export function missing(what: string): null {
  if (process.env["CI"] !== undefined) throw new Error(`${what}, and CI needs it`);
  console.warn(`skipped: ${what}`);
  return null;
}
