// A host that is nothing but the interface: it records what it was asked and answers what a test tells it
// to. The preview drives it with a clock.
import type { CallName, Host, UploadName } from "../src/host/host";
import { CommandFailure } from "../src/host/host";
import type {
  AnswerAgain,
  CatalogView,
  ChatEvent,
  ChatStart,
  CompareEvent,
  CompareRequest,
  Conversation,
  ConversationFile,
  ConversationId,
  ConversationRow,
  Decision,
  DocumentEvent,
  DocumentText,
  EngineSpeedEvent,
  EngineStatus,
  ItemCatalogView,
  Measured,
  ModelsView,
  Performance,
  PerformanceQuery,
  Ranking,
  RecommendEvent,
  RunId,
  RunRequest,
  SendMessage,
  SentMessage,
  StartState,
  UsageImport,
  Weights,
} from "../src/protocol";
import { chatStart, conversation, conversationRows, documentText, sentAgain, sentMessage } from "./chat-scene";
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

/** The measurement of the engines that the window has asked for last. */
export interface FakeMeasurement {
  send(...events: EngineSpeedEvent[]): void;
}

/** The turn that the window has begun last, by asking or by asking again. */
export interface FakeTurn {
  message: SendMessage | AnswerAgain;
  send(...events: ChatEvent[]): void;
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
  useEngine: (engine: string | null) => Promise<ModelsView> = (engine) => Promise.resolve({ ...models, engine: { ...models.engine, chosen: engine } });
  measureEngines: (measurement: FakeMeasurement) => Promise<RunId> = () => Promise.resolve("measurement-1");
  importUsage: (name: string, bytes: Uint8Array) => Promise<UsageImport> = refused;
  importCatalog: (name: string, bytes: Uint8Array) => Promise<CatalogView> = refused;

  chatStart: () => Promise<ChatStart> = () => Promise.resolve(chatStart);
  conversations: (search: string) => Promise<ConversationRow[]> = () => Promise.resolve(conversationRows);
  conversation: (id: ConversationId) => Promise<Conversation> = (id) => Promise.resolve(conversation(id));
  /** `count` is how many turns have begun. */
  sendMessage: (message: SendMessage, count: number) => Promise<SentMessage> = (message, count) => Promise.resolve(sentMessage(message, count));
  answerAgain: (again: AnswerAgain, count: number) => Promise<SentMessage> = (again, count) => Promise.resolve(sentAgain(again, count));
  /** Deleting, restoring and renaming, of conversations and of what they are about. */
  change: (name: CallName) => Promise<null> = () => Promise.resolve(null);
  exportConversation: (id: ConversationId) => Promise<ConversationFile> = (id) => Promise.resolve({ file_name: `${id}.md`, text: "# Exported" });
  document: (id: string) => Promise<DocumentText> = (id) => Promise.resolve(documentText(id));
  importConversation: (name: string, bytes: Uint8Array) => Promise<ConversationRow> = refused;
  importItems: (name: string, bytes: Uint8Array) => Promise<ItemCatalogView> = refused;
  importDocument: (name: string, bytes: Uint8Array) => Promise<RunId> = refused;

  readonly asked: { name: CallName | UploadName; args: unknown }[] = [];
  readonly runs: FakeRun[] = [];
  readonly comparisons: FakeComparison[] = [];
  readonly measurements: FakeMeasurement[] = [];
  readonly turns: FakeTurn[] = [];
  tellDocuments: (event: DocumentEvent) => void = () => {};
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
      use_engine: ({ engine }: { engine: string | null }) => this.useEngine(engine),
      measure_engines: (_args: unknown, tell: (event: EngineSpeedEvent) => void) => {
        const fake: FakeMeasurement = { send: (...events) => events.forEach(tell) };
        this.measurements.push(fake);
        return this.measureEngines(fake);
      },
      performance: ({ query }: { query: PerformanceQuery }) => this.performance(query),
      watch_performance: (_args: unknown, tell: (version: number) => void) => {
        this.tellHistory = tell;
        return this.watchPerformance();
      },
      chat_start: () => this.chatStart(),
      conversations: ({ search }: { search: string }) => this.conversations(search),
      conversation: ({ id }: { id: ConversationId }) => this.conversation(id),
      send_message: ({ message }: { message: SendMessage }, tell: (events: ChatEvent[]) => void) => {
        this.turns.push({ message, send: (...events) => tell(events) });
        return this.sendMessage(message, this.turns.length);
      },
      answer_again: ({ again }: { again: AnswerAgain }, tell: (events: ChatEvent[]) => void) => {
        this.turns.push({ message: again, send: (...events) => tell(events) });
        return this.answerAgain(again, this.turns.length);
      },
      rename_conversation: () => this.change(name),
      delete_conversation: () => this.change(name),
      restore_conversation: () => this.change(name),
      export_conversation: ({ id }: { id: ConversationId }) => this.exportConversation(id),
      delete_items: () => this.change(name),
      delete_document: () => this.change(name),
      watch_documents: (_args: unknown, tell: (event: DocumentEvent) => void) => {
        this.tellDocuments = tell;
        return Promise.resolve(null);
      },
      document: ({ id }: { id: string }) => this.document(id),
      open_link: () => this.change(name),
    };
    return answers[name](args as never, onEvents as never) as never;
  };

  readonly upload: Host["upload"] = (name, fileName, bytes) => {
    this.asked.push({ name, args: { fileName, bytes } });
    const answers: { [Name in UploadName]: () => Promise<unknown> } = {
      import_usage: () => this.importUsage(fileName, bytes),
      import_catalog: () => this.importCatalog(fileName, bytes),
      import_conversation: () => this.importConversation(fileName, bytes),
      import_items: () => this.importItems(fileName, bytes),
      import_document: () => this.importDocument(fileName, bytes),
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
