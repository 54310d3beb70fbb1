// The list of conversations: searching it, and what is done to a conversation as a whole. Which one is open,
// and what is in it, belongs to the session.
import { commandFailure, type Host } from "../../host/host";
import type { ConversationFormat, ConversationId, ConversationRow, MessageId } from "../../protocol";
import { download } from "../../shared/download";
import { readFile, UnreadableFile } from "../../shared/files";
import { latestOnly, type LatestOnly } from "../../shared/latest";

export type ListState = { kind: "idle" } | { kind: "loading" } | { kind: "ready" } | { kind: "failed"; message: string };

/** Long enough for somebody who is still typing the word. */
export const SEARCH_REST_MS = 150;

export class ConversationList {
  state = $state.raw<ListState>({ kind: "idle" });
  /** Newest first; with a search, those that have all of its words. */
  rows = $state.raw<readonly ConversationRow[]>([]);
  search = $state.raw("");
  /** What `rows` were found by. */
  foundBy = $state.raw("");
  /** Against what the ages in the list are told. */
  listedAtMs = $state.raw(0);
  /** Can be taken back. */
  deleted = $state.raw<{ id: ConversationId; title: string } | null>(null);
  /** Why the last thing that was asked for here could not be done. */
  failure = $state.raw<string | null>(null);

  readonly #host: Host;
  readonly #now: () => number;
  readonly #listing: LatestOnly<string>;
  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor(host: Host, now: () => number = Date.now) {
    this.#host = host;
    this.#now = now;
    this.#listing = latestOnly<string, ConversationRow[]>(
      (search) => this.#host.call("conversations", { search }),
      (rows, search) => {
        this.rows = rows;
        this.foundBy = search;
        this.listedAtMs = this.#now();
        this.state = { kind: "ready" };
      },
      (reason) => (this.state = { kind: "failed", message: commandFailure(reason).message }),
    );
  }

  refresh(): void {
    clearTimeout(this.#typing);
    if (this.state.kind !== "ready") this.state = { kind: "loading" };
    this.#listing.request(this.search.trim());
  }

  setSearch(search: string): void {
    this.search = search;
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.refresh(), search === "" ? 0 : SEARCH_REST_MS);
  }

  async rename(id: ConversationId, title: string): Promise<void> {
    const before = this.rows;
    this.rows = before.map((row) => (row.id === id ? { ...row, title } : row));
    if (await this.#do(() => this.#host.call("rename_conversation", { id, title }))) this.refresh();
    else this.rows = before;
  }

  /** Whether it is gone. */
  async delete(id: ConversationId): Promise<boolean> {
    const title = this.rows.find((row) => row.id === id)?.title ?? "Conversation";
    if (!(await this.#do(() => this.#host.call("delete_conversation", { id })))) return false;
    this.rows = this.rows.filter((row) => row.id !== id);
    this.deleted = { id, title };
    this.refresh();
    return true;
  }

  /** The conversation that is back; `null` where there was none to bring back. */
  async undoDelete(): Promise<ConversationId | null> {
    const { deleted } = this;
    if (deleted === null) return null;
    this.deleted = null;
    if (!(await this.#do(() => this.#host.call("restore_conversation", { id: deleted.id })))) return null;
    this.refresh();
    return deleted.id;
  }

  async export(id: ConversationId, leaf: MessageId | null, format: ConversationFormat): Promise<void> {
    await this.#do(async () => {
      const file = await this.#host.call("export_conversation", { id, leaf, format });
      const type = format === "json" ? "application/json" : "text/markdown;charset=utf-8";
      download(new Blob([file.text], { type }), file.file_name);
    });
  }

  /** The conversation that came in; `null` where the file could not be used. */
  async import(file: File): Promise<ConversationId | null> {
    let imported: ConversationId | null = null;
    await this.#do(async () => {
      const row = await this.#host.upload("import_conversation", file.name, await readFile(file));
      imported = row.id;
    });
    if (imported !== null) this.refresh();
    return imported;
  }

  async #do(work: () => Promise<unknown>): Promise<boolean> {
    this.failure = null;
    try {
      await work();
      return true;
    } catch (reason) {
      this.failure = reason instanceof UnreadableFile ? reason.message : commandFailure(reason).message;
      return false;
    }
  }
}
