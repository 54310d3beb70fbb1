// Long answers for tests and measurements, with everything in them that reaches back or forward over blocks;
// and a source of chance that is the same every time.

/** From 0 to below 1, by the generator mulberry32. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** The ends of pieces that a text comes in: single letters, words and whole lines. */
export function pieceEnds(text: string, random: () => number): number[] {
  const ends: number[] = [];
  for (let end = 0; end < text.length; ) {
    end = Math.min(text.length, end + 1 + Math.floor(random() ** 3 * 24));
    ends.push(end);
  }
  return ends;
}

export const REPORT = `# What the figures say

Plan **A** costs $1,304 a year[1], which is *$212 less* than now; see [the terms][terms] and [1].
It goes on here, lazily
over three lines.

Setext heading
over two lines
===

1. First
2. Second, with \`code\`

   and a paragraph of its own
   - nested
     > quoted
lazily continued
3. Third

4. Loose now
5) another list

| Plan | Cost | Share |
|:-----|-----:|:-----:|
| A    | $1,304 | 12 % |
| B \\| C | ~~$1,516~~ | \`a\\|b\` |
no bar, still a row

> A quotation
> - with a list
>
> [terms]: https://example.org/terms "The terms"
and its lazy end

\`\`\`python title="x"
def cost(kwh):
    # Heading? No.

    return kwh * 0.12
\`\`\`
Right after the fence [late] and [late][] and [words][late].
***
## Marked heading
Right after the heading
---
    indented

    code

<!-- a comment
over lines -->

<script>alert(1)</script>

~~~
an unclosed fence? no
~~~

* bullet
+ other bullet
- third

[late]: <https://example.org/a b>
  'a title
over lines'
[late]: https://example.org/second
![a picture][late] ![](https://example.org/p.png) <https://example.org/auto> &amp; \\* done  
hard break\\
and another.

- [ ] task

2
2. is a paragraph, then none

   \ttabs\tand more
\`\`\`\`
unclosed to the end
\`\`\`
`;

export const CRLF = REPORT.replaceAll("\n", "\r\n");

/** A text of `length` letters or a little more, in many blocks. */
export function longText(length: number): string {
  const parts: string[] = [];
  for (let size = 0, index = 1; size < length; index += 1) {
    const part = `### Part ${index}

Over the year, plan **${index}** costs $${index * 13}.20[1], which is *less* than [the other](https://example.org/${index}). ${"It says so in the terms. ".repeat(6)}

- one point, with \`code\`
- another point

| Month | kWh |
|---|---:|
| January | ${index} |

`;
    parts.push(part);
    size += part.length;
  }
  return parts.join("");
}
