// When the session asks the host, and what it makes of what comes back late or out of turn.
import { beforeEach, describe, expect, it } from "vitest";

import { answer, ANSWER, chatStart, conversation, guide, NOW_MS, sentMessage, teas, turnEvents } from "../../../tests/chat-scene";
import { FakeHost } from "../../../tests/fake-host";
import { CommandFailure } from "../../host/host";
import type { SendMessage, SentMessage } from "../../protocol";
import { ChatSession } from "./session.svelte";

let host: FakeHost;
beforeEach(() => {
  host = new FakeHost();
});

async function begin(): Promise<ChatSession> {
  const session = new ChatSession(host, () => NOW_MS);
  session.show();
  await settled();
  return session;
}

async function opened(id = "c-1"): Promise<ChatSession> {
  const session = await begin();
  await session.openConversation(id);
  return session;
}

/** A frame and what follows from it. */
async function frame(): Promise<void> {
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0)));
}

function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

function lastSent(): SendMessage {
  return host.turns.at(-1)?.message as SendMessage;
}

function shownAnswer(session: ChatSession) {
  const message = session.message(session.shown.at(-1) ?? "");
  if (message === undefined) throw new Error("no message is shown");
  return session.answer(message);
}

describe("a question", () => {
  it("begins a conversation about the first list", async () => {
    const session = await begin();
    session.setDraft("  green teas ");
    session.ask();
    expect(lastSent()).toEqual({ conversation: null, parent: null, text: "green teas", catalog: "teas", use_cache: true });
    expect(session.draft).toBe("");
    await settled();
    expect(session.open.id).toBe("c-new");
    expect(session.shown).toEqual(["sent-q1", "sent-a1"]);
  });

  it("follows the last message that is shown, not the last that was written", async () => {
    const session = await opened();
    session.choose("q2");
    expect(session.shown).toEqual(["q1", "a1", "q2", "a2"]);
    session.send("and the heaviest?");
    expect(lastSent()).toMatchObject({ conversation: "c-1", parent: "a2" });
  });

  it("that is edited is asked again beside the question as it was", async () => {
    const session = await opened();
    session.edit("q3");
    session.setEdited("Which is from Japan?");
    session.resend();
    expect(lastSent()).toMatchObject({ parent: "a1", text: "Which is from Japan?" });
    await settled();
    expect(session.besides("sent-q1")).toEqual(["q2", "q3", "sent-q1"]);
    expect(session.shown.at(-1)).toBe("sent-a1");
  });

  it("that could not be asked comes back into the composer, with the reason", async () => {
    host.sendMessage = () => Promise.reject(new CommandFailure({ code: "failed", message: "The disk is full." }));
    const session = await begin();
    session.setDraft("green teas");
    session.ask();
    await settled();
    expect([session.draft, session.failure, session.answering]).toEqual(["green teas", "The disk is full.", false]);
  });

  it("is one at a time in a conversation", async () => {
    const session = await opened();
    session.send("one");
    session.send("two");
    await settled();
    session.send("three");
    session.answerAgain("q1");
    expect(host.turns).toHaveLength(1);
  });

  it("waits for something to ask about", async () => {
    host.chatStart = () => Promise.resolve({ ...chatStart, catalogs: [], documents: [] });
    const session = await begin();
    session.send("anything?");
    expect(session.canAsk).toBe(false);
    expect(host.turns).toHaveLength(0);
  });
});

describe("a turn", () => {
  it("takes events that come before the command has answered", async () => {
    let resolve: (sent: SentMessage) => void = () => {};
    host.sendMessage = () => new Promise((done) => (resolve = done));
    const session = await begin();
    session.send("green teas");
    host.turns[0]?.send(...turnEvents());
    await frame();
    resolve(sentMessage(lastSent(), 1));
    await settled();
    expect(shownAnswer(session)).toMatchObject({ state: "done", text: ANSWER });
    expect(session.answering).toBe(false);
  });

  it("takes no more than one step per frame, however many events come", async () => {
    const session = await begin();
    session.send("green teas");
    await settled();
    for (const event of turnEvents().slice(0, -1)) host.turns[0]?.send(event);
    expect(shownAnswer(session).text).toBe("");
    await frame();
    expect(shownAnswer(session).text).toBe(ANSWER);
  });

  it("goes on while another conversation is shown, and is there when its own is opened again", async () => {
    const session = await begin();
    session.send("green teas");
    await settled();
    await session.openConversation("c-1");
    expect([session.turn, session.answering, session.canAsk]).toEqual([null, true, true]);
    host.turns[0]?.send(...turnEvents().slice(0, 6));
    await frame();
    const sent = sentMessage(lastSent(), 1);
    host.conversation = () => Promise.resolve({ ...conversation("c-new"), messages: [sent.question, sent.answer] });
    await session.openConversation("c-new");
    expect(shownAnswer(session)).toMatchObject({ state: "writing", text: "Three green teas " });
    expect(session.turn).not.toBeNull();
  });

  it("that ended behind another conversation isn't taken for interrupted by what was read before it ended", async () => {
    const session = await begin();
    session.send("green teas");
    await settled();
    session.newConversation();
    host.turns[0]?.send(...turnEvents());
    await frame();
    const sent = sentMessage(lastSent(), 1);
    host.conversation = () => Promise.resolve({ ...conversation("c-new"), messages: [sent.question, sent.answer] });
    await session.openConversation("c-new");
    expect(shownAnswer(session).state).toBe("done");
  });

  it("that is stopped before it has a name is stopped when it has one, and keeps its words", async () => {
    let resolve: (sent: SentMessage) => void = () => {};
    host.sendMessage = () => new Promise((done) => (resolve = done));
    const session = await begin();
    session.send("green teas");
    session.stop();
    expect(host.calls("stop")).toHaveLength(0);
    resolve(sentMessage(lastSent(), 1));
    await settled();
    expect(host.calls("stop")).toEqual([{ runId: "turn-1" }]);
    host.turns[0]?.send(...turnEvents().slice(0, 6), { kind: "stopped" });
    await frame();
    expect(shownAnswer(session)).toMatchObject({ state: "stopped", text: "Three green teas " });
    expect(shownAnswer(session).items).toHaveLength(3);
  });

  it("answers again as a branch beside the answer that there is", async () => {
    const session = await opened();
    session.answerAgain("q3");
    await settled();
    expect(host.calls("answer_again")).toEqual([{ again: { conversation: "c-1", question: "q3", catalog: "teas" } }]);
    expect(session.besides("sent-a1")).toEqual(["a3", "a4", "sent-a1"]);
    expect(session.shown.at(-1)).toBe("sent-a1");
  });

  it("tells a screen reader of the whole answer and of none of its pieces", async () => {
    const session = await begin();
    session.send("green teas");
    await settled();
    host.turns[0]?.send(...turnEvents().slice(0, 6));
    await frame();
    expect(session.announcement).toBe("");
    host.turns[0]?.send({ kind: "finished", answer: answer() });
    await frame();
    expect(session.announcement).toBe(`Answer: ${ANSWER}`);
  });
});

describe("a conversation", () => {
  it("opens at the branch that was written last, about the list it was about", async () => {
    host.conversation = (id) => Promise.resolve({ ...conversation(id), catalog: "plans" });
    const session = await opened();
    expect(session.shown).toEqual(["q1", "a1", "q3", "a4"]);
    expect(session.sources.catalogId).toBe("plans");
  });

  it("keeps the list that is picked where its own isn't there any more", async () => {
    host.conversation = (id) => Promise.resolve({ ...conversation(id), catalog: "gone" });
    expect((await opened()).sources.catalogId).toBe("teas");
  });

  it("that is opened late doesn't take the place of one that was opened since", async () => {
    const session = await begin();
    let late: () => void = () => {};
    host.conversation = (id) => new Promise((resolve) => (late = () => resolve(conversation(id))));
    const first = session.openConversation("c-1");
    session.newConversation();
    late();
    await first;
    expect(session.open.id).toBeNull();
  });

  it("keeps its own draft", async () => {
    const session = await opened();
    session.setDraft("half a que");
    session.newConversation();
    expect(session.draft).toBe("");
    session.setDraft("something new");
    await session.openConversation("c-1");
    expect(session.draft).toBe("half a que");
    session.newConversation();
    expect(session.draft).toBe("something new");
  });

  it("that is deleted while it is open leaves, and comes back when that is undone", async () => {
    const session = await opened();
    await session.delete("c-1");
    expect([session.open.id, session.list.deleted?.title]).toEqual([null, "Green teas under $12"]);
    await session.undoDelete();
    expect(host.calls("restore_conversation")).toEqual([{ id: "c-1" }]);
    expect([session.open.id, session.list.deleted]).toEqual(["c-1", null]);
  });

  it("keeps its name where renaming fails", async () => {
    const session = await begin();
    host.change = () => Promise.reject(new CommandFailure({ code: "not_found", message: "It is gone." }));
    await session.rename("c-1", "New name");
    expect(session.list.rows[0]?.title).toBe("Green teas under $12");
    expect(session.list.failure).toBe("It is gone.");
  });

  it("is exported as the branch that is shown", async () => {
    URL.createObjectURL = () => "blob:made-here";
    URL.revokeObjectURL = () => {};
    HTMLAnchorElement.prototype.click = () => {};
    const session = await opened();
    session.choose("a3");
    await session.export("markdown");
    expect(host.calls("export_conversation")).toEqual([{ id: "c-1", leaf: "a3", format: "markdown" }]);
  });
});

describe("the search", () => {
  it("rests while somebody types and asks for the whole word", async () => {
    const session = await begin();
    for (const search of ["s", "se", "sen", "sencha "]) session.list.setSearch(search);
    expect(host.calls("conversations")).toHaveLength(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(host.calls("conversations").slice(1)).toEqual([{ search: "sencha" }]);
  });
});

describe("what is asked about", () => {
  it("is a list by a table's name and a document by any other, unless the button said so", async () => {
    const session = await begin();
    host.importItems = () => Promise.resolve({ ...teas, id: "more", name: "more.csv" });
    host.importDocument = () => Promise.resolve("import-1");
    await session.sources.open(new File(["a,b"], "more.CSV"));
    expect([session.sources.catalogId, session.sources.itemsImport.kind]).toEqual(["more", "done"]);
    await session.sources.open(new File(["# a"], "notes.md"));
    await session.sources.open(new File(["a,b"], "table.csv"), "document");
    expect([host.calls("import_items").length, host.calls("import_document").length]).toEqual([1, 2]);
  });

  it("grows by a document that has come in, and loses one that is deleted", async () => {
    const session = await begin();
    host.tellDocuments({ kind: "imported", id: "r", document: { ...guide, id: "notes", name: "notes.md" }, replaced: false });
    expect(session.sources.documents.rows.map(({ id }) => id)).toEqual(["guide", "notes"]);
    await session.sources.deleteDocument("guide");
    expect(session.sources.documents.rows.map(({ id }) => id)).toEqual(["notes"]);
  });

  it("turns to another list when the picked one is deleted", async () => {
    const session = await begin();
    await session.sources.deleteItems("teas");
    expect(session.sources.catalogId).toBe("plans");
  });

  it("says why a file can't be used, and keeps what was picked", async () => {
    const session = await begin();
    host.importItems = () => Promise.reject(new CommandFailure({ code: "bad_input", message: "Line 3 has too many cells." }));
    await session.sources.open(new File(["a"], "bad.csv"));
    expect(session.sources.itemsImport).toEqual({ kind: "failed", fileName: "bad.csv", message: "Line 3 has too many cells." });
    expect(session.sources.catalogId).toBe("teas");
  });
});
