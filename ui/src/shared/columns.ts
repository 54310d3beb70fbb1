// A table's columns: how a row's figure is written, and what it is sorted by.
import { count, duration, rate } from "./format";

export interface Column<Row> {
  id: string;
  label: string;
  /** What it is sorted by; `null` goes last either way. */
  value: (row: Row) => number | string | null;
  text: (row: Row) => string;
  /** Whether the figure is bad news. */
  bad?: (row: Row) => boolean;
  good?: (row: Row) => boolean;
  /** How far a line beneath the figure reaches, of 1. */
  bar?: (row: Row) => number;
}

const NOTHING = "–";

export function counted<Row>(id: string, label: string, value: (row: Row) => number | null): Column<Row> {
  return written(id, label, value, count);
}

export function timed<Row>(id: string, label: string, value: (row: Row) => number | null): Column<Row> {
  return written(id, label, value, duration);
}

/** A speed of nothing is no speed: 0 says that nothing was computed. */
export function paced<Row>(id: string, label: string, speed: (row: Row) => number | null): Column<Row> {
  return written(id, label, (row) => speed(row) || null, rate);
}

/** A dash where there is no figure. */
export function written<Row>(
  id: string,
  label: string,
  value: (row: Row) => number | null,
  write: (value: number) => string,
): Column<Row> {
  const text = (row: Row) => {
    const figure = value(row);
    return figure === null ? NOTHING : write(figure);
  };
  return { id, label, value, text };
}

export function named<Row>(id: string, label: string, name: (row: Row) => string): Column<Row> {
  return { id, label, value: name, text: name };
}
