// The Chat screen's scenes in the component browser.
//   &chat=empty | nothing | thread | streaming | long | kept | nearest | stopped | failed | interrupted | passage
import { CommandFailure } from "../src/host/host";
import type { ChatAnswer, ChatEvent, Conversation } from "../src/protocol";
import {
  ANSWER,
  answer,
  chatStart,
  conversation,
  conversationRows,
  found,
  items,
  longConversation,
  nearestMiss,
  question,
  reply,
  sentAgain,
  sentMessage,
  teas,
  turnEvents,
} from "../tests/chat-scene";
import type { FakeHost, FakeTurn } from "../tests/fake-host";

const WORD_MS = 30;
const LONG_TURNS = 500;

/** Goes to the scene as a person would. */
export function playChat(host: FakeHost, scene: string): void {
  let stopped = false;
  const stop = host.stop;
  host.stop = (id) => {
    stopped = true;
    return stop(id);
  };
  const play = async (turn: FakeTurn | undefined, events: readonly ChatEvent[]) => {
    stopped = false;
    for (const event of events) {
      await new Promise((resume) => setTimeout(resume, event.kind === "delta" ? WORD_MS : WORD_MS * 4));
      if (stopped) return turn?.send({ kind: "stopped" });
      turn?.send(event);
    }
  };
  const events = (text: string) => {
    const all = turnEvents(answer({ question: text, answer: scene === "long" ? `${ANSWER}\n\n`.repeat(6).trim() : ANSWER }));
    return scene === "streaming" ? all.slice(0, 22) : all;
  };
  host.sendMessage = (message, count) => {
    void play(host.turns.at(-1), events(message.text));
    return Promise.resolve(sentMessage(message, count));
  };
  host.answerAgain = (again, count) => {
    void play(host.turns.at(-1), events(ANSWER));
    return Promise.resolve(sentAgain(again, count));
  };
  host.conversations = (search) => Promise.resolve(search === "" ? [...conversationRows, ...more()] : found);
  host.conversation = (id) => Promise.resolve(scene === "long" ? longConversation(LONG_TURNS) : sceneOf(scene, id));
  host.importItems = (name) => Promise.resolve({ ...teas, id: name, name });
  host.importDocument = (name) => {
    const id = `import-${name}`;
    for (const step of [0, 1, 2, 3, 4, 5]) {
      setTimeout(() => host.tellDocuments({ kind: "progress", id, name, done: step * 20, total: 120 }), 200 + 600 * step);
    }
    return Promise.resolve(id);
  };
  if (scene === "nothing") host.chatStart = () => Promise.resolve({ catalogs: [], documents: [], words_only: null });
  else if (scene === "failed") host.chatStart = () => Promise.resolve({ ...chatStart, words_only: "the model for meaning isn't installed." });
  if (scene === "refused") {
    host.chatStart = () => Promise.reject(new CommandFailure({ code: "failed", message: "The database is locked. Close other windows of Sextant, then try again." }));
  }

  if (scene === "empty" || scene === "nothing" || scene === "refused") return;
  void (async () => {
    await pressWhenThere("nav-chat");
    // The list lies beside the thread, or over it once it is asked for.
    if (innerWidth <= 800) await pressWhenThere("toggle-column");
    await pressWhenThere("conversation-row");
    if (scene === "streaming") await pressWhenThere("quick-reply");
    if (scene === "passage") await pressWhenThere("citation");
  })();
}

async function pressWhenThere(testid: string): Promise<void> {
  for (;;) {
    const element = document.querySelector<HTMLElement>(`[data-testid=${testid}]`);
    if (element !== null) return element.click();
    await new Promise((resume) => setTimeout(resume, 50));
  }
}

function more(): typeof conversationRows {
  return Array.from({ length: 40 }, (_, index) => ({
    ...(conversationRows[1] ?? { id: "", title: "", updated_at: "", messages: 0, snippet: null }),
    id: `old-${index}`,
    title: `An older conversation, number ${index + 1}, with a longer name`,
    updated_at: new Date(Date.now() - (index + 1) * 86_400_000).toISOString(),
  }));
}

function sceneOf(scene: string, id: string): Conversation {
  const whole = conversation(id);
  const asked = question("q9", null, "Which gyokuro is under $12?\nIt is a present, so it should be a good one.");
  const alone = (of: ChatAnswer | null, ...rest: [Parameters<typeof reply>[3]?, string?]) => ({ ...whole, messages: [asked, reply("a9", "q9", of, ...rest)] });
  switch (scene) {
    case "kept":
      return alone(answer({ cache: { tier: "answer", hit: true }, total_ms: 1.2, context: { budget_tokens: 512, used_tokens: 500, turns_shown: 3, turns_dropped: 2 }, notes: ["The search was by words only."] }));
    case "nearest":
      return alone(answer({ items: [], matching: 0, nearest: nearestMiss, answer: "No gyokuro costs less than $12. The nearest is **Imperial Gyokuro**.", claims: [], citations: [] }));
    case "stopped":
      return alone(null, "stopped", "Three green teas cost less than");
    case "interrupted":
      return alone(null, "interrupted", "Three green");
    case "failed":
      return alone(null, "failed", "");
    case "streaming":
    case "thread":
    case "passage":
      return { ...whole, messages: [...whole.messages.slice(0, 2), question("q4", "a1", "Which is rated best, and how is it brewed?"), reply("a4b", "q4", answer({ items: items.slice(0, 1), matching: 1 }))] };
    default:
      return whole;
  }
}
