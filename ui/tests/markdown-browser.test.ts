// Hostile answers in a real browser: nothing runs, nothing loads, nothing leads away. The window's own content
// security policy only reports here, so that it tells what it would forbid and hides nothing. Drawn by careless
// code, the same answers show that the traps catch something.
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { Verdict } from "./markdown-page/main.svelte";
import { missing, sharedData } from "./shared-data";

const run = promisify(execFile);
const UI = resolve(import.meta.dirname, "..");
const BUILT = join(UI, "node_modules/.markdown-page");
const BROWSER = "/usr/bin/chromium";
const TYPES: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2" };
const LIMIT_MS = 240_000;
/** Of the page's own time, which stands still while it works. */
const PAGE_TIME_MS = 60_000;

const hasBrowser = existsSync(BROWSER) || missing(`Chromium is not at ${BROWSER} (the Debian package chromium)`) !== null;
const hasPayloads = sharedData("xss_dompurify") !== null;

interface Told {
  verdict: Verdict;
  /** What was asked for beside the page's own files, from whatever address. */
  asked: string[];
}

/** Opens the page with every address led to its own server, so that each request is seen. */
async function judge(query: string): Promise<Told> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const path = new URL(request.url ?? "/", "http://page").pathname;
    const file = join(BUILT, path === "/" ? "index.html" : path);
    const isOwn = request.headers.host?.startsWith("127.0.0.1:") === true && existsSync(file);
    // What the browser asks for its own sake, as for the time, has no language.
    const isThePages = request.headers["accept-language"] !== undefined && path !== "/favicon.ico";
    if (!isOwn && isThePages) asked.push(`${request.method} ${request.headers.host}${request.url}`);
    const type = TYPES[extname(file)] ?? "text/plain";
    response.writeHead(isOwn ? 200 : 404, { "content-type": type, "content-security-policy-report-only": windowPolicy() });
    response.end(isOwn ? readFileSync(file) : "");
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  const profile = mkdtempSync(join(tmpdir(), "markdown-page-"));
  try {
    const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
    const ours = [`--user-data-dir=${profile}`, `--host-resolver-rules=MAP * 127.0.0.1:${port}`, `--virtual-time-budget=${PAGE_TIME_MS}`, "--dump-dom"];
    const { stdout } = await run(BROWSER, [...args, ...ours, `http://127.0.0.1:${port}/${query}`], { timeout: LIMIT_MS, maxBuffer: 2 ** 28 });
    const parsed = new DOMParser().parseFromString(stdout, "text/html");
    const verdict = parsed.getElementById("verdict")?.textContent ?? "";
    if (verdict === "") throw new Error(`the page came to no verdict:\n${stdout.slice(0, 2_000)}`);
    return { verdict: JSON.parse(verdict) as Verdict, asked };
  } finally {
    server.closeAllConnections();
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Of the window, as the app sets it. */
function windowPolicy(): string {
  const settings = JSON.parse(readFileSync(join(UI, "../src-tauri/tauri.conf.json"), "utf8")) as { app: { security: { csp: string } } };
  return settings.app.security.csp;
}

describe.skipIf(!hasBrowser || !hasPayloads)("hostile answers in a browser", () => {
  beforeAll(async () => {
    await run(process.execPath, [join(UI, "node_modules/vite/bin/vite.js"), "build", "--config", join(UI, "tests/markdown-page/vite.config.ts")], { cwd: UI });
  }, LIMIT_MS);
  afterAll(() => rmSync(BUILT, { recursive: true, force: true }));

  it("do nothing, and try nothing that the window's policy forbids", async () => {
    const { verdict, asked } = await judge("");
    const { payloads, drawn, pieces, elements, links, ...caught } = verdict;
    console.log("hostile answers:", { payloads, drawn, pieces, elements, links });
    expect(caught).toEqual({ executed: [], errors: [], violations: [], loads: [], offences: [], navigations: [] });
    expect(asked).toEqual([]);
    expect(payloads).toBe(123);
    expect(drawn).toBe(payloads * 12);
    expect(pieces).toBeGreaterThan(drawn * 10);
    expect(links).toBeGreaterThan(payloads);
  }, LIMIT_MS);

  it("would be caught, had they been drawn carelessly", async () => {
    const { verdict, asked } = await judge("?careless");
    const { executed, errors, violations, loads, offences, navigations } = verdict;
    expect(executed.map((one) => one.split(" by ")[0]).sort()).toEqual(["alert", "pwned"]);
    expect(errors.join()).toContain("missing is not defined");
    expect(violations.join()).toContain("script-src-attr");
    expect(loads.join()).toContain("missing.png");
    expect(offences.join()).toMatch(/<img>.*button\[onmouseover\].*<svg>.*button\[onclick\].*<link>.*href "\/elsewhere"/s);
    expect(navigations.join()).toMatch(/click on <a>/);
    expect(asked).toContain("GET example.org/style.css");
  }, LIMIT_MS);
});
