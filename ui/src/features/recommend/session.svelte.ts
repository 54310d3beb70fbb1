// The Recommend screen's state and everything that changes it. The exact ranking always belongs to the
// form as it stands: any change that moves figures asks for a re-rank at once, and a run adds the model's
// judgement and words. The words are shown only beside the home and list that they are about.
import { flushSync } from "svelte";

import { commandFailure, type Host } from "../../host/host";
import type {
  CatalogView,
  CommandError,
  HomeView,
  PackView,
  Ranking,
  RecommendEvent,
  RunRequest,
  StartState,
  UsageImport,
} from "../../protocol";
import { readFile, UnreadableFile, type ImportState } from "../../shared/files";
import { frameBatch, type FrameBatch } from "../../shared/frames";
import { latestOnly } from "../../shared/latest";
import { guessKind, type FileKind } from "./files";
import { figuresKey, runRequest, sameSubject, startForm, withCatalog, type Form } from "./form";
import { markRerank } from "./paint";
import { beginRun, isUnderWay, noRun, reduceRun, sameOrder, type RunView } from "./run";

interface Rerank {
  run: RunRequest;
  /** When the person's hand moved, on the performance clock; `null` where none did. */
  movedAt: number | null;
}

/** A run that was stopped says so at once; one that died without a word must not hold the form for ever. */
const STOP_GRACE_MS = 1000;

export class RecommendSession {
  readonly pack: PackView;
  /** What there is to know from the start. */
  readonly notices: readonly string[];
  homes = $state.raw<readonly HomeView[]>([]);
  catalogs = $state.raw<readonly CatalogView[]>([]);
  form: Form;
  run = $state.raw<RunView>(noRun);
  /** What is on screen; it stays until the next one has arrived. */
  ranking = $state.raw<Ranking | null>(null);
  /** Why the last run or re-rank could not be done. */
  failure = $state.raw<CommandError | null>(null);
  usageImport = $state.raw<ImportState<UsageImport>>({ kind: "none" });
  catalogImport = $state.raw<ImportState<CatalogView>>({ kind: "none" });

  readonly home = $derived(this.homes.find((home) => home.id === this.form.homeId));
  readonly catalog = $derived(this.catalogs.find((catalog) => catalog.id === this.form.catalogId));
  readonly currency = $derived(this.catalog?.currency ?? "USD");
  readonly underWay = $derived(isUnderWay(this.run));
  /** Whether the run's words are about what is on screen. */
  readonly wordsApply = $derived.by(() => sameSubject(this.run.request, this.form));
  /** Whether the order has changed since the words were written. */
  readonly wordsAreStale = $derived(
    this.ranking !== null && this.run.ranking !== null && !sameOrder(this.ranking, this.run.ranking),
  );

  readonly #host: Host;
  readonly #rerank;
  #events: FrameBatch<RecommendEvent> = frameBatch(() => {});
  #runKey: string | null = null;
  #stopAsked = false;

  constructor(host: Host, start: StartState) {
    this.#host = host;
    this.pack = start.pack;
    this.notices = start.notices;
    this.homes = start.homes;
    this.catalogs = start.catalogs;
    this.form = $state.raw(startForm(start));
    this.#rerank = latestOnly<Rerank, Ranking>(
      ({ run }) => this.#host.call("rerank", { run }),
      (ranking, { movedAt }) => this.#showRanking(ranking, movedAt),
      (reason) => {
        this.failure = commandFailure(reason);
        this.ranking = null;
      },
    );
    this.#followForm(null);
  }

  /** `movedAt` is the event's time stamp where a hand moved a control. */
  setForm(change: Partial<Form>, movedAt: number | null = null): void {
    const before = this.form;
    const catalog = this.catalogs.find((each) => each.id === (change.catalogId ?? before.catalogId));
    const moved = catalog === undefined ? before : withCatalog(before, catalog);
    this.form = { ...moved, ...change };
    // The person has moved on to another home or list: nobody waits for the words about this one.
    if (this.underWay && !this.wordsApply) this.stop();
    if (this.#key(before) !== this.#key(this.form)) this.#followForm(movedAt);
  }

  recommend({ useCache = true }: { useCache?: boolean } = {}): void {
    if (this.underWay || this.home === undefined || this.catalog === undefined) return;
    const request = this.#request(this.form, useCache);
    this.#rerank.cancel();
    this.#events.clear();
    this.#runKey = figuresKey(request);
    this.#stopAsked = false;
    this.failure = null;
    this.run = beginRun(request);

    // Each run has its own batch, so that what a former run still sends is never taken for this one's.
    const events = frameBatch<RecommendEvent>((batch) => {
      if (this.#events === events) this.#take(batch);
    });
    this.#events = events;
    this.#host.call("recommend", { run: request }, (batch) => events.push(batch)).then(
      (runId) => {
        if (this.#events !== events) return;
        this.run = { ...this.run, runId };
        if (this.#stopAsked) this.#sendStop(runId);
      },
      (reason: unknown) => {
        if (this.#events !== events) return;
        this.failure = commandFailure(reason);
        this.run = { ...this.run, phase: "failed" };
      },
    );
  }

  stop(): void {
    if (this.run.phase !== "running") return;
    this.run = { ...this.run, phase: "stopping" };
    this.#stopAsked = true;
    if (this.run.runId !== null) this.#sendStop(this.run.runId);
  }

  async openFile(file: File, kind?: FileKind): Promise<void> {
    const taken = kind ?? (await guessKind(file));
    await (taken === "usage" ? this.#openUsage(file) : this.#openCatalog(file));
  }

  async #openUsage(file: File): Promise<void> {
    const fileName = file.name;
    this.usageImport = { kind: "reading", fileName };
    try {
      const imported = await this.#host.upload("import_usage", fileName, await readFile(file));
      this.homes = [...this.homes.filter((home) => !imported.homes.some(({ id }) => id === home.id)), ...imported.homes];
      this.usageImport = { kind: "done", fileName, imported };
      const first = imported.homes[0];
      if (first !== undefined) this.setForm({ homeId: first.id });
    } catch (reason) {
      this.usageImport = { kind: "failed", fileName, message: importMessage(reason) };
    }
  }

  async #openCatalog(file: File): Promise<void> {
    const fileName = file.name;
    this.catalogImport = { kind: "reading", fileName };
    try {
      const imported = await this.#host.upload("import_catalog", fileName, await readFile(file));
      this.catalogs = [...this.catalogs.filter(({ id }) => id !== imported.id), imported];
      this.catalogImport = { kind: "done", fileName, imported };
      this.setForm({ catalogId: imported.id });
    } catch (reason) {
      this.catalogImport = { kind: "failed", fileName, message: importMessage(reason) };
    }
  }

  #take(batch: readonly RecommendEvent[]): void {
    const before = this.run;
    this.run = batch.reduce(reduceRun, before);
    const { ranking, failure } = this.run;
    // A slider may have moved since the run began; its re-rank is newer than the run's order.
    if (ranking !== null && ranking !== before.ranking && this.#key(this.form) === this.#runKey) {
      this.#rerank.cancel();
      this.ranking = ranking;
    }
    if (failure !== null && failure !== before.failure) {
      this.failure = { code: "failed", message: failure.message };
    }
  }

  /** Brings the ranking to where the form is. */
  #followForm(movedAt: number | null): void {
    if (this.home === undefined || this.catalog === undefined) {
      this.#rerank.cancel();
      this.ranking = null;
      return;
    }
    if (this.run.ranking !== null && this.#key(this.form) === this.#runKey) {
      this.#rerank.cancel();
      this.#showRanking(this.run.ranking, movedAt);
      return;
    }
    this.#rerank.request({ run: this.#request(this.form, true), movedAt });
  }

  #showRanking(ranking: Ranking, movedAt: number | null): void {
    const answeredAt = performance.now();
    flushSync(() => {
      this.ranking = ranking;
      this.failure = null;
    });
    if (movedAt !== null) markRerank(movedAt, answeredAt);
  }

  #sendStop(runId: string): void {
    this.#stopAsked = false;
    const events = this.#events;
    this.#host.call("stop", { runId }).then(
      () =>
        setTimeout(() => {
          if (this.#events === events && this.run.phase === "stopping") {
            this.run = { ...this.run, phase: "stopped" };
          }
        }, STOP_GRACE_MS),
      (reason: unknown) => {
        this.failure = commandFailure(reason);
        if (this.run.phase === "stopping") this.run = { ...this.run, phase: "running" };
      },
    );
  }

  #key(form: Form): string {
    return figuresKey(this.#request(form, true));
  }

  #request(form: Form, useCache: boolean): RunRequest {
    const catalog = this.catalogs.find((each) => each.id === form.catalogId);
    return runRequest(form, catalog, this.pack.criteria, useCache);
  }
}

function importMessage(reason: unknown): string {
  return reason instanceof UnreadableFile ? reason.message : commandFailure(reason).message;
}
