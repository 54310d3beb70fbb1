// Work that draws, a little per frame: many things that come into sight at once are drawn over a few frames,
// so that none of them takes long.

/** Of a frame's 16 ms, what may go into new work; layout and paint of it come on top. */
const BUDGET_MS = 5;

let waiting: (() => void)[] = [];
let asked = false;

/** Calls `work` in one of the next frames, in the order in which they were asked for. The returned function takes it back. */
export function paced(work: () => void): () => void {
  waiting.push(work);
  if (!asked) {
    asked = true;
    requestAnimationFrame(take);
  }
  return () => (waiting = waiting.filter((each) => each !== work));
}

/** At least one of them, or nothing would ever be done on a slow machine. */
function take(): void {
  const until = performance.now() + BUDGET_MS;
  do waiting.shift()?.();
  while (waiting.length > 0 && performance.now() < until);
  asked = waiting.length > 0;
  if (asked) requestAnimationFrame(take);
}
