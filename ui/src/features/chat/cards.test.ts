import { describe, expect, it } from "vitest";

import type { Attribute, ItemCard, Reading } from "../../protocol";
import { attributeValue, cardAttributes, sortLabel } from "./cards";

const card: ItemCard = {
  id: "c-1",
  name: "One",
  brand: "",
  category: "",
  price: null,
  currency: "USD",
  price_unit: "",
  rating: null,
  attributes: ["roast", "country", "origin_1", "origin_2", "altitude", "Harvest"].map((name) => attribute(name)),
  description: "",
  misses: [],
};

const nothing: Reading = { intent: "search", conditions: [], sort: { kind: "relevance" }, words: "", named: [], asked: [] };

function attribute(name: string, value = "x", unit = ""): Attribute {
  return { name, value, number: null, unit };
}

/** Asked ones in capitals, what is folded away behind a bar. */
function check(reading: Partial<Reading>, expected: string): void {
  const { shown, more } = cardAttributes(card, { ...nothing, ...reading });
  const names = shown.map(({ attribute: { name }, asked }) => (asked ? name.toUpperCase() : name));
  expect(`${names.join(" ")} | ${more.map(({ name }) => name).join(" ")}`).toBe(expected);
}

describe("a card", () => {
  it("shows the first attributes of the list where the question is about none", () => {
    check({}, "roast country origin_1 origin_2 | altitude Harvest");
  });

  it("begins with what is asked for, demanded or sorted by", () => {
    check({ asked: ["harvest"] }, "HARVEST roast country origin_1 | origin_2 altitude");
    check({ sort: { kind: "by", field: { kind: "attribute", name: "altitude" }, descending: true } }, "ALTITUDE roast country origin_1 | origin_2 Harvest");
    const condition = { field: { kind: "attribute", name: "Origin_2" }, test: { kind: "one_of", value: ["x"] }, negated: false, label: "x" } as const;
    check({ conditions: [{ ...condition, test: { kind: "one_of", value: ["x"] } }] }, "ORIGIN_2 roast country origin_1 | altitude Harvest");
  });

  it("shows all that is asked for", () => {
    check({ asked: ["roast", "country", "origin_1", "origin_2", "altitude"] }, "ROAST COUNTRY ORIGIN_1 ORIGIN_2 ALTITUDE | Harvest");
  });

  it("writes a unit once", () => {
    expect(attributeValue(attribute("width", "51", "cm"))).toBe("51 cm");
    expect(attributeValue(attribute("width", "51 cm", "cm"))).toBe("51 cm");
    expect(attributeValue(attribute("share", "17", "%"))).toBe("17%");
    expect(attributeValue(attribute("roast", "Light"))).toBe("Light");
  });
});

describe("an order", () => {
  it("is told in words, and by relevance not at all", () => {
    expect(sortLabel({ kind: "relevance" })).toBeNull();
    expect(sortLabel({ kind: "by", field: { kind: "price" }, descending: false })).toBe("price, lowest first");
    expect(sortLabel({ kind: "by", field: { kind: "attribute", name: "exit_fee" }, descending: true })).toBe("exit fee, highest first");
  });
});
