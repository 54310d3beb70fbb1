// A host that is nothing but the interface: it records what it was asked and answers what a test tells it
// to. The preview drives it with a clock.
import type { CallName, Host, UploadName } from "../src/host/host";
import { CommandFailure } from "../src/host/host";
import type {
  CatalogView,
  CompareEvent,
  CompareRequest,
  Decision,
  EngineStatus,
  Measured,
  ModelsView,
  Performance,
  PerformanceQuery,
  Ranking,
  RecommendEvent,
  RunId,
  RunRequest,
  StartState,
  UsageImport,
  Weights,
} from "../src/protocol";
import { decision, models } from "./models-scene";
import { history } from "./performance-scene";
import { ranking, start } from "./scene";

/** The run that the window has asked for last. */
export interface FakeRun {
  request: RunRequest;
  send(...events: RecommendEvent[]): void;
}

/** The comparison that the window has asked for last. */
export interface FakeComparison {
  request: CompareRequest;
  send(...events: CompareEvent[]): void;
}

export class FakeHost implements Host {
  start: () => Promise<StartState> = () => Promise.resolve(start);
  recommend: (run: FakeRun) => Promise<RunId> = () => Promise.resolve("run-1");
  rerank: (run: RunRequest) => Promise<Ranking> = () => Promise.resolve(ranking());
  stop: (runId: RunId) => Promise<null> = () => Promise.resolve(null);
  performance: (query: PerformanceQuery) => Promise<Performance> = (query) => Promise.resolve(history(query));
  watchPerformance: () => Promise<null> = () => Promise.resolve(null);
  models: () => Promise<ModelsView> = () => Promise.resolve(models);
  compareModels: (comparison: FakeComparison) => Promise<RunId> = () => Promise.resolve("comparison-1");
  decideModels: (measured: Measured[], weights: Weights) => Promise<Decision | null> = (measured, weights) => Promise.resolve(decision(measured, weights));
  useModels: (fast: string, accurate: string) => Promise<ModelsView> = (fast, accurate) => Promise.resolve({ ...models, fast, accurate });
  importUsage: (name: string, bytes: Uint8Array) => Promise<UsageImport> = refused;
  importCatalog: (name: string, bytes: Uint8Array) => Promise<CatalogView> = refused;

  readonly asked: { name: CallName | UploadName; args: unknown }[] = [];
  readonly runs: FakeRun[] = [];
  readonly comparisons: FakeComparison[] = [];
  tellEngine: (status: EngineStatus) => void = () => {};
  /** Says that the history has changed. */
  tellHistory: (version: number) => void = () => {};

  readonly call: Host["call"] = (name, args, ...[onEvents]) => {
    this.asked.push({ name, args });
    // One table for all commands: its entries are checked below, the lookup by name can't be.
    const answers: { [Name in CallName]: (args: never, onEvents: never) => Promise<unknown> } = {
      start: () => this.start(),
      watch_engine: (_args: unknown, tell: (status: EngineStatus) => void) => {
        this.tellEngine = tell;
        return Promise.resolve(null);
      },
      recommend: ({ run }: { run: RunRequest }, tell: (events: RecommendEvent[]) => void) => {
        const fake: FakeRun = { request: run, send: (...events) => tell(events) };
        this.runs.push(fake);
        return this.recommend(fake);
      },
      rerank: ({ run }: { run: RunRequest }) => this.rerank(run),
      stop: ({ runId }: { runId: RunId }) => this.stop(runId),
      models: () => this.models(),
      compare_models: ({ request }: { request: CompareRequest }, tell: (event: CompareEvent) => void) => {
        const fake: FakeComparison = { request, send: (...events) => events.forEach(tell) };
        this.comparisons.push(fake);
        return this.compareModels(fake);
      },
      decide_models: ({ measured, weights }: { measured: Measured[]; weights: Weights }) => this.decideModels(measured, weights),
      use_models: ({ fast, accurate }: { fast: string; accurate: string }) => this.useModels(fast, accurate),
      performance: ({ query }: { query: PerformanceQuery }) => this.performance(query),
      watch_performance: (_args: unknown, tell: (version: number) => void) => {
        this.tellHistory = tell;
        return this.watchPerformance();
      },
    };
    return answers[name](args as never, onEvents as never) as never;
  };

  readonly upload: Host["upload"] = (name, fileName, bytes) => {
    this.asked.push({ name, args: { fileName, bytes } });
    const answers: { [Name in UploadName]: () => Promise<unknown> } = {
      import_usage: () => this.importUsage(fileName, bytes),
      import_catalog: () => this.importCatalog(fileName, bytes),
    };
    return answers[name]() as never;
  };

  calls(name: CallName | UploadName): unknown[] {
    return this.asked.filter((each) => each.name === name).map((each) => each.args);
  }
}

function refused(name: string): Promise<never> {
  return Promise.reject(new CommandFailure({ code: "bad_input", message: `${name}: not expected by this test.` }));
}
