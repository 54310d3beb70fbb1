// Marks on the performance clock, for whoever measures the window: `chat-sent` when a question has left it,
// `chat-first-words` in the frame after the one that painted the first words of its answer.

const KEPT = 500;

export function markSent(): void {
  mark("chat-sent");
}

/** Called in the frame whose paint will have the words. */
export function markFirstWords(): void {
  requestAnimationFrame(() => mark("chat-first-words"));
}

function mark(name: string): void {
  if (performance.getEntriesByName(name, "mark").length >= KEPT) performance.clearMarks(name);
  performance.mark(name);
}
