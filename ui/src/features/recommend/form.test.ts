// From what the person has set to what the app is asked.
import { describe, expect, it } from "vitest";

import type { Preferences } from "../../protocol";
import { catalog, start } from "../../../tests/scene";
import { budgetCeiling, figuresKey, pointsOf, runRequest, startForm, withCatalog, type Form } from "./form";

const { criteria } = start.pack;

function check(change: Partial<Form>): Preferences {
  return runRequest({ ...startForm(start), ...change }, catalog, criteria).request.preferences;
}

describe("the form", () => {
  it("begins with the sample's home, list and area, and nothing else", () => {
    expect(check({})).toEqual(start.request.preferences);
  });

  it("asks for one area by the list's own column, or for all of them", () => {
    expect(check({ area: "TNMP" }).where).toEqual({ tdu_area: ["TNMP"] });
    expect(check({ area: null }).where).toEqual({});
  });

  it("sends moved weights in the pack's scale and leaves the rest to the pack", () => {
    expect(check({ points: { cost: 80 } }).weights).toEqual({ cost: 0.8 });
  });

  it("shows the pack's higher weight while renewable power is preferred", () => {
    const renewable = criteria[1];
    if (renewable === undefined) throw new Error("the scene has criteria");
    const form = startForm(start);
    expect(pointsOf(renewable, form, criteria)).toBe(15);
    expect(pointsOf(renewable, { ...form, preferRenewable: true }, criteria)).toBe(35);
    expect(pointsOf(renewable, { ...form, preferRenewable: true, points: { renewable: 4 } }, criteria)).toBe(4);
  });

  it("trims a wish and takes an empty current plan for none", () => {
    const preferences = check({ wish: "  no prepaid ", currentPlan: " " });
    expect(preferences.wish).toBe("no prepaid");
    expect(preferences.current_plan).toBeNull();
  });

  it("drops an area and a current plan that a new list doesn't have", () => {
    const form = { ...startForm(start), currentPlan: "11682" };
    const other = { ...catalog, id: "other", areas: [], area_column: null };
    expect(withCatalog(form, other)).toMatchObject({ catalogId: "other", area: null, currentPlan: "" });
    expect(withCatalog(form, catalog)).toBe(form);
  });

  it("has the same figures whatever the wish and the cache", () => {
    const form = startForm(start);
    const key = figuresKey(runRequest(form, catalog, criteria));
    expect(figuresKey(runRequest({ ...form, wish: "calm" }, catalog, criteria, false))).toBe(key);
    expect(figuresKey(runRequest({ ...form, budgetPerMonth: 90 }, catalog, criteria))).not.toBe(key);
  });

  it("offers budgets up to what dear power would cost this home", () => {
    expect(budgetCeiling(start.homes[0])).toBe(350);
    expect(budgetCeiling(undefined)).toBe(400);
  });
});
