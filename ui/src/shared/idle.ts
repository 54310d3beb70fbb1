// Work that nobody has asked for yet and that stops the page for a moment: done when nobody is looking.

const TOUCHES = ["pointerdown", "pointermove", "keydown", "wheel"] as const;

/**
 * Calls `then` once, when the window has not been touched for `quietMs` and `busy` says no; until then it
 * waits for another such time. The returned function takes it back.
 */
export function whenIdle(quietMs: number, busy: () => boolean, then: () => void): () => void {
  let timer = 0;

  const stop = (): void => {
    clearTimeout(timer);
    for (const touch of TOUCHES) removeEventListener(touch, wait);
  };

  function wait(): void {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      if (busy()) return wait();
      stop();
      then();
    }, quietMs);
  }

  for (const touch of TOUCHES) addEventListener(touch, wait, { passive: true });
  wait();
  return stop;
}
