// What a person can do to the messages of a thread; the session does it.
import type { Citation, MessageId } from "../../protocol";

export interface MessageActions {
  send: (text: string) => void;
  answerAgain: (question: MessageId) => void;
  edit: (id: MessageId) => void;
  setEdited: (text: string) => void;
  cancelEdit: () => void;
  resend: () => void;
  choose: (id: MessageId) => void;
  cite: (citation: Citation) => void;
  openLink: (url: string) => void;
}
