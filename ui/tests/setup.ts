// What jsdom lacks and the page uses.
import "@testing-library/jest-dom/vitest";

import { configure } from "@testing-library/svelte";

/** The system is light, and stays so. */
window.matchMedia ??= (media) =>
  ({ media, matches: false, addEventListener: () => {}, removeEventListener: () => {} }) as unknown as MediaQueryList;

configure({ asyncUtilTimeout: 10_000 });

Blob.prototype.arrayBuffer ??= function (this: Blob): Promise<ArrayBuffer> {
  return read(this, (reader) => reader.readAsArrayBuffer(this)) as Promise<ArrayBuffer>;
};

Blob.prototype.text ??= function (this: Blob): Promise<string> {
  return read(this, (reader) => reader.readAsText(this)) as Promise<string>;
};

function read(blob: Blob, start: (reader: FileReader) => void): Promise<FileReader["result"]> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error ?? new Error(`can't read ${blob.size} bytes`));
    start(reader);
  });
}

// Nothing has a size here, so lists that keep only what is in sight in the page would keep nothing. What they
// place is 100 px high, what they scroll in 800 px.
const ROW_PX = 100;
const VIEW_PX = 800;

window.ResizeObserver ??= class implements ResizeObserver {
  readonly #tell: ResizeObserverCallback;

  constructor(tell: ResizeObserverCallback) {
    this.#tell = tell;
  }

  observe(target: Element): void {
    const isPlaced = target instanceof HTMLElement && target.style.position === "absolute";
    const contentRect = { width: VIEW_PX, height: isPlaced ? ROW_PX : VIEW_PX };
    queueMicrotask(() => this.#tell([{ target, contentRect } as ResizeObserverEntry], this));
  }

  unobserve(): void {}
  disconnect(): void {}
};

Object.defineProperty(HTMLElement.prototype, "offsetParent", {
  get(this: HTMLElement): Element | null {
    return this.parentElement;
  },
});

Element.prototype.scrollTo ??= () => {};
Element.prototype.scrollBy ??= () => {};
Element.prototype.scrollIntoView ??= () => {};
