// What a card says first: the attributes that the question is about, then those the list begins with.
import type { Attribute, Field, ItemCard, Reading, Sort } from "../../protocol";
import { humanise } from "../../shared/format";
import { assertNever } from "../../shared/never";

export interface CardAttributes {
  /** Those that the question is about come first. */
  shown: readonly { attribute: Attribute; asked: boolean }[];
  /** The rest, in the list's order. */
  more: readonly Attribute[];
}

/** A card has as many, unless the question is about more. */
const SHOWN = 4;

export function cardAttributes({ attributes }: ItemCard, reading: Reading | null): CardAttributes {
  const names = reading === null ? new Set<string>() : askedNames(reading);
  const isAsked = ({ name }: Attribute) => names.has(keyOf(name));
  const asked = attributes.filter(isAsked);
  const others = attributes.filter((attribute) => !isAsked(attribute));
  const room = Math.max(0, SHOWN - asked.length);
  return {
    shown: [
      ...asked.map((attribute) => ({ attribute, asked: true })),
      ...others.slice(0, room).map((attribute) => ({ attribute, asked: false })),
    ],
    more: others.slice(room),
  };
}

/** With its unit, where the list's own words don't have it. */
export function attributeValue({ value, unit }: Attribute): string {
  if (unit === "" || value.toLowerCase().endsWith(unit.toLowerCase())) return value;
  return unit === "%" ? `${value}%` : `${value} ${unit}`;
}

/** `price, lowest first`; `null` where the order is by relevance. */
export function sortLabel(sort: Sort): string | null {
  switch (sort.kind) {
    case "relevance":
      return null;
    case "by":
      return `${fieldLabel(sort.field)}, ${sort.descending ? "highest" : "lowest"} first`;
    default:
      return assertNever(sort);
  }
}

function fieldLabel(field: Field): string {
  switch (field.kind) {
    case "name":
    case "brand":
    case "category":
    case "price":
    case "rating":
      return field.kind;
    case "attribute":
      return humanise(field.name).toLowerCase();
    case "any_text":
      return "text";
    case "any_of":
      return field.name.map(fieldLabel).join(" or ");
    default:
      return assertNever(field);
  }
}

function askedNames({ asked, conditions, sort }: Reading): Set<string> {
  const fields = [...conditions.map(({ field }) => field), ...(sort.kind === "by" ? [sort.field] : [])];
  const named = fields.flatMap((field) => (field.kind === "attribute" ? [field.name] : []));
  return new Set([...asked, ...named].map(keyOf));
}

function keyOf(name: string): string {
  return name.toLowerCase();
}
