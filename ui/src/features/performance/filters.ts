// What the person has narrowed the history to, and the query that it makes.
import type { PerformanceQuery, RunId } from "../../protocol";

export interface Filters {
  window: WindowId;
  pipeline: string | null;
  model: string | null;
  device: string | null;
  /** Whose timeline is shown; the newest run's where none is picked. */
  run: RunId | null;
}

export type WindowId = "1h" | "24h" | "7d" | "30d" | "1y";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const WINDOWS: readonly { id: WindowId; label: string; ms: number }[] = [
  { id: "1h", label: "Last hour", ms: HOUR_MS },
  { id: "24h", label: "Last 24 hours", ms: DAY_MS },
  { id: "7d", label: "Last 7 days", ms: 7 * DAY_MS },
  { id: "30d", label: "Last 30 days", ms: 30 * DAY_MS },
  { id: "1y", label: "Last year", ms: 365 * DAY_MS },
];

export const startFilters: Filters = { window: "24h", pipeline: null, model: null, device: null, run: null };

/** The shortest window and no filter: what a query for alerts alone needs, since they are about this hour. */
export const alertsOnly: Filters = { ...startFilters, window: "1h" };

/** Narrowing goes back to the newest run's timeline: the one picked before may not be among what is left. */
export function narrowed(filters: Filters, change: Partial<Omit<Filters, "run">>): Filters {
  return { ...filters, ...change, run: null };
}

export function isNarrowed({ pipeline, model, device }: Filters): boolean {
  return pipeline !== null || model !== null || device !== null;
}

export function queryOf({ window, pipeline, model, device, run }: Filters): PerformanceQuery {
  const found = WINDOWS.find(({ id }) => id === window);
  return { window_ms: found?.ms ?? DAY_MS, pipeline, model, device, run };
}
