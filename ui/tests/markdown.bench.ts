// What reading one more word of an answer costs, after a short and after a long text: `npx vitest bench --run`.
// What drawing it costs only a browser can tell: the page in `markdown-page`, opened with `?figures`.
import { bench, describe } from "vitest";

import { Reading } from "../src/shared/markdown/reading";
import { longText } from "./markdown-texts";

const WORDS = 200;

for (const length of [2_000, 20_000, 200_000]) {
  const text = longText(length);

  describe(`an answer of ${length / 1000} kB`, () => {
    bench("all at once", () => void new Reading().read(text, true));

    const reading = new Reading();
    let words = 0;
    bench("one more word", () => {
      words = (words + 1) % WORDS;
      reading.read(text + "word ".repeat(words), true);
    });
  });
}
