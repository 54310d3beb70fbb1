// An answer in the page: what a person sees, points at, clicks and copies.
import { cleanup, render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, it, vi } from "vitest";

import { chance, CRLF, pieceEnds, REPORT } from "../../../tests/markdown-texts";
import Markdown from "./Markdown.svelte";
import type { Mark } from "./marks";

interface Shown {
  root: HTMLElement;
  links: string[];
  citations: number[];
  write: (text: string, more?: { streaming?: boolean; marks?: readonly Mark[] }) => Promise<void>;
}

function show(text: string, more: { streaming?: boolean; marks?: readonly Mark[]; withCitations?: boolean } = {}): Shown {
  const links: string[] = [];
  const citations: number[] = [];
  const { withCitations = true, ...rest } = more;
  const props = {
    onlink: (url: string) => void links.push(url),
    ...(withCitations ? { oncitation: (marker: number) => void citations.push(marker) } : {}),
  };
  const { container, rerender } = render(Markdown, { props: { ...props, text, ...rest } });
  const root = container.querySelector<HTMLElement>(".markdown");
  if (root === null) throw new Error("nothing was drawn");
  return { root, links, citations, write: (next, change) => rerender({ ...props, text: next, streaming: false, marks: [], ...change }) };
}

/** Without what only Svelte sees. */
function html(root: HTMLElement): string {
  return root.innerHTML.replace(/<!--.*?-->/gs, "").replace(/ ?svelte-\w+/g, "");
}

function blocks(root: HTMLElement): Element[] {
  return [...root.querySelectorAll(".page > *")];
}

function claim(text: string, words: string, tip: string | null = "a fact", kind: Mark["kind"] = "claim"): Mark {
  const start = text.indexOf(words);
  return { start, end: start + words.length, kind, tip };
}

function marked(root: HTMLElement): string[] {
  return [...root.querySelectorAll("mark")].map((mark) => mark.textContent);
}

afterEach(cleanup);

describe("an answer that is being written", () => {
  it("looks at its end as if it had come at once, whatever the pieces", async () => {
    for (const [seed, text] of [REPORT, CRLF].entries()) {
      const streamed = show("", { streaming: true });
      for (const end of pieceEnds(text, chance(seed))) await streamed.write(text.slice(0, end), { streaming: true });
      await streamed.write(text);
      expect(html(streamed.root)).toBe(html(show(text).root));
      cleanup();
    }
  });

  it("keeps the elements and the words of what stands already", async () => {
    const { root, write } = show("# One\n\nTwo **bold**\n\n- three\n\nfour", { streaming: true });
    const before = blocks(root);
    const bold = root.querySelector("strong")?.firstChild;
    await write("# One\n\nTwo **bold**\n\n- three\n\nfour and more\n\n```\ncode", { streaming: true });
    const after = blocks(root);
    expect(after).toHaveLength(5);
    expect(before.map((element, index) => element === after[index])).toEqual([true, true, true, true]);
    expect(root.querySelector("strong")?.firstChild).toBe(bold);
    expect(root).toHaveAttribute("aria-busy", "true");
    expect(before[3]).toHaveTextContent("four and more");
    expect(root.querySelector("pre")).toHaveTextContent("code");
  });

  it("shows HTML as the words that it is", () => {
    const { root } = show('<img src=x onerror="alert(1)"> and <b>bold</b>\n\n<!-- note -->\n\n<script>alert(1)</script>\n');
    expect(root.querySelector("img, b, script")).toBeNull();
    expect(root).toHaveTextContent('<img src=x onerror="alert(1)"> and <b>bold</b><!-- note --><script>alert(1)</script>');
  });
});

describe("a link", () => {
  it("gives its address on a click, a middle click and Enter, and never leads there", async () => {
    const { root, links } = show("[words](https://example.org/a?b=c)");
    const link = screen.getByRole("link", { name: "words" });
    for (const [type, button] of [["click", 0], ["auxclick", 1], ["auxclick", 2]] as const) {
      expect(link.dispatchEvent(new MouseEvent(type, { button, bubbles: true, cancelable: true }))).toBe(false);
    }
    expect(link.dispatchEvent(new MouseEvent("contextmenu", { bubbles: true, cancelable: true }))).toBe(false);
    expect(links).toEqual(["https://example.org/a?b=c", "https://example.org/a?b=c"]);
    link.focus();
    await userEvent.keyboard("{Enter}");
    expect(links).toHaveLength(3);
    expect(root.querySelector("a")).not.toHaveAttribute("target");
    expect(link).toHaveAttribute("rel", "noopener noreferrer");
  });

  it("is only words where it would lead elsewhere than to the web or to a letter", () => {
    const addresses = ["javascript:alert(1)", "JaVaScRiPt:alert(1)", "&#106;avascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "/settings", "//example.org", "tauri://localhost", "ipc://x", "vbscript:x", "https:x", "blob:https://x", "<\tjavascript:x>"];
    const { root } = show(addresses.map((address) => `[words](${address}) ![picture](${address})`).join("\n\n"));
    expect(root.querySelector("a, img")).toBeNull();
    expect(root.querySelectorAll("p")).toHaveLength(addresses.length);
    expect(show("[a](mailto:a@b.org) [b](HTTP://x.org)").root.querySelectorAll("a")).toHaveLength(2);
  });

  it("stands for a picture, which is never loaded", () => {
    const { root } = show("![a *picture*](https://example.org/p.png) ![](https://example.org/q.png) [![in a link](https://example.org/r.png)](https://example.org)");
    expect(root.querySelector("img")).toBeNull();
    expect([...root.querySelectorAll("a")].map((link) => [link.textContent, link.getAttribute("href")])).toEqual([
      ["a picture", "https://example.org/p.png"],
      ["https://example.org/q.png", "https://example.org/q.png"],
      ["in a link", "https://example.org"],
    ]);
  });
});

describe("citations", () => {
  const text = "Costs less[1], as said [2][3]. Not [4](https://x.org), `[5]`, \\[6], [0], [x] or see [7]: no.\n\n[8]: https://x.org\n";

  it("are buttons that say which they are", async () => {
    const { citations } = show(text);
    const buttons = screen.getAllByTestId("citation");
    expect(buttons.map((button) => button.getAttribute("aria-label"))).toEqual(["Citation 1", "Citation 2", "Citation 3"]);
    await userEvent.click(screen.getByRole("button", { name: "Citation 2" }));
    expect(citations).toEqual([2]);
  });

  it("are text where nothing could be opened", () => {
    expect(show(text, { withCitations: false }).root).toHaveTextContent("Costs less[1], as said [2][3].");
    expect(screen.queryAllByTestId("citation")).toEqual([]);
  });

  it("can't be turned into links by a definition", () => {
    show("See [1].\n\n[1]: https://example.org\n");
    expect(screen.getByTestId("citation")).toHaveTextContent("1");
    expect(screen.queryByRole("link")).toBeNull();
  });
});

describe("marks", () => {
  it("stand in words, across markup, in lists, tables and code, and take no letter away", () => {
    const text = "Plan A costs **$1,304 a year** now.\n\n- saves *212* kWh\n\n| a | b |\n|---|---|\n| x | 12 % |\n\n```\nlet x = 5;\n```\n\nEnd [word](https://x.org/word).\n";
    const marks = [claim(text, "osts **$1,3"), claim(text, "12* kWh"), claim(text, "12 %"), claim(text, "x = 5"), claim(text, "(https://x.org/word"), claim(text, "wor")];
    const { root } = show(text, { marks });
    expect(marked(root)).toEqual(["osts ", "$1,3", "12", " kWh", "12 %", "x = 5", "wor"]);
    expect(root.textContent).toBe(show(text).root.textContent);
    expect(root.querySelector("strong mark")).toHaveTextContent("$1,3");
  });

  it("come and go without new elements for what they don't touch", async () => {
    const text = "One.\n\nTwo 2.\n\nThree.";
    const { root, write } = show(text);
    const before = blocks(root);
    const first = before[0]?.firstChild;
    await write(text, { marks: [claim(text, "2")] });
    expect(marked(root)).toEqual(["2"]);
    expect(blocks(root).every((element, index) => element === before[index])).toBe(true);
    expect(blocks(root)[0]?.firstChild).toBe(first);
    await write(text);
    expect(marked(root)).toEqual([]);
    expect(root).toHaveTextContent("One.Two 2.Three.");
  });

  it("say why, to the pointer and to the keyboard, which stops at one of them", async () => {
    const text = "It is 12, then 13, then 14.";
    const { root } = show(text, { marks: [claim(text, "12", "Twelve, from the bill"), claim(text, "13", null), claim(text, "14", "Found nowhere", "doubt")] });
    await userEvent.tab();
    const first = screen.getByRole("button", { name: "12, verified" });
    expect(first).toHaveFocus();
    expect(screen.getByRole("tooltip")).toHaveTextContent("VerifiedTwelve, from the bill");
    await userEvent.keyboard("{ArrowRight}");
    const last = screen.getByRole("button", { name: "14, not verified" });
    expect(last).toHaveFocus();
    expect(screen.getByRole("tooltip")).toHaveTextContent("Not verifiedFound nowhere");
    expect([...root.querySelectorAll("mark")].map((mark) => mark.tabIndex)).toEqual([-1, -1, 0]);
    expect(root.querySelectorAll("mark")[1]).not.toHaveAttribute("tabindex");
  });
});

describe("a block of code", () => {
  it("is copied as it was written, with its language beside", async () => {
    const user = userEvent.setup();
    const { root } = show("```python extra\nprint(1)\n\n# two\n```\n");
    expect(root.querySelector(".language")).toHaveTextContent(/^python$/);
    await user.click(screen.getByRole("button", { name: "Copy code" }));
    expect(await navigator.clipboard.readText()).toBe("print(1)\n\n# two\n");
    expect(await screen.findByRole("button", { name: "Copied code" })).toBeVisible();
  });

  it("is selected where the page may not write to the clipboard", async () => {
    const user = userEvent.setup();
    show("```\nprint(1)\n```\n");
    const refused = vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new DOMException("no", "NotAllowedError"));
    await user.click(screen.getByRole("button", { name: "Copy code" }));
    expect(await screen.findByText("Press Ctrl+C")).toBeVisible();
    expect(getSelection()?.toString()).toContain("print(1)");
    refused.mockRestore();
  });
});

describe("headings", () => {
  it("stand below those of the page", () => {
    const { root } = show("# a\n\n## b\n\n### c\n\n#### d\n\n##### e\n\n###### f\n");
    expect(blocks(root).map(({ localName }) => localName)).toEqual(["h3", "h4", "h5", "h6", "h6", "h6"]);
  });
});
