// Gathers what arrives between two frames and hands it over once, so that a stream costs one paint per
// frame however many messages it has. While the window is hidden no frame comes; what gathers is one
// run's text, and it is handed over when the window shows again.

export interface FrameBatch<Item> {
  push(items: readonly Item[]): void;
  /** Drops what has not been handed over. */
  clear(): void;
}

export function frameBatch<Item>(
  onFrame: (items: Item[]) => void,
  nextFrame: (callback: () => void) => void = (callback) => requestAnimationFrame(callback),
): FrameBatch<Item> {
  let gathered: Item[] = [];
  let asked = false;

  return {
    push(items) {
      gathered.push(...items);
      if (asked) return;
      asked = true;
      nextFrame(() => {
        asked = false;
        const batch = gathered;
        gathered = [];
        if (batch.length > 0) onFrame(batch);
      });
    },
    clear() {
      gathered = [];
    },
  };
}
