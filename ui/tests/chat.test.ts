// The Chat screen in the whole page, on a fake host.
import { fireEvent, render, screen, waitFor, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";

import App from "../src/App.svelte";
// Made ready before the first test, which would otherwise wait for it.
import "../src/features/chat/ChatScreen.svelte";
import { CommandFailure } from "../src/host/host";
import type { ChatAnswer, ChatEvent, SendMessage } from "../src/protocol";
import { ANSWER, answer, chatStart, conversation, conversationRows, found, GUIDE_TEXT, guide, longConversation, nearestMiss, question, reply, teas, turnEvents } from "./chat-scene";
import { FakeHost, type FakeTurn } from "./fake-host";

const user = userEvent.setup();
const downloads: { name: string; blob: Blob }[] = [];

beforeEach(() => {
  downloads.length = 0;
  let made: Blob = new Blob();
  URL.createObjectURL = (blob) => {
    made = blob as Blob;
    return "blob:made-here";
  };
  URL.revokeObjectURL = () => {};
  HTMLAnchorElement.prototype.click = function (this: HTMLAnchorElement) {
    downloads.push({ name: this.download, blob: made });
  };
});

/** Opens the page and goes to Chat. */
async function open(host = new FakeHost()): Promise<FakeHost> {
  render(App, { host });
  await user.click(await screen.findByTestId("nav-chat"));
  await screen.findByTestId("chat-input");
  await waitFor(() => expect(screen.getByTestId("chat")).not.toHaveAttribute("data-state", "loading"));
  return host;
}

/** Asks, and gives the turn that the host was asked for. */
async function ask(text: string, host?: FakeHost): Promise<{ host: FakeHost; turn: FakeTurn }> {
  const on = await open(host);
  await user.type(screen.getByTestId("chat-input"), `${text}{Enter}`);
  return { host: on, turn: turnOf(on) };
}

function turnOf(host: FakeHost): FakeTurn {
  const turn = host.turns.at(-1);
  if (turn === undefined) throw new Error("the question did not reach the host");
  return turn;
}

/** Opens the first conversation of the list. */
async function openFirst(host = new FakeHost()): Promise<FakeHost> {
  await open(host);
  const [first] = await screen.findAllByTestId("conversation-row");
  if (first === undefined) throw new Error("the list is empty");
  await user.click(first);
  await screen.findAllByTestId("message-assistant");
  await waitFor(() => expect(screen.queryByTestId("row-to-come")).toBeNull());
  return host;
}

/** A conversation of one question and this answer to it. */
async function openAnswer(...of: Parameters<typeof reply> extends [string, string, ...infer Rest] ? Rest : never): Promise<FakeHost> {
  const host = new FakeHost();
  host.conversation = (id) => Promise.resolve({ ...conversation(id), messages: [question("q", null, "Which?"), reply("a", "q", ...of)] });
  return openFirst(host);
}

function lastSent(host: FakeHost): SendMessage {
  return turnOf(host).message as SendMessage;
}

async function shown(): Promise<HTMLElement> {
  return (await screen.findAllByTestId("message-assistant")).at(-1) as HTMLElement;
}

describe("an empty conversation", () => {
  it("asks for nothing before the screen is opened, and then once", async () => {
    const host = new FakeHost();
    render(App, { host });
    await screen.findByTestId("nav-chat");
    expect(host.calls("chat_start")).toHaveLength(0);
    await user.click(screen.getByTestId("nav-chat"));
    await screen.findByTestId("chat-empty");
    await user.click(screen.getByTestId("nav-recommend"));
    await user.click(screen.getByTestId("nav-chat"));
    expect(host.calls("chat_start")).toHaveLength(1);
  });

  it("says what can be asked and asks it at a press", async () => {
    const host = await open();
    expect(screen.getByTestId("chat-empty")).toHaveTextContent("Ask about teas.csv");
    await user.click(screen.getAllByTestId("suggestion")[0] as HTMLElement);
    expect(lastSent(host)).toMatchObject({ conversation: null, parent: null, text: "Which green teas are under $12?", catalog: "teas" });
  });

  it("says what to do where there is nothing to ask about", async () => {
    const host = new FakeHost();
    host.chatStart = () => Promise.resolve({ ...chatStart, catalogs: [], documents: [] });
    await open(host);
    expect(screen.getByTestId("chat-empty")).toHaveTextContent("Nothing to ask about yet");
    await user.type(screen.getByTestId("chat-input"), "anything?{Enter}");
    expect(host.turns).toHaveLength(0);
    expect(screen.getByTestId("composer-hint")).toHaveTextContent("import a list or a document");
    expect(screen.getByTestId("chat-input")).toHaveValue("anything?");
  });

  it("can be tried again where it could not be opened", async () => {
    const host = new FakeHost();
    host.chatStart = () => Promise.reject(new CommandFailure({ code: "failed", message: "The database is locked." }));
    await open(host);
    expect(await screen.findByTestId("chat-error")).toHaveTextContent("The database is locked.");
    host.chatStart = () => Promise.resolve(chatStart);
    await user.click(screen.getByText("Try again"));
    expect(await screen.findByTestId("chat-empty")).toBeVisible();
  });
});

describe("a turn", () => {
  it("shows what was understood, then cards, then words, then all that belongs to the answer", async () => {
    const { turn } = await ask("green teas under $12");
    expect(await screen.findByTestId("message-person")).toHaveTextContent("green teas under $12");
    expect(await shown()).toHaveAttribute("data-state", "writing");
    const events = turnEvents();
    turn.send(...events.slice(0, 2));
    await waitFor(() => expect(screen.getAllByTestId("condition-chip").map((chip) => chip.textContent)).toEqual(["green", "under $12"]));
    expect(screen.queryByTestId("item-card")).toBeNull();
    turn.send(...events.slice(2, 6));
    await waitFor(() => expect(screen.getAllByTestId("item-card").map((card) => card.dataset["id"])).toEqual(["t-11", "t-24", "t-07"]));
    expect(screen.getByTestId("chat-text")).toHaveTextContent("Three green teas");
    expect(screen.queryByTestId("quick-reply")).toBeNull();
    turn.send(...events.slice(6));
    await waitFor(() => expect(screen.getByTestId("message-assistant")).toHaveAttribute("data-state", "done"));
    expect(screen.getByTestId("first-token")).toHaveTextContent("342 ms");
    expect(screen.getByTestId("answer-foot")).toHaveTextContent("80 tok/s");
    expect(screen.getByTestId("chat-status")).toHaveTextContent("Answer: Three green teas");
    expect(performance.getEntriesByName("chat-sent").length).toBeGreaterThan(0);
    await waitFor(() => expect(performance.getEntriesByName("chat-first-words").length).toBeGreaterThan(0));
  });

  it("has cards that begin with what the question is about", async () => {
    await openAnswer(answer());
    const card = (await screen.findAllByTestId("item-card"))[0] as HTMLElement;
    expect(within(card).getByRole("heading")).toHaveTextContent("Morning Fog Sencha");
    expect(within(card).getByTestId("card-price")).toHaveTextContent("$8.40per 50 g");
    expect(within(card).getAllByRole("term").map((term) => term.textContent)).toEqual(["Kind", "Origin", "Cultivar", "Harvest"]);
    expect(card).toHaveTextContent("Rated 93");
  });

  it("marks a nearest miss with what it misses", async () => {
    await openAnswer(answer({ items: [], matching: 0, nearest: nearestMiss }));
    expect(await screen.findByTestId("nearest-card")).toHaveTextContent("Comes nearest, but isn't: under $12");
    expect(screen.getByTestId("matching")).toHaveTextContent("nothing matches");
    expect(screen.queryByTestId("item-card")).toBeNull();
  });

  it("is stopped by Escape and by the button, and keeps its words", async () => {
    const { host, turn } = await ask("green teas");
    turn.send(...turnEvents().slice(0, 6));
    await waitFor(() => expect(screen.getByTestId("chat-text")).toHaveTextContent("Three green teas"));
    await user.keyboard("{Escape}");
    expect(host.calls("stop")).toEqual([{ runId: "turn-1" }]);
    expect(screen.getByTestId("composer-hint")).toHaveTextContent("Stopping…");
    turn.send({ kind: "stopped" });
    await waitFor(() => expect(screen.getByTestId("message-assistant")).toHaveAttribute("data-state", "stopped"));
    expect(screen.getByTestId("answer-ending")).toHaveTextContent("Stopped; the words so far.");
    expect(screen.getByTestId("chat-text")).toHaveTextContent("Three green teas");
    await user.click(screen.getByTestId("answer-again"));
    await user.click(await screen.findByTestId("chat-stop"));
    expect(host.calls("answer_again")).toHaveLength(1);
    expect(host.calls("stop")).toHaveLength(2);
  });

  it("keeps the focus where Send becomes Stop", async () => {
    await open();
    await user.type(screen.getByTestId("chat-input"), "green teas");
    screen.getByTestId("chat-send").focus();
    await user.keyboard("{Enter}");
    expect(await screen.findByTestId("chat-stop")).toHaveFocus();
  });

  it("goes on while another screen is shown, and the navigation says so", async () => {
    const { turn } = await ask("green teas");
    await user.click(screen.getByTestId("nav-recommend"));
    expect(screen.getByTestId("nav-chat")).toHaveAccessibleName("Chat, answering");
    turn.send(...turnEvents());
    await waitFor(() => expect(screen.getByTestId("nav-chat")).toHaveAccessibleName("Chat"));
    await user.click(screen.getByTestId("nav-chat"));
    expect(await screen.findByTestId("chat-text")).toHaveTextContent("Kettle Green");
  });

  it("says why it could not be asked and gives the question back", async () => {
    const host = new FakeHost();
    host.sendMessage = () => Promise.reject(new CommandFailure({ code: "failed", message: "The disk is full. Free some space, then ask again." }));
    await ask("green teas", host);
    expect(await screen.findByTestId("chat-failure")).toHaveTextContent("The disk is full.");
    expect(screen.getByTestId("chat-input")).toHaveValue("green teas");
  });

  it("breaks the line at Shift+Enter and sends at Enter", async () => {
    const host = await open();
    await user.type(screen.getByTestId("chat-input"), "one{Shift>}{Enter}{/Shift}two{Enter}");
    expect(lastSent(host).text).toBe("one\ntwo");
  });

  it.each<[string, ChatEvent[], string]>([
    ["failed", [{ kind: "failed", error: { code: "worker_died", message: "The model's process ended. Answer again." } }], "The model's process ended."],
    ["stopped", [{ kind: "stopped" }], "Stopped before the first word."],
  ])("that %s says what to do", async (state, events, says) => {
    const { turn } = await ask("green teas");
    turn.send(...events);
    await waitFor(() => expect(screen.getByTestId("message-assistant")).toHaveAttribute("data-state", state));
    expect(screen.getByTestId("answer-ending")).toHaveTextContent(says);
    expect(screen.getByTestId("answer-again")).toBeEnabled();
  });

  it("that the app's end interrupted says so", async () => {
    await openAnswer(null, "interrupted", "Three green");
    expect(await screen.findByTestId("answer-ending")).toHaveTextContent("The app ended while this was written.");
    expect(screen.getByTestId("answer-again")).toBeEnabled();
  });
});

describe("an answer's foot", () => {
  const kept: Partial<ChatAnswer> = {
    cache: { tier: "answer", hit: true },
    kept_for: "green teas below $12",
    context: { budget_tokens: 512, used_tokens: 500, turns_shown: 3, turns_dropped: 2 },
    notes: ["The search was by words only."],
    errors: [{ code: "timed_out", message: "The model took too long; the words are the template's." }],
  };

  it("tells a kept answer, what was left out, notes and errors, and asks afresh as a branch", async () => {
    const host = await openAnswer(answer(kept));
    expect(await screen.findByTestId("cache-hit")).toHaveTextContent("kept answer to “green teas below $12”");
    expect(screen.getByTestId("turns-dropped")).toHaveTextContent("2 earlier turns left out");
    expect(screen.getByTestId("answer-note")).toHaveTextContent("by words only");
    expect(screen.getByTestId("answer-errors")).toHaveTextContent("took too long");
    await user.click(screen.getByTestId("ask-afresh"));
    expect(host.calls("answer_again")).toEqual([{ again: { conversation: "c-1", question: "q", catalog: "teas" } }]);
  });

  it("says where no model was asked", async () => {
    await openAnswer(answer({ model: "none", first_token_ms: null, stages: [] }));
    expect(await screen.findByTestId("answer-foot")).toHaveTextContent("no model asked");
    expect(screen.queryByTestId("first-token")).toBeNull();
  });
});

describe("what can be asked next", () => {
  it("is sent at a press, from the last answer only", async () => {
    const host = await openFirst();
    const replies = await screen.findAllByTestId("quick-reply");
    expect(replies.map((each) => each.textContent?.trim())).toEqual(["And from Japan?"]);
    await user.click(replies[0] as HTMLElement);
    expect(lastSent(host)).toMatchObject({ conversation: "c-1", parent: "a4", text: "And from Japan?" });
  });
});

describe("a citation", () => {
  it("opens the passage in its document, marked, and gives the focus back", async () => {
    const host = await openAnswer(answer());
    const chip = within(await screen.findByRole("list", { name: "Sources" })).getByTestId("citation");
    await user.click(chip);
    const panel = await screen.findByTestId("passage-panel");
    expect(await within(panel).findByTestId("passage-cited")).toHaveTextContent("Sencha steeps for 60 to 90 seconds at 70 °C; a minute longer makes it bitter.");
    expect(host.calls("document")).toEqual([{ id: "guide" }]);
    await user.keyboard("{Escape}");
    expect(screen.queryByTestId("passage-panel")).toBeNull();
    expect(chip).toHaveFocus();
  });

  it("of a document that is gone shows what was quoted", async () => {
    const host = await openAnswer(answer());
    host.document = () => Promise.reject(new CommandFailure({ code: "not_found", message: "brewing-guide.md was deleted. Import it again." }));
    await user.click(within(await screen.findByRole("list", { name: "Sources" })).getByTestId("citation"));
    const panel = await screen.findByTestId("passage-panel");
    expect(await within(panel).findByRole("alert")).toHaveTextContent("brewing-guide.md was deleted.");
    expect(within(panel).getByTestId("passage-cited")).toHaveTextContent("Sencha steeps");
    expect(GUIDE_TEXT).toContain("Sencha steeps");
  });
});

describe("branches", () => {
  it("are gone through with the buttons, and the thread follows", async () => {
    await openFirst();
    await waitFor(async () => expect(await shown()).toHaveTextContent("Jade Steps, from Linden Tea House."));
    const answers = within(await shown());
    expect(answers.getByTestId("branch-position")).toHaveTextContent("2 / 2");
    await user.click(answers.getByTestId("branch-previous"));
    await waitFor(async () => expect(await shown()).toHaveTextContent("Jade Steps is."));
    const questions = screen.getAllByTestId("message-person");
    await user.click(within(questions.at(-1) as HTMLElement).getByTestId("branch-previous"));
    await waitFor(async () => expect(await shown()).toHaveTextContent("Morning Fog Sencha."));
    expect(within(screen.getAllByTestId("message-person").at(-1) as HTMLElement).getByTestId("branch-previous")).toHaveAttribute("aria-disabled", "true");
  });

  it("come from editing a question", async () => {
    const host = await openFirst();
    await user.click(screen.getAllByTestId("edit-message").at(-1) as HTMLElement);
    const field = await screen.findByTestId("edit-input");
    expect(field).toHaveFocus();
    await user.clear(field);
    await user.type(field, "Which is the oldest?{Enter}");
    expect(lastSent(host)).toMatchObject({ conversation: "c-1", parent: "a1", text: "Which is the oldest?" });
    await waitFor(() => expect(screen.getAllByTestId("branch-position").map((each) => each.textContent)).toContain("3 / 3"));
  });

  it("don't come from an edit that is called off", async () => {
    const host = await openFirst();
    await user.click(screen.getAllByTestId("edit-message")[0] as HTMLElement);
    await user.type(await screen.findByTestId("edit-input"), " or not{Escape}");
    expect(screen.queryByTestId("edit-input")).toBeNull();
    expect(host.turns).toHaveLength(0);
  });
});

describe("the list of conversations", () => {
  it("is searched, with the found words marked", async () => {
    const host = await open();
    host.conversations = (search) => Promise.resolve(search === "sencha" ? found : conversationRows);
    await user.type(screen.getByTestId("conversation-search"), "sencha");
    await waitFor(() => expect(screen.getAllByTestId("conversation-row")).toHaveLength(1));
    const marked = [...screen.getByTestId("conversation-row").querySelectorAll("mark")].map((mark) => mark.textContent);
    expect(marked).toEqual(["sencha", "seconds"]);
  });

  it("renames in place from the keyboard", async () => {
    const host = await open();
    const [first] = await screen.findAllByTestId("conversation-row");
    first?.focus();
    await user.keyboard("{F2}");
    await user.clear(screen.getByTestId("rename-input"));
    await user.type(screen.getByTestId("rename-input"), "Spring teas{Enter}");
    expect(host.calls("rename_conversation")).toEqual([{ id: "c-1", title: "Spring teas" }]);
  });

  it("deletes with a way back", async () => {
    const host = await openFirst();
    await user.click(screen.getAllByTestId("delete-conversation")[0] as HTMLElement);
    expect(await screen.findByTestId("undo-notice")).toHaveTextContent("Deleted “Green teas under $12”");
    expect(screen.getByTestId("chat-empty")).toBeVisible();
    await user.click(screen.getByTestId("undo-delete"));
    expect(host.calls("restore_conversation")).toEqual([{ id: "c-1" }]);
    expect(await screen.findAllByTestId("message-assistant")).not.toHaveLength(0);
    expect(screen.queryByTestId("undo-notice")).toBeNull();
  });

  it("exports what is shown and imports a file", async () => {
    const host = await openFirst();
    await user.click(screen.getByTestId("export-markdown"));
    await waitFor(() => expect(downloads.map(({ name }) => name)).toEqual(["c-1.md"]));
    expect(host.calls("export_conversation")).toEqual([{ id: "c-1", leaf: "a4", format: "markdown" }]);
    host.importConversation = () => Promise.resolve({ ...(conversationRows[1] as (typeof conversationRows)[number]), id: "c-9" });
    await user.upload(screen.getByTestId("import-conversation"), new File(["{}"], "kept.json"));
    await waitFor(() => expect(host.calls("conversation").at(-1)).toEqual({ id: "c-9" }));
  });
});

describe("what is asked about", () => {
  it("is picked, and documents alone can be", async () => {
    const host = await open();
    await user.selectOptions(screen.getByTestId("catalog-picker"), "plans.csv · 676 records");
    await user.type(screen.getByTestId("chat-input"), "one{Enter}");
    expect(lastSent(host).catalog).toBe("plans");
    await user.click(screen.getByTestId("new-chat"));
    await user.selectOptions(screen.getByTestId("catalog-picker"), "Documents only");
    await user.type(screen.getByTestId("chat-input"), "two{Enter}");
    expect(lastSent(host).catalog).toBeNull();
  });

  it("grows by a list, with what was recognised and noted", async () => {
    const host = await open();
    host.importItems = (name) => Promise.resolve({ ...teas, id: "more", name });
    await user.upload(screen.getByTestId("import-items"), new File(["a,b"], "more.csv"));
    await waitFor(() => expect(screen.getByTestId("catalog-picker")).toHaveValue("more"));
    expect(within(screen.getByRole("region", { name: "Asked about" })).getByText("4 columns recognised")).toBeVisible();
    host.importItems = () => Promise.reject(new CommandFailure({ code: "bad_input", message: "Line 3 has too many cells." }));
    await user.upload(screen.getByTestId("import-items"), new File(["a"], "bad.csv"));
    expect(await screen.findByTestId("items-import-error")).toHaveTextContent("Line 3 has too many cells.");
  });

  it("grows by a document, with its progress and a way to stop it", async () => {
    const host = await open();
    host.importDocument = () => Promise.resolve("import-1");
    await user.upload(screen.getByTestId("import-document"), new File(["# a"], "notes.md"));
    host.tellDocuments({ kind: "progress", id: "import-1", name: "notes.md", done: 20, total: 120 });
    expect(await screen.findByTestId("document-import")).toHaveTextContent("20 / 120");
    await user.click(screen.getByTestId("stop-import"));
    expect(host.calls("stop")).toEqual([{ runId: "import-1" }]);
    host.tellDocuments({ kind: "imported", id: "import-1", document: { ...guide, id: "notes", name: "notes.md" }, replaced: false });
    await waitFor(() => expect(screen.getAllByTestId("document-row")).toHaveLength(2));
    expect(screen.queryByTestId("document-import")).toBeNull();
  });

  it("is deleted after it was asked whether it should be", async () => {
    const host = await open();
    await user.click(screen.getByTestId("delete-document"));
    expect(host.calls("delete_document")).toHaveLength(0);
    await user.click(screen.getByTestId("delete-document-confirm"));
    expect(host.calls("delete_document")).toEqual([{ id: "guide" }]);
  });

  it("takes a file that is dropped, on this screen only", async () => {
    const host = await open();
    host.importItems = (name) => Promise.resolve({ ...teas, id: "more", name });
    const dataTransfer = { types: ["Files"], files: [new File(["a,b"], "more.csv")], dropEffect: "none" };
    await fireEvent.dragEnter(document.body, { dataTransfer });
    expect(screen.getByTestId("drop-overlay")).toHaveTextContent("asks about them");
    expect(dataTransfer.dropEffect).toBe("copy");
    await fireEvent.drop(document.body, { dataTransfer });
    await waitFor(() => expect(host.calls("import_items")).toHaveLength(1));
    expect(host.calls("import_catalog")).toHaveLength(0);
    await user.click(screen.getByTestId("nav-models"));
    await fireEvent.drop(document.body, { dataTransfer });
    expect(host.calls("import_items")).toHaveLength(1);
  });
});

describe("a long conversation", () => {
  it("has only what is in sight in the page", async () => {
    const host = new FakeHost();
    host.conversation = () => Promise.resolve(longConversation(500));
    await openFirst(host);
    await waitFor(() => expect(screen.getAllByTestId(/^message-/).length).toBeGreaterThan(5));
    expect(screen.getAllByTestId(/^message-/).length).toBeLessThan(60);
  });

  it("is a log that isn't read out as it moves", async () => {
    await openFirst();
    expect(screen.getByRole("log", { name: "Green teas under $12" })).toHaveAttribute("aria-live", "off");
    expect(ANSWER).toContain("medals");
  });
});
