import { describe, expect, it } from "vitest";

import type { Column } from "./columns";
import { pressed, sorted, type Sorting } from "./sorting";

interface Row {
  name: string;
  ms: number | null;
}

const COLUMNS: readonly Column<Row>[] = [
  { id: "name", label: "Name", value: ({ name }) => name, text: ({ name }) => name },
  { id: "ms", label: "ms", value: ({ ms }) => ms, text: ({ ms }) => String(ms) },
];
const ROWS: readonly Row[] = [
  { name: "b", ms: 9 },
  { name: "a", ms: null },
  { name: "d", ms: 100 },
  { name: "c", ms: 9 },
];

function check(sorting: Sorting | null): string {
  return sorted(ROWS, COLUMNS, sorting).map(({ name }) => name).join("");
}

describe("sorting", () => {
  it("leaves rows as they came until a head is pressed", () => {
    expect(check(null)).toBe("badc");
  });

  it("goes by size, keeps equal rows in place, and puts what has no figure last either way", () => {
    expect(check({ column: "ms", direction: "descending" })).toBe("dbca");
    expect(check({ column: "ms", direction: "ascending" })).toBe("bcda");
    expect(check({ column: "name", direction: "ascending" })).toBe("abcd");
  });

  it("begins with the largest figure or with A, and turns round on a second press", () => {
    const [name, ms] = COLUMNS;
    if (name === undefined || ms === undefined) throw new Error("there are two columns");
    const first = pressed(null, ms, ROWS);
    expect(first).toEqual({ column: "ms", direction: "descending" });
    expect(pressed(first, ms, ROWS)).toEqual({ column: "ms", direction: "ascending" });
    expect(pressed(first, name, ROWS)).toEqual({ column: "name", direction: "ascending" });
  });
});
