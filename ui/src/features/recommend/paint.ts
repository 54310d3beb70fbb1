// Measures how long a moved slider takes to be seen. The entries are `performance` measures named
// `rerank`, from the input event to the first frame after the DOM was updated; their detail splits that
// into the app's answer, the DOM update and the wait for the frame.

const KEPT = 500;

export interface RerankDetail {
  answered_ms: number;
  dom_ms: number;
  frame_ms: number;
}

/** Called right after the DOM was updated. */
export function markRerank(movedAt: number, answeredAt: number): void {
  const updatedAt = performance.now();
  requestAnimationFrame(() => {
    const shownAt = performance.now();
    const detail: RerankDetail = {
      answered_ms: answeredAt - movedAt,
      dom_ms: updatedAt - answeredAt,
      frame_ms: shownAt - updatedAt,
    };
    if (performance.getEntriesByName("rerank").length >= KEPT) performance.clearMeasures("rerank");
    performance.measure("rerank", { start: movedAt, end: shownAt, detail });
  });
}
