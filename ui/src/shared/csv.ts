// A CSV file by RFC 4180, for programs and spreadsheets: figures stand unrounded and with a point.

export type CsvRow<Name extends string> = Partial<Record<Name, string | number | null>>;

/** With a head line; what a row doesn't have is left empty. */
export function csv<Name extends string>(columns: readonly Name[], rows: readonly CsvRow<Name>[]): string {
  const lines = rows.map((row) => columns.map((column) => cell(row[column] ?? "")));
  return [columns, ...lines].map((line) => `${line.join(",")}\r\n`).join("");
}

export function csvBlob(text: string): Blob {
  return new Blob([text], { type: "text/csv;charset=utf-8" });
}

/** `2026-01-05-1430`, in UTC, for the name of a file. */
export function nameStamp(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", "-").replace(":", "");
}

function cell(value: string | number): string {
  if (typeof value === "number") return String(value);
  // A spreadsheet would take such a name for a formula.
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
