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
