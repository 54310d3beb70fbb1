// One piece of work at a time that the app does, tells about, and can be stopped at. What a former piece of
// work still sends is never taken for this one's.
import { commandFailure, type Host } from "../../host/host";
import type { RunId } from "../../protocol";

export type WorkState<Progress> =
  | { kind: "idle" }
  /** `progress` is missing until the first word has come, and `unstopped` says why it could not be stopped. */
  | { kind: "running" | "stopping"; progress: Progress | null; unstopped: string | null }
  | End;

export type End = { kind: "finished" } | { kind: "stopped" } | { kind: "failed"; message: string };

/** Work that was stopped says so at once; work that died without a word must not hold the form for ever. */
const STOP_GRACE_MS = 1000;

interface Started {
  runId: RunId | null;
  isStopAsked: boolean;
}

export class Work<Progress> {
  state = $state.raw<WorkState<Progress>>({ kind: "idle" });
  readonly #host: Host;
  #started: Started | null = null;

  constructor(host: Host) {
    this.#host = host;
  }

  get underWay(): boolean {
    return this.state.kind === "running" || this.state.kind === "stopping";
  }

  /** Does nothing while it is under way. `take` is given what the work tells, and calls `progress` and `end`. */
  begin<Event>(call: (tell: (event: Event) => void) => Promise<RunId>, take: (event: Event) => void): void {
    if (this.underWay) return;
    const started: Started = { runId: null, isStopAsked: false };
    this.#started = started;
    this.state = { kind: "running", progress: null, unstopped: null };
    const tell = (event: Event) => {
      if (this.#started === started) take(event);
    };
    call(tell).then(
      (runId) => {
        started.runId = runId;
        if (started.isStopAsked) this.#sendStop(started, runId);
      },
      (reason: unknown) => this.#end(started, { kind: "failed", message: commandFailure(reason).message }),
    );
  }

  progress(advance: (before: Progress | null) => Progress): void {
    const before = this.state;
    if (before.kind === "running" || before.kind === "stopping") this.state = { ...before, progress: advance(before.progress) };
  }

  end(end: End): void {
    if (this.#started !== null) this.#end(this.#started, end);
  }

  stop(): void {
    const started = this.#started;
    if (this.state.kind !== "running" || started === null) return;
    this.state = { ...this.state, kind: "stopping", unstopped: null };
    started.isStopAsked = true;
    if (started.runId !== null) this.#sendStop(started, started.runId);
  }

  #end(started: Started, end: End): void {
    if (this.#started !== started) return;
    this.#started = null;
    this.state = end;
  }

  #sendStop(started: Started, runId: RunId): void {
    started.isStopAsked = false;
    this.#host.call("stop", { runId }).then(
      () => setTimeout(() => this.#end(started, { kind: "stopped" }), STOP_GRACE_MS),
      (reason: unknown) => {
        const before = this.state;
        if (this.#started !== started || before.kind !== "stopping") return;
        this.state = { ...before, kind: "running", unstopped: commandFailure(reason).message };
      },
    );
  }
}
