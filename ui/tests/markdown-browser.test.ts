// Hostile answers in real browsers: nothing runs, nothing loads, nothing leads away. The window's own content
// security policy only reports here, so that it tells what it would forbid and hides nothing. Drawn by careless
// code, the same answers show that the traps catch something.
import { execFile } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, resolve } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { CHROMIUM, WEBKIT, type Browser } from "./browsers";
import type { Verdict } from "./markdown-page/main.svelte";
import { missing, sharedData } from "./shared-data";

const run = promisify(execFile);
const UI = resolve(import.meta.dirname, "..");
const BUILT = join(UI, "node_modules/.markdown-page");
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2" };
/** A machine that does something else meanwhile takes minutes for what takes half a minute of its time. */
const LIMIT_MS = 480_000;
/** For a browser to start and to end, beside the time that the page has. */
const MARGIN_MS = 60_000;

const BROWSERS = [CHROMIUM, WEBKIT].map((browser) => ({ ...browser, isHere: browser.lacking === null || missing(browser.lacking) !== null }));
const hasPayloads = sharedData("xss_dompurify") !== null;

interface Told {
  verdict: Verdict;
  /** What was asked for beside the page's own files, from whatever address. */
  asked: string[];
}

/** Opens the page with every address led to its own server, so that each request is seen. */
async function judge(browser: Browser, query: string): Promise<Told> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    // A proxy is told the whole address.
    const { pathname, search } = new URL(request.url ?? "/", "http://page");
    const file = join(BUILT, pathname === "/" ? "index.html" : pathname);
    const isOwn = request.headers.host?.startsWith("127.0.0.1:") === true && existsSync(file);
    // What the browser asks for its own sake, as for the time, has no language.
    const isThePages = request.headers["accept-language"] !== undefined && pathname !== "/favicon.ico";
    if (!isOwn && isThePages) asked.push(`${request.method} ${request.headers.host}${pathname}${search}`);
    const type = TYPES[extname(file)] ?? "text/plain";
    response.writeHead(isOwn ? 200 : 404, { "content-type": type, "content-security-policy-report-only": windowPolicy() });
    response.end(isOwn ? readFileSync(file) : "");
  });
  // Of a proxy, for what is encrypted.
  server.on("connect", ({ url }, socket) => {
    asked.push(`CONNECT ${url}`);
    socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  try {
    return { verdict: JSON.parse(await browser.verdict(port, `/${query}`, LIMIT_MS)) as Verdict, asked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Of the window, as the app sets it. */
function windowPolicy(): string {
  const settings = JSON.parse(readFileSync(join(UI, "../src-tauri/tauri.conf.json"), "utf8")) as { app: { security: { csp: string } } };
  return settings.app.security.csp;
}

describe.skipIf(!BROWSERS.some(({ isHere }) => isHere) || !hasPayloads)("hostile answers", () => {
  beforeAll(async () => {
    await run(process.execPath, [join(UI, "node_modules/vite/bin/vite.js"), "build", "--config", join(UI, "tests/markdown-page/vite.config.ts")], { cwd: UI });
  }, LIMIT_MS);
  afterAll(() => rmSync(BUILT, { recursive: true, force: true }));

  for (const browser of BROWSERS) {
    describe.skipIf(!browser.isHere)(`in ${browser.name}`, () => {
      it("do nothing, and try nothing that the window's policy forbids", async () => {
        const { verdict, asked } = await judge(browser, "");
        const { payloads, drawn, pieces, elements, links, pressed, opened, ...caught } = verdict;
        console.log(`hostile answers in ${browser.name}:`, { payloads, drawn, pieces, elements, links, pressed, opened });
        expect(caught).toEqual({ executed: [], errors: [], violations: [], loads: [], offences: [], navigations: [] });
        expect(asked).toEqual([]);
        expect(payloads).toBe(123);
        expect(drawn).toBe(payloads * 12);
        expect(pieces).toBeGreaterThan(drawn * 10);
        expect(links).toBeGreaterThan(payloads);
        expect(opened).toBe(pressed);
      }, LIMIT_MS + MARGIN_MS);

      it("would be caught, had they been drawn carelessly", async () => {
        const { verdict, asked } = await judge(browser, "?careless");
        const { executed, errors, violations, loads, offences, navigations } = verdict;
        expect(executed.map((one) => one.split(" by ")[0]).sort()).toEqual(["alert", "open", "pwned"]);
        expect(errors.join()).toMatch(/missing is not defined|Can't find variable: missing/);
        expect(violations.join()).toContain("script-src-attr");
        expect(violations.join()).toContain("img-src https://example.org/picture.png");
        expect(loads.join()).toContain("missing.png");
        expect(loads).toContain("https://example.org/picture.png");
        expect(offences.join()).toMatch(/<img>.*button\[onmouseover\].*<svg>.*button\[onclick\].*<link>.*href "\/elsewhere"/s);
        expect(navigations.join()).toMatch(/click on <a>.*hashchange.*title/s);
        expect(asked).toContain("GET example.org/style.css");
      }, LIMIT_MS + MARGIN_MS);
    });
  }
});
