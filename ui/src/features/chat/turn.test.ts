// The reducer, driven as the session drives it: a list of events in, what is known out.
import { describe, expect, it } from "vitest";

import { answer, ANSWER, items, reply, stage, turnEvents } from "../../../tests/chat-scene";
import type { ChatEvent } from "../../protocol";
import { answerErrors, ended, noAnswer, reduceTurn, tokensPerSec, viewOf, type AnswerView } from "./turn";

function check(events: ChatEvent[]): AnswerView {
  return events.reduce(reduceTurn, noAnswer);
}

describe("a turn", () => {
  it("knows what was understood and found before any word", () => {
    const view = check(turnEvents().slice(0, 3));
    expect(view.reading?.conditions.map(({ label }) => label)).toEqual(["green", "under $12"]);
    expect(view.items).toEqual(items);
    expect([view.state, view.text, view.matching]).toEqual(["writing", "", 3]);
  });

  it("grows by its words and takes back what is written anew", () => {
    const grown = check([
      { kind: "delta", text: "It costs " },
      { kind: "delta", text: "$9" },
    ]);
    expect(grown.text).toBe("It costs $9");
    expect(reduceTurn(grown, { kind: "restarted", text: "It " }).text).toBe("It ");
  });

  it("ends with the answer's own text and claims", () => {
    const view = check(turnEvents());
    expect([view.state, view.text, view.claims.length]).toEqual(["done", ANSWER, 3]);
    expect(view.quickReplies).toContain("Only from Japan");
  });

  it("takes a kept answer that comes at once", () => {
    const view = check([{ kind: "finished", answer: answer({ cache: { tier: "answer", hit: true } }) }]);
    expect([view.state, view.items.length, view.answer?.cache.hit]).toEqual(["done", 3, true]);
  });

  it("keeps the words and the cards when it is stopped", () => {
    const view = check([...turnEvents().slice(0, 6), { kind: "stopped" }]);
    expect([view.state, view.text, view.items.length]).toEqual(["stopped", "Three green teas ", 3]);
  });

  it("keeps what had streamed when the stage that wrote died", () => {
    const view = check([...turnEvents().slice(0, 6), { kind: "finished", answer: answer({ answer: "", claims: [] }) }]);
    expect([view.state, view.text]).toEqual(["done", "Three green teas "]);
  });

  it("says why nothing could be said", () => {
    const view = check([{ kind: "failed", error: { code: "worker_died", message: "The model's process ended." } }]);
    expect([view.state, view.failure?.message]).toEqual(["failed", "The model's process ended."]);
  });

  it("refuses an event that it doesn't know", () => {
    const unknown = JSON.parse('{"kind":"applause"}') as ChatEvent;
    expect(() => check([unknown])).toThrow(/applause/);
  });
});

describe("a kept message", () => {
  it("is drawn from its answer", () => {
    const view = viewOf(reply("a", "q", answer()));
    expect([view.state, view.text, view.claims.length, view.items.length]).toEqual(["done", ANSWER, 3, 3]);
  });

  it("has no claims where its text is another than the answer's", () => {
    expect(viewOf(reply("a", "q", answer(), "stopped", "Three green")).claims).toEqual([]);
  });

  it("that says it is being written was interrupted", () => {
    expect(viewOf(reply("a", "q", null, "writing", "Three")).state).toBe("interrupted");
  });

  it("becomes what its turn ended with", () => {
    const message = ended(reply("a", "q", null, "writing"), check(turnEvents()));
    expect([message.state, message.text, message.answer?.run_id]).toEqual(["done", ANSWER, "turn-1"]);
  });
});

describe("an answer's figures", () => {
  it("count the tokens of all stages over the time spent writing them", () => {
    expect(tokensPerSec(answer())).toBe(80);
    expect(tokensPerSec(answer({ stages: [stage("a"), stage("b", { decode_ms: 200, completion_tokens: 36 })] }))).toBe(100);
    expect(tokensPerSec(answer({ stages: [stage("read", { decode_ms: 0, completion_tokens: 0 })] }))).toBeNull();
  });

  it("tell each error once", () => {
    const error = { code: "timed_out", message: "It took too long." };
    expect(answerErrors(answer({ errors: [error], stages: [stage("a", { error })] }))).toEqual(["It took too long."]);
  });
});
