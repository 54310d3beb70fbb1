// Documents on their way into the store, as a function of what the app tells of them.
import type { DocumentEvent, DocumentRow, RunId } from "../../protocol";
import { assertNever } from "../../shared/never";

export interface DocumentImport {
  id: RunId;
  name: string;
  state:
    /** `done` of `total` passages can be found by meaning. */
    | { kind: "running"; done: number; total: number; stopping: boolean }
    | { kind: "failed"; message: string };
}

export interface Documents {
  rows: readonly DocumentRow[];
  /** In the order in which they began. One that has come in, or was stopped, is none any more. */
  imports: readonly DocumentImport[];
}

export function reduceDocuments(documents: Documents, event: DocumentEvent): Documents {
  switch (event.kind) {
    case "progress": {
      const { id, name, done, total } = event;
      const stopping = documents.imports.some((each) => each.id === id && each.state.kind === "running" && each.state.stopping);
      return withImport(documents, { id, name, state: { kind: "running", done, total, stopping } });
    }
    case "imported":
      return {
        rows: [...documents.rows.filter(({ id }) => id !== event.document.id), event.document],
        imports: without(documents.imports, event.id),
      };
    case "failed":
      return withImport(documents, { id: event.id, name: event.name, state: { kind: "failed", message: event.message } });
    case "stopped":
      return { ...documents, imports: without(documents.imports, event.id) };
    default:
      return assertNever(event);
  }
}

export function stopping(documents: Documents, id: RunId): Documents {
  const imports = documents.imports.map((each) =>
    each.id === id && each.state.kind === "running" ? { ...each, state: { ...each.state, stopping: true } } : each,
  );
  return { ...documents, imports };
}

/** Takes a failed one off the list. */
export function dismissed(documents: Documents, id: RunId): Documents {
  return { ...documents, imports: without(documents.imports, id) };
}

function withImport({ rows, imports }: Documents, changed: DocumentImport): Documents {
  const isKnown = imports.some(({ id }) => id === changed.id);
  return { rows, imports: isKnown ? imports.map((each) => (each.id === changed.id ? changed : each)) : [...imports, changed] };
}

function without(imports: readonly DocumentImport[], id: RunId): DocumentImport[] {
  return imports.filter((each) => each.id !== id);
}
