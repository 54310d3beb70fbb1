// Which models can be compared, in which order, and what they are called.
import type { ModelsView, ModelView } from "../../protocol";

/** The installed ones. The one that is asked first comes first: it is what the others are held against. */
export function candidates({ models, fast }: ModelsView): readonly ModelView[] {
  const installed = models.filter((model) => model.installed);
  return [...installed.filter(({ id }) => id === fast), ...installed.filter(({ id }) => id !== fast)];
}

/** A model's name; of a file that isn't in the catalogue, the file's. */
export function modelName({ models }: ModelsView, id: string): string {
  return models.find((model) => model.id === id)?.name ?? id.split(/[/\\]/).at(-1) ?? id;
}

/** Who does what in these two slots, as one clause. */
export function roles(view: ModelsView, fast: string, accurate: string): string {
  return fast === accurate
    ? `${modelName(view, fast)} answers first and mends its own texts`
    : `${modelName(view, fast)} answers first and ${modelName(view, accurate)} mends its texts`;
}
