// What can be asked about: the imported lists, one of which is picked, and the documents, all of which are
// looked through. It knows nothing of conversations.
import { commandFailure, type Host } from "../../host/host";
import type { ChatStart, ItemCatalogView, RunId } from "../../protocol";
import { readFile, UnreadableFile, type ImportState } from "../../shared/files";
import { dismissed, reduceDocuments, stopping, type Documents } from "./documents";

/** What a file is read as. */
export type SourceKind = "items" | "document";

/** Which files each button offers first. */
export const ACCEPTED: Readonly<Record<SourceKind, string>> = {
  items: ".csv,.tsv,.json",
  document: ".md,.txt,.html,.htm,.pdf,.csv",
};

const LIST_NAME = /\.(csv|tsv|json)$/i;

export class Sources {
  catalogs = $state.raw<readonly ItemCatalogView[]>([]);
  /** `null` asks the documents only. */
  catalogId = $state.raw<string | null>(null);
  documents = $state.raw<Documents>({ rows: [], imports: [] });
  /** Names of documents that are on their way to the app. */
  sending = $state.raw<readonly string[]>([]);
  itemsImport = $state.raw<ImportState<ItemCatalogView>>({ kind: "none" });
  /** Why the last thing that was asked for here could not be done. */
  failure = $state.raw<string | null>(null);
  /** Why search is by words only; `null` where it is by meaning too. */
  wordsOnly = $state.raw<string | null>(null);

  readonly catalog = $derived(this.catalogs.find(({ id }) => id === this.catalogId) ?? null);
  readonly isEmpty = $derived(this.catalogs.length === 0 && this.documents.rows.length === 0);

  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  begin(start: ChatStart): void {
    this.catalogs = start.catalogs;
    this.catalogId = start.catalogs[0]?.id ?? null;
    this.documents = { rows: start.documents, imports: [] };
    this.wordsOnly = start.words_only;
    this.#host
      .call("watch_documents", {}, (event) => (this.documents = reduceDocuments(this.documents, event)))
      .catch((reason: unknown) => this.#fail(reason));
  }

  pick(id: string | null): void {
    this.catalogId = id;
  }

  /** A dropped table is a list; everything else is a document. */
  async open(file: File, kind: SourceKind = LIST_NAME.test(file.name) ? "items" : "document"): Promise<void> {
    this.failure = null;
    await (kind === "items" ? this.#openItems(file) : this.#openDocument(file));
  }

  stopImport(id: RunId): void {
    this.documents = stopping(this.documents, id);
    this.#host.call("stop", { runId: id }).catch((reason: unknown) => this.#fail(reason));
  }

  dismissImport(id: RunId): void {
    this.documents = dismissed(this.documents, id);
  }

  async deleteItems(id: string): Promise<void> {
    this.failure = null;
    try {
      await this.#host.call("delete_items", { id });
    } catch (reason) {
      return this.#fail(reason);
    }
    this.catalogs = this.catalogs.filter((catalog) => catalog.id !== id);
    if (this.catalogId === id) this.catalogId = this.catalogs[0]?.id ?? null;
    this.itemsImport = { kind: "none" };
  }

  async deleteDocument(id: string): Promise<void> {
    this.failure = null;
    try {
      await this.#host.call("delete_document", { id });
    } catch (reason) {
      return this.#fail(reason);
    }
    this.documents = { ...this.documents, rows: this.documents.rows.filter((row) => row.id !== id) };
  }

  async #openItems(file: File): Promise<void> {
    const fileName = file.name;
    this.itemsImport = { kind: "reading", fileName };
    try {
      const imported = await this.#host.upload("import_items", fileName, await readFile(file));
      this.catalogs = [...this.catalogs.filter(({ id }) => id !== imported.id), imported];
      this.catalogId = imported.id;
      this.itemsImport = { kind: "done", fileName, imported };
    } catch (reason) {
      this.itemsImport = { kind: "failed", fileName, message: messageOf(reason) };
    }
  }

  /** How it goes is told by the events that are watched. */
  async #openDocument(file: File): Promise<void> {
    this.sending = [...this.sending, file.name];
    try {
      await this.#host.upload("import_document", file.name, await readFile(file));
    } catch (reason) {
      this.failure = `${file.name} was not imported. ${messageOf(reason)}`;
    }
    const index = this.sending.indexOf(file.name);
    this.sending = this.sending.filter((_, at) => at !== index);
  }

  #fail(reason: unknown): void {
    this.failure = messageOf(reason);
  }
}

function messageOf(reason: unknown): string {
  return reason instanceof UnreadableFile ? reason.message : commandFailure(reason).message;
}
