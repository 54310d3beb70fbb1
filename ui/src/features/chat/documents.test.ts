import { describe, expect, it } from "vitest";

import type { DocumentEvent, DocumentRow } from "../../protocol";
import { dismissed, reduceDocuments, stopping, type Documents } from "./documents";

const guide: DocumentRow = { id: "doc-1", name: "guide.md", format: "markdown", passages: 12, characters: 9000, imported_at: "2026-01-05T14:30:00Z" };

function check(...events: DocumentEvent[]): Documents {
  return events.reduce(reduceDocuments, { rows: [guide], imports: [] });
}

describe("a document's import", () => {
  it("is told with its progress and becomes a row", () => {
    const running = check({ kind: "progress", id: "r", name: "b.pdf", done: 3, total: 9 }, { kind: "progress", id: "r", name: "b.pdf", done: 5, total: 9 });
    expect(running.imports).toEqual([{ id: "r", name: "b.pdf", state: { kind: "running", done: 5, total: 9, stopping: false } }]);
    const done = reduceDocuments(running, { kind: "imported", id: "r", document: { ...guide, id: "doc-2", name: "b.pdf" }, replaced: false });
    expect(done.rows.map(({ name }) => name)).toEqual(["guide.md", "b.pdf"]);
    expect(done.imports).toEqual([]);
  });

  it("of a document that is there replaces it", () => {
    const { rows } = check({ kind: "imported", id: "r", document: { ...guide, passages: 14 }, replaced: true });
    expect(rows.map(({ passages }) => passages)).toEqual([14]);
  });

  it("stays stopping while it still reports, and leaves when it has stopped", () => {
    const asked = stopping(check({ kind: "progress", id: "r", name: "b.pdf", done: 3, total: 9 }), "r");
    const still = reduceDocuments(asked, { kind: "progress", id: "r", name: "b.pdf", done: 4, total: 9 });
    expect(still.imports[0]?.state).toEqual({ kind: "running", done: 4, total: 9, stopping: true });
    expect(reduceDocuments(still, { kind: "stopped", id: "r", name: "b.pdf" }).imports).toEqual([]);
  });

  it("that failed says why until the person has read it", () => {
    const failed = check({ kind: "progress", id: "r", name: "b.pdf", done: 0, total: 9 }, { kind: "failed", id: "r", name: "b.pdf", message: "It is encrypted." });
    expect(failed.imports[0]?.state).toEqual({ kind: "failed", message: "It is encrypted." });
    expect(dismissed(failed, "r").imports).toEqual([]);
  });
});
