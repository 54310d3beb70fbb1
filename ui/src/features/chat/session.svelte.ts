// The Chat screen's state and everything that changes it: which conversation is open, which of its branches
// is shown, and the turns under way, of which each conversation has one at most. What arrives is gathered per
// frame; nothing that is done per token or per key depends on how long the conversation is.
import { commandFailure, type Host } from "../../host/host";
import type { ChatMessage, ConversationFormat, ConversationId, MessageId, SentMessage } from "../../protocol";
import { assertNever } from "../../shared/never";
import { besides, branchOf, emptyTree, leadingTo, treeOf, withMessage, type Choices, type Tree } from "./branches";
import { ConversationList } from "./conversations.svelte";
import { LiveTurn } from "./live.svelte";
import { markFirstWords, markSent } from "./paint";
import { Sources } from "./sources.svelte";
import { ended, viewOf, type AnswerView } from "./turn";

export type StartPhase = { kind: "idle" } | { kind: "loading" } | { kind: "ready" } | { kind: "failed"; message: string };

/** The conversation that is open. */
export interface OpenConversation {
  /** `null` until its first message is stored. */
  id: ConversationId | null;
  title: string;
  tree: Tree;
  choices: Choices;
  state: { kind: "ready" } | { kind: "loading" } | { kind: "failed"; message: string };
}

const unwritten: OpenConversation = { id: null, title: "", tree: emptyTree, choices: new Map(), state: { kind: "ready" } };

export class ChatSession {
  readonly list: ConversationList;
  readonly sources: Sources;
  start = $state.raw<StartPhase>({ kind: "idle" });
  open = $state.raw<OpenConversation>(unwritten);
  /** Rises with each conversation that is opened, the same one again included. */
  opened = $state.raw(0);
  turns = $state.raw<readonly LiveTurn[]>([]);
  /** On its way to the app, from the conversation that was open then. */
  sending = $state.raw<{ turn: LiveTurn; opened: number } | null>(null);
  /** What the person is writing. */
  draft = $state.raw("");
  /** The message that the person is changing. */
  editing = $state.raw<{ id: MessageId; text: string } | null>(null);
  /** Why the last question could not be asked. */
  failure = $state.raw<string | null>(null);
  /** What a screen reader is told: an answer once it is whole, never its pieces. */
  announcement = $state.raw("");

  readonly shown: readonly MessageId[] = $derived(branchOf(this.open.tree, this.open.choices));
  /** The open conversation's turn. */
  readonly turn = $derived.by(() => {
    if (this.sending?.opened === this.opened) return this.sending.turn;
    return this.turns.find(({ sent }) => sent !== null && sent.conversation === this.open.id) ?? null;
  });
  /** Whether an answer is being written, in whatever conversation. */
  readonly answering = $derived(this.turns.length > 0 || this.sending !== null);
  readonly canAsk = $derived.by(() => {
    const isReady = this.start.kind === "ready" && this.open.state.kind === "ready";
    return isReady && !this.sources.isEmpty && this.sending === null && this.turn === null;
  });

  readonly #host: Host;
  /** Turns that ended while this window was open: a stopped one has cards that its kept message hasn't. */
  readonly #ended = new Map<MessageId, AnswerView>();
  readonly #drafts = new Map<ConversationId | null, string>();

  constructor(host: Host, now: () => number = Date.now) {
    this.#host = host;
    this.list = new ConversationList(host, now);
    this.sources = new Sources(host);
  }

  /** The screen has come to the front. */
  show(): void {
    this.list.refresh();
    if (this.start.kind === "idle" || this.start.kind === "failed") void this.#begin();
  }

  newConversation(): void {
    this.#enter(unwritten);
  }

  async openConversation(id: ConversationId): Promise<void> {
    const title = this.list.rows.find((row) => row.id === id)?.title ?? "";
    this.#enter({ ...unwritten, id, title, state: { kind: "loading" } });
    const { opened } = this;
    try {
      const conversation = await this.#host.call("conversation", { id });
      if (opened !== this.opened) return;
      const tree = this.#caughtUp(treeOf(conversation.messages));
      const newest = conversation.messages.at(-1);
      const choices: Choices = newest === undefined ? new Map() : leadingTo(tree, new Map(), newest.id);
      this.open = { id, title: conversation.title, tree, choices, state: { kind: "ready" } };
      const isThere = this.sources.catalogs.some((catalog) => catalog.id === conversation.catalog);
      if (isThere || (conversation.catalog === null && newest !== undefined)) this.sources.pick(conversation.catalog);
    } catch (reason) {
      if (opened !== this.opened) return;
      this.open = { ...this.open, state: { kind: "failed", message: commandFailure(reason).message } };
    }
  }

  /** Asks what stands in the composer. */
  ask(): void {
    const text = this.draft.trim();
    if (text === "" || !this.canAsk) return;
    this.setDraft("");
    this.send(text);
  }

  /** Goes on from the last message that is shown. */
  send(text: string): void {
    this.#send(text, this.shown.at(-1) ?? null);
  }

  /** As a branch beside the message as it was. */
  resend(): void {
    const { editing } = this;
    const text = editing?.text.trim() ?? "";
    const message = editing === null ? undefined : this.open.tree.byId.get(editing.id);
    if (message === undefined || text === "" || !this.canAsk) return;
    this.editing = null;
    this.#send(text, message.parent);
  }

  /** Another answer to the same question, as a branch; a kept one isn't taken again. */
  answerAgain(question: MessageId): void {
    const { id } = this.open;
    if (id === null || !this.canAsk) return;
    const catalog = this.sources.catalogId;
    this.#begun((turn) =>
      this.#host.call("answer_again", { again: { conversation: id, question, catalog } }, (batch) => turn.push(batch)),
    );
  }

  stop(): void {
    this.turn?.stop();
  }

  setDraft(text: string): void {
    this.draft = text;
    this.#drafts.set(this.open.id, text);
  }

  edit(id: MessageId): void {
    const message = this.open.tree.byId.get(id);
    if (message !== undefined) this.editing = { id, text: message.text };
  }

  setEdited(text: string): void {
    if (this.editing !== null) this.editing = { ...this.editing, text };
  }

  cancelEdit(): void {
    this.editing = null;
  }

  /** Shows the branch that goes on with this message. */
  choose(id: MessageId): void {
    this.open = { ...this.open, choices: leadingTo(this.open.tree, this.open.choices, id) };
  }

  message(id: MessageId): ChatMessage | undefined {
    return this.open.tree.byId.get(id);
  }

  besides(id: MessageId): readonly MessageId[] {
    return besides(this.open.tree, id);
  }

  hasReply(id: MessageId): boolean {
    return this.open.tree.children.has(id);
  }

  answer(message: ChatMessage): AnswerView {
    const turn = this.turns.find(({ sent }) => sent?.answer.id === message.id);
    return turn?.view ?? this.#ended.get(message.id) ?? viewOf(message);
  }

  async rename(id: ConversationId, title: string): Promise<void> {
    const text = title.trim();
    if (text === "") return;
    if (this.open.id === id) this.open = { ...this.open, title: text };
    await this.list.rename(id, text);
  }

  async delete(id: ConversationId): Promise<void> {
    if (await this.list.delete(id)) {
      this.turns.find(({ sent }) => sent?.conversation === id)?.stop();
      if (this.open.id === id) this.newConversation();
    }
  }

  async undoDelete(): Promise<void> {
    const id = await this.list.undoDelete();
    if (id !== null) await this.openConversation(id);
  }

  async export(format: ConversationFormat): Promise<void> {
    if (this.open.id !== null) await this.list.export(this.open.id, this.shown.at(-1) ?? null, format);
  }

  async import(file: File): Promise<void> {
    const id = await this.list.import(file);
    if (id !== null) await this.openConversation(id);
  }

  openLink(url: string): void {
    this.#host.call("open_link", { url }).catch((reason: unknown) => (this.failure = commandFailure(reason).message));
  }

  async document(id: string): Promise<string> {
    return (await this.#host.call("document", { id })).text;
  }

  async #begin(): Promise<void> {
    this.start = { kind: "loading" };
    try {
      this.sources.begin(await this.#host.call("chat_start", {}));
      this.start = { kind: "ready" };
    } catch (reason) {
      this.start = { kind: "failed", message: commandFailure(reason).message };
    }
  }

  #enter(conversation: OpenConversation): void {
    this.open = conversation;
    this.opened += 1;
    this.draft = this.#drafts.get(conversation.id) ?? "";
    this.editing = null;
    this.failure = null;
  }

  #send(text: string, parent: MessageId | null): void {
    if (!this.canAsk) return;
    const message = { conversation: this.open.id, parent, text, catalog: this.sources.catalogId, use_cache: true };
    const { opened } = this;
    this.#begun(
      (turn) => this.#host.call("send_message", { message }, (batch) => turn.push(batch)),
      () => {
        // What could not be asked isn't lost.
        this.#drafts.set(message.conversation, text);
        if (opened === this.opened && this.draft === "") this.draft = text;
      },
    );
  }

  #begun(call: (turn: LiveTurn) => Promise<SentMessage>, onrefused: () => void = () => {}): void {
    const turn = new LiveTurn(this.#host, {
      onwords: markFirstWords,
      onended: (which) => this.#settle(which),
      onfailure: (message) => (this.failure = message),
    });
    const sending = { turn, opened: this.opened };
    this.sending = sending;
    this.failure = null;
    this.announcement = "";
    markSent();
    call(turn).then(
      (sent) => {
        this.sending = null;
        this.turns = [...this.turns, turn];
        if (sending.opened === this.opened) this.#follow(sent);
        turn.begin(sent);
        this.list.refresh();
      },
      (reason: unknown) => {
        this.sending = null;
        this.failure = commandFailure(reason).message;
        onrefused();
      },
    );
  }

  #follow({ conversation, title, question, answer }: SentMessage): void {
    const tree = withMessage(withMessage(this.open.tree, question), answer);
    const choices = leadingTo(tree, this.open.choices, answer.id);
    // The draft of a conversation that has its name only now was that of none.
    if (this.open.id === null) {
      this.#drafts.delete(null);
      this.#drafts.set(conversation, this.draft);
    }
    this.open = { id: conversation, title, tree, choices, state: { kind: "ready" } };
  }

  #settle(turn: LiveTurn): void {
    const { sent, view } = turn;
    if (sent === null) return;
    this.#ended.set(sent.answer.id, view);
    this.turns = this.turns.filter((each) => each !== turn);
    if (this.open.id === sent.conversation) this.open = { ...this.open, tree: this.#caughtUp(this.open.tree) };
    this.announcement = announced(view);
    this.list.refresh();
  }

  /** What the app told of a conversation may be older than the end of a turn in it. */
  #caughtUp(tree: Tree): Tree {
    let caughtUp = tree;
    for (const [id, view] of this.#ended) {
      const message = tree.byId.get(id);
      if (message?.state === "writing") caughtUp = withMessage(caughtUp, ended(message, view));
    }
    return caughtUp;
  }
}

function announced({ state, text, failure }: AnswerView): string {
  switch (state) {
    case "writing":
      return "";
    case "done":
      return `Answer: ${text}`;
    case "stopped":
      return "Stopped.";
    case "failed":
      return `No answer. ${failure?.message ?? ""}`;
    case "interrupted":
      return "Interrupted.";
    default:
      return assertNever(state);
  }
}
