// One turn under way: its events, gathered per frame, and how it is stopped. It goes on whatever screen or
// conversation is shown; the session keeps it until it has ended.
import { commandFailure, type Host } from "../../host/host";
import type { ChatEvent, SentMessage } from "../../protocol";
import { frameBatch } from "../../shared/frames";
import { noAnswer, reduceTurn, type AnswerView } from "./turn";

/** A turn that was stopped says so at once; one that died without a word must not hold the composer for ever. */
const STOP_GRACE_MS = 1000;

interface Followers {
  /** The first words are in `view`, and not painted yet. */
  onwords: () => void;
  onended: (turn: LiveTurn) => void;
  onfailure: (message: string) => void;
}

export class LiveTurn {
  view = $state.raw<AnswerView>(noAnswer);
  /** Both messages as they were stored; `null` until they are. */
  sent = $state.raw<SentMessage | null>(null);
  /** Stopping was asked for. */
  stopping = $state.raw(false);

  readonly #host: Host;
  readonly #followers: Followers;
  readonly #events = frameBatch<ChatEvent>((batch) => this.#take(batch));

  constructor(host: Host, followers: Followers) {
    this.#host = host;
    this.#followers = followers;
  }

  /** What the command's channel brings; some of it may come before the command has answered. */
  push(batch: readonly ChatEvent[]): void {
    this.#events.push(batch);
  }

  begin(sent: SentMessage): void {
    this.sent = sent;
    if (this.stopping) this.#sendStop(sent.run_id);
    if (this.view.state !== "writing") this.#followers.onended(this);
  }

  stop(): void {
    if (this.stopping || this.view.state !== "writing") return;
    this.stopping = true;
    if (this.sent !== null) this.#sendStop(this.sent.run_id);
  }

  #take(batch: readonly ChatEvent[]): void {
    const before = this.view;
    if (before.state !== "writing") return;
    this.view = batch.reduce(reduceTurn, before);
    if (before.text === "" && this.view.text !== "") this.#followers.onwords();
    if (this.view.state !== "writing" && this.sent !== null) this.#followers.onended(this);
  }

  #sendStop(runId: string): void {
    this.#host.call("stop", { runId }).then(
      () => setTimeout(() => this.#take([{ kind: "stopped" }]), STOP_GRACE_MS),
      (reason: unknown) => {
        this.stopping = false;
        this.#followers.onfailure(commandFailure(reason).message);
      },
    );
  }
}
