// Draws every hostile answer at once and piece by piece, with a trap for everything that it could set off, and
// writes what was caught into `#verdict` as JSON. With `?careless` it draws a few of its own as careless code
// would, one for each trap, which shows that they work. With `?figures` it measures instead.
import MarkdownIt from "markdown-it";
import { flushSync, mount, unmount } from "svelte";
import payloads from "virtual:payloads";

import "../../src/design/tokens.css";
import "../../src/design/base.css";
import Markdown from "../../src/shared/markdown/Markdown.svelte";
import type { Mark } from "../../src/shared/markdown/marks";
import { offence, settings } from "../markdown-policy";
import { measure } from "./figures.svelte";

export interface Verdict {
  payloads: number;
  drawn: number;
  pieces: number;
  elements: number;
  links: number;
  /** How often the left button or the middle one was pressed in a link. */
  pressed: number;
  /** How often a link's address was handed on, to be opened outside. */
  opened: number;
  executed: string[];
  errors: string[];
  violations: string[];
  loads: string[];
  offences: string[];
  navigations: string[];
}

const PIECE_LETTERS = 16;
/** What springs each of the traps when it is drawn as HTML. */
const SPRINGS = [
  '<img src="missing.png" onerror="alert(1)">',
  '<button onmouseover="pwned = 1" style="color: red">words</button>',
  "<svg></svg>",
  '<button onclick="missing()">words</button>',
  '<link rel="stylesheet" href="http://example.org/style.css">',
  '<img src="https://example.org/picture.png">',
  "[words](/elsewhere) [words](https://example.org)",
  '<button onclick="window.open(1); document.title = location.hash = 1">words</button>',
];
/** For what loads or runs late. */
const AFTERMATH_MS = 2_000;

const { title } = document;
const { href } = location;
const verdict: Verdict = {
  payloads: payloads.length,
  drawn: 0,
  pieces: 0,
  elements: 0,
  links: 0,
  pressed: 0,
  opened: 0,
  executed: [],
  errors: [],
  violations: [],
  loads: [],
  offences: [],
  navigations: [],
};

let at = "";
const page = byId("page");

function byId(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no #${id}`);
  return element;
}

function setTraps(): void {
  for (const name of ["alert", "confirm", "prompt", "print", "open"] as const) {
    Object.defineProperty(window, name, { value: () => verdict.executed.push(`${name} by ${at}`) });
  }
  Object.defineProperty(window, "pwned", { set: () => verdict.executed.push(`pwned by ${at}`) });
  addEventListener("error", (event) => verdict.errors.push(`${event.message || "an element's error"} by ${at}`), true);
  addEventListener("unhandledrejection", (event) => verdict.errors.push(`${String(event.reason)} by ${at}`));
  addEventListener("securitypolicyviolation", (event) => verdict.violations.push(`${event.violatedDirective} ${event.blockedURI} by ${at}`));
  for (const type of ["hashchange", "beforeunload"]) addEventListener(type, () => verdict.navigations.push(`${type} by ${at}`));
  // The last to hear of them; the page has to stay where it is.
  for (const type of ["click", "auxclick", "contextmenu", "submit"]) addEventListener(type, stay);
  new PerformanceObserver((list) => {
    const isOwn = (name: string) => name.startsWith(`${location.origin}/assets/`) || name === `${location.origin}/favicon.ico`;
    verdict.loads.push(...list.getEntries().flatMap(({ name }) => (isOwn(name) ? [] : [name])));
  }).observe({ type: "resource" });
  new MutationObserver((records) => {
    for (const { target, addedNodes } of records) {
      if (target !== page) judge(target);
      addedNodes.forEach(judge);
    }
  }).observe(page, { childList: true, subtree: true, attributes: true });
}

function stay(event: Event): void {
  const leading = event.target instanceof Element ? event.target.closest("a, area, form") : null;
  if (leading === null || event.defaultPrevented) return;
  verdict.navigations.push(`${event.type} on <${leading.localName}> by ${at}`);
  event.preventDefault();
}

function judge(node: Node): void {
  if (!(node instanceof Element)) return;
  for (const element of [node, ...node.querySelectorAll("*")]) {
    verdict.elements += 1;
    const found = offence(element);
    if (found !== null) verdict.offences.push(`${found} by ${at}`);
  }
}

/** Presses everything that can be; nothing may lead anywhere. */
function press(root: Element): void {
  for (const element of root.querySelectorAll("a, button, mark, [onclick]")) {
    if (element instanceof HTMLAnchorElement) verdict.links += 1;
    for (const [type, button] of [["click", 0], ["auxclick", 1], ["contextmenu", 2]] as const) {
      if (type !== "contextmenu" && element.closest("a") !== null) verdict.pressed += 1;
      element.dispatchEvent(new MouseEvent(type, { button, bubbles: true, cancelable: true }));
    }
    for (const type of ["pointerenter", "mouseover", "focusin", "focus"]) element.dispatchEvent(new Event(type, { bubbles: true }));
  }
}

async function draw(text: string): Promise<void> {
  const half: Mark = { start: 1, end: text.length / 2, kind: "claim", tip: text };
  const props = $state<{ text: string; marks: Mark[]; streaming: boolean }>({ text, marks: [half], streaming: false });
  const component = mount(Markdown, {
    target: page,
    props: {
      get text() {
        return props.text;
      },
      get marks() {
        return props.marks;
      },
      get streaming() {
        return props.streaming;
      },
      onlink,
      oncitation: () => {},
    },
  });
  flushSync();
  press(page);
  verdict.drawn += 1;
  props.marks = [];
  props.streaming = true;
  for (let end = 0; end < text.length; end += PIECE_LETTERS) {
    props.text = text.slice(0, end);
    flushSync();
    verdict.pieces += 1;
  }
  props.text = text;
  flushSync();
  press(page);
  await nextTask();
  await unmount(component);
}

async function drawCarelessly(text: string): Promise<void> {
  at = text;
  page.innerHTML = new MarkdownIt({ html: true }).render(text);
  press(page);
  await nextTask();
}

function onlink(url: string): void {
  verdict.opened += 1;
  if (!/^(?:https?:\/\/|mailto:)/i.test(url)) verdict.navigations.push(`onlink ${url} by ${at}`);
}

function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

async function judgeAll(): Promise<void> {
  // As the app's own window does.
  Object.freeze(Object.prototype);
  setTraps();
  if (location.search === "?careless") {
    for (const text of SPRINGS) await drawCarelessly(text);
  } else {
    for (const { id, payload } of payloads) {
      for (const [place, text] of Object.entries(settings(payload))) {
        at = `${id} in ${place}`;
        await draw(text);
      }
    }
  }
  at = "the aftermath";
  await new Promise((resolve) => setTimeout(resolve, AFTERMATH_MS));
  if (document.title !== title) verdict.navigations.push(`title ${document.title}`);
  if (location.href !== href) verdict.navigations.push(`address ${location.href}`);
  byId("verdict").textContent = JSON.stringify(verdict);
}

if (location.search === "?figures") byId("verdict").textContent = JSON.stringify(await measure(page), null, 2);
else void judgeAll();
