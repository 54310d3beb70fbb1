// What counts how much in a comparison.
import type { Weights } from "../../protocol";

export type WeightName = keyof Weights;

export const WEIGHTS: readonly { name: WeightName; label: string; description: string }[] = [
  { name: "speed", label: "Speed", description: "The quickest model's median recommendation over this one's." },
  { name: "cost", label: "Cost", description: "The fewest tokens computed for a recommendation over this one's." },
  { name: "quality", label: "Quality", description: "The mean of two shares: questions answered right, and claims that were grounded before any repair." },
  { name: "consistency", label: "Consistency", description: "The share of repeated answers that were whole and the same again." },
  { name: "context", label: "Context", description: "The share of conversations whose last question was understood from what was said before." },
];

/** The sliders' far end. */
export const MOST_POINTS = 100;

export function sum(weights: Weights): number {
  return WEIGHTS.reduce((total, { name }) => total + weights[name], 0);
}

export function same(a: Weights, b: Weights): boolean {
  return WEIGHTS.every(({ name }) => a[name] === b[name]);
}
