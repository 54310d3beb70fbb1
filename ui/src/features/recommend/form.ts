// What the person has set, and how it becomes a request. The rules of the plan list (which areas exist,
// what a weight means) come from the app; nothing here costs or filters a plan.
import type {
  CatalogView,
  CriterionView,
  HomeView,
  Ranking,
  RecommendRequest,
  RunRequest,
  StartState,
} from "../../protocol";

export interface Form {
  homeId: string;
  catalogId: string;
  /** One of the catalogue's areas; `null` for all of them. */
  area: string | null;
  budgetPerMonth: number | null;
  preferRenewable: boolean;
  maxTermMonths: number | null;
  wish: string;
  /** Weights that the person has moved, in points; the rest are the pack's. */
  points: Readonly<RecommendRequest["preferences"]["weights"]>;
  currentPlan: string;
  top: number;
  /** What has no control of its own: the seed, a current exit fee. */
  rest: RecommendRequest;
}

/** The contract lengths that can be asked for. */
export const TERM_CHOICES = [1, 6, 12, 24, 36] as const;

/** A weight slider's far end: as much as all of the pack's weights together. */
export const MOST_POINTS = 100;

/** How many plans are listed where the start asks for fewer. */
const LISTED = 10;

export function startForm(start: StartState): Form {
  const { request } = start;
  const { preferences } = request;
  const catalog = start.catalogs.find((each) => each.id === start.catalog_id);
  return {
    homeId: start.home_id,
    catalogId: start.catalog_id,
    area: areaFrom(catalog, preferences.where),
    budgetPerMonth: preferences.budget_per_month,
    preferRenewable: preferences.prefer_renewable,
    maxTermMonths: preferences.max_term_months,
    wish: preferences.wish,
    points: pointsFrom(start.pack.criteria, preferences.weights),
    currentPlan: preferences.current_plan ?? "",
    top: Math.max(request.top, LISTED),
    rest: request,
  };
}

/** The area goes when the new list doesn't have it, and so does a current plan, which is the old list's. */
export function withCatalog(form: Form, catalog: CatalogView): Form {
  if (form.catalogId === catalog.id) return form;
  const area = catalog.areas.find((each) => each === form.area) ?? null;
  return { ...form, catalogId: catalog.id, area, currentPlan: "" };
}

export function runRequest(
  form: Form,
  catalog: CatalogView | undefined,
  criteria: readonly CriterionView[],
  useCache = true,
): RunRequest {
  const areaColumn = catalog?.area_column ?? null;
  const unit = pointUnit(criteria);
  return {
    catalog_id: form.catalogId,
    home_id: form.homeId,
    request: {
      ...form.rest,
      top: form.top,
      use_cache: useCache,
      preferences: {
        budget_per_month: form.budgetPerMonth,
        prefer_renewable: form.preferRenewable,
        max_term_months: form.maxTermMonths,
        wish: form.wish.trim(),
        weights: Object.fromEntries(
          Object.entries(form.points).map(([id, points]) => [id, points * unit]),
        ),
        where: areaColumn === null || form.area === null ? {} : { [areaColumn]: [form.area] },
        current_plan: form.currentPlan.trim() === "" ? null : form.currentPlan.trim(),
        current_exit_fee: form.rest.preferences.current_exit_fee,
      },
    },
  };
}

/** Equal for requests whose exact ranking is the same: words, seed and cache make no difference to it. */
export function figuresKey({ catalog_id, home_id, request }: RunRequest): string {
  const { wish: _wish, ...preferences } = request.preferences;
  return JSON.stringify([catalog_id, home_id, request.top, preferences]);
}

/** Whether both are about the same home and list, so that the words of one hold for the other. */
export function sameSubject(a: RunRequest | null, form: Form): boolean {
  return a !== null && a.home_id === form.homeId && a.catalog_id === form.catalogId;
}

/** Where a criterion's slider stands. */
export function pointsOf(
  criterion: CriterionView,
  form: Form,
  criteria: readonly CriterionView[],
): number {
  const moved = form.points[criterion.id];
  if (moved !== undefined) return moved;
  const weight = form.preferRenewable
    ? (criterion.preferred_weight ?? criterion.weight)
    : criterion.weight;
  return Math.round(weight / pointUnit(criteria));
}

/** What each criterion's part is, before a ranking has said it; the ranking's own shares win. */
export function shares(form: Form, criteria: readonly CriterionView[]): Ranking["weights"] {
  const points = criteria.map((criterion) => pointsOf(criterion, form, criteria));
  const sum = points.reduce((total, each) => total + each, 0);
  return Object.fromEntries(
    criteria.map(({ id }, index) => [id, sum > 0 ? (points[index] ?? 0) / sum : 0]),
  );
}

/** Enough for the list's dear end, in round steps; more can be typed. */
export function budgetCeiling(home: HomeView | undefined): number {
  const dearPerKwh = 0.4;
  const dear = (home?.usage.monthly_average_kwh ?? 1000) * dearPerKwh;
  return Math.max(100, Math.ceil(dear / 50) * 50);
}

function areaFrom(
  catalog: CatalogView | undefined,
  where: RecommendRequest["preferences"]["where"],
): string | null {
  if (catalog === undefined || catalog.area_column === null) return null;
  const asked = where[catalog.area_column]?.[0]?.toLowerCase();
  return catalog.areas.find((area) => area.toLowerCase() === asked) ?? null;
}

function pointsFrom(
  criteria: readonly CriterionView[],
  weights: RecommendRequest["preferences"]["weights"],
): RecommendRequest["preferences"]["weights"] {
  const unit = pointUnit(criteria);
  return Object.fromEntries(
    Object.entries(weights).map(([id, weight]) => [
      id,
      Math.min(MOST_POINTS, Math.round(weight / unit)),
    ]),
  );
}

/** One point in the pack's scale. */
function pointUnit(criteria: readonly CriterionView[]): number {
  const sum = criteria.reduce((total, criterion) => total + criterion.weight, 0);
  return sum > 0 ? sum / MOST_POINTS : 1;
}
