// What is known of one answer, as a function of the events that have come or of the message that was kept.
// No clock, no host, no DOM: components draw an `AnswerView`, the session replaces a running one once per
// frame.
import type {
  ChatAnswer,
  ChatEvent,
  ChatMessage,
  Citation,
  Claim,
  ItemCard,
  MessageState,
  Reading,
  RunId,
  StageError,
} from "../../protocol";
import { assertNever } from "../../shared/never";

export interface AnswerView {
  state: MessageState;
  runId: RunId | null;
  /** What was understood; `null` until it was. */
  reading: Reading | null;
  items: readonly ItemCard[];
  /** How many records meet the demands; `null` until they were looked for. */
  matching: number | null;
  nearest: ItemCard | null;
  citations: readonly Citation[];
  /** Markdown, as far as it has come. */
  text: string;
  /** Of `text`; none while it is written. */
  claims: readonly Claim[];
  quickReplies: readonly string[];
  /** Why nothing could be said. */
  failure: StageError | null;
  /** Once it has ended. */
  answer: ChatAnswer | null;
}

export const noAnswer: AnswerView = {
  state: "writing",
  runId: null,
  reading: null,
  items: [],
  matching: null,
  nearest: null,
  citations: [],
  text: "",
  claims: [],
  quickReplies: [],
  failure: null,
  answer: null,
};

export function reduceTurn(view: AnswerView, event: ChatEvent): AnswerView {
  switch (event.kind) {
    case "started":
      return { ...view, runId: event.run_id };
    case "read":
      return { ...view, reading: event.reading };
    case "found":
      return { ...view, items: event.items, matching: event.matching, nearest: event.nearest, citations: event.citations };
    case "delta":
      return { ...view, text: view.text + event.text };
    case "restarted":
      return { ...view, text: event.text };
    case "quick_replies":
      return { ...view, quickReplies: event.quick_replies };
    case "stage_done":
      // The answer brings all stages; until then nothing of them is shown.
      return view;
    case "finished":
      return withAnswer({ ...view, state: "done" }, event.answer, event.answer.answer);
    case "failed":
      return { ...view, state: "failed", failure: event.error };
    case "stopped":
      return { ...view, state: "stopped" };
    default:
      return assertNever(event);
  }
}

/** Of a kept message. One that says it is being written, but that nobody writes, was interrupted. */
export function viewOf(message: ChatMessage): AnswerView {
  const state = message.state === "writing" ? "interrupted" : message.state;
  const view = { ...noAnswer, state, text: message.text };
  return message.answer === null ? view : withAnswer(view, message.answer, message.text);
}

/** The message as it stands once its turn has ended. */
export function ended(message: ChatMessage, view: AnswerView): ChatMessage {
  return { ...message, state: view.state, text: view.text, answer: view.answer };
}

/** Tokens written over the time spent writing them; `null` where no model wrote. */
export function tokensPerSec({ stages }: ChatAnswer): number | null {
  const tokens = stages.reduce((sum, stage) => sum + stage.completion_tokens, 0);
  const decodeMs = stages.reduce((sum, stage) => sum + stage.decode_ms, 0);
  return tokens > 0 && decodeMs > 0 ? tokens / (decodeMs / 1000) : null;
}

/** What went wrong without ending the turn, each sentence once. */
export function answerErrors({ errors, stages }: ChatAnswer): string[] {
  const all = [...errors, ...stages.flatMap(({ error }) => (error === null ? [] : [error]))];
  return [...new Set(all.map(({ message }) => message))];
}

function withAnswer(view: AnswerView, answer: ChatAnswer, text: string): AnswerView {
  return {
    ...view,
    runId: answer.run_id,
    reading: answer.reading,
    items: answer.items,
    matching: answer.matching,
    nearest: answer.nearest,
    citations: answer.citations,
    // A stage that died left no text of its own: what had streamed stays.
    text: text === "" ? view.text : text,
    claims: text === answer.answer ? answer.claims : [],
    quickReplies: answer.quick_replies,
    answer,
  };
}
