// What one more word of an answer costs in a browser, after a short and after a long text: to read and draw it,
// and to lay it out. All of it happens before the page has loaded, so that a browser that prints the document
// prints the figures.
import { flushSync, mount, unmount } from "svelte";

import Markdown from "../../src/shared/markdown/Markdown.svelte";
import { longText } from "../markdown-texts";

const LENGTHS = [2_000, 20_000, 200_000];
const WORDS = 200;

export interface Figures {
  letters: number;
  first_ms: number;
  first_layout_ms: number;
  /** Medians. */
  word_ms: number;
  word_layout_ms: number;
}

export async function measure(page: HTMLElement): Promise<Figures[]> {
  const figures: Figures[] = [];
  for (const length of [LENGTHS[0] ?? 0, ...LENGTHS]) figures.push(await after(longText(length), page));
  // The first of them was to warm up.
  return figures.slice(1);
}

async function after(text: string, page: HTMLElement): Promise<Figures> {
  const props = $state({ text, streaming: true, onlink: () => {}, oncitation: () => {} });
  let component = {};
  const draw = timed(() => {
    component = mount(Markdown, { target: page, props });
    flushSync();
  });
  const layout = timed(() => page.getBoundingClientRect().height);
  const words: number[] = [];
  const layouts: number[] = [];
  for (let word = 0; word < WORDS; word += 1) {
    words.push(
      timed(() => {
        props.text += "word ";
        flushSync();
      }),
    );
    layouts.push(timed(() => page.getBoundingClientRect().height));
  }
  await unmount(component);
  return { letters: text.length, first_ms: draw, first_layout_ms: layout, word_ms: median(words), word_layout_ms: median(layouts) };
}

function timed(work: () => void): number {
  const began = performance.now();
  work();
  return performance.now() - began;
}

function median(samples: number[]): number {
  return samples.sort((a, b) => a - b)[samples.length >> 1] ?? 0;
}
