// In which order a table's rows stand. Equal rows keep the order in which they came.
import type { Column } from "./columns";

export interface Sorting {
  column: string;
  direction: "ascending" | "descending";
}

/** Pressing a column's head: names begin with A, figures with the largest, and a second press turns round. */
export function pressed<Row>(sorting: Sorting | null, column: Column<Row>, rows: readonly Row[]): Sorting {
  if (sorting?.column === column.id) {
    return { column: column.id, direction: sorting.direction === "ascending" ? "descending" : "ascending" };
  }
  const isText = rows.some((row) => typeof column.value(row) === "string");
  return { column: column.id, direction: isText ? "ascending" : "descending" };
}

export function sorted<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sorting: Sorting | null): readonly Row[] {
  const column = columns.find(({ id }) => id === sorting?.column);
  if (sorting === null || column === undefined) return rows;
  const sign = sorting.direction === "ascending" ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    if (left === null || right === null) return Number(left === null) - Number(right === null);
    if (typeof left === "number" && typeof right === "number") return sign * (left - right);
    return sign * String(left).localeCompare(String(right), "en");
  });
}
