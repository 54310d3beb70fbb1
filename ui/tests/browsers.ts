// The web engines in which a test page can be opened without a screen: Chromium, and WebKitGTK, which is the
// window's own on Linux. What they ask for goes to the page's server, whatever the address.
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const POLL_MS = 100;
const START_MS = 60_000;
/** Of the page's own time in Chromium, which stands still while the page works. */
const PAGE_TIME_MS = 60_000;

export interface Browser {
  name: string;
  /** What it needs and isn't there, as a sentence; or null. */
  lacking: string | null;
  /** Opens a page of the server at that port of this machine, and waits for the text of its `#verdict`. */
  verdict: (port: number, path: string, limitMs: number) => Promise<string>;
}

export const CHROMIUM: Browser = { name: "Chromium", lacking: lacking({ chromium: "chromium" }), verdict: chromiumVerdict };

export const WEBKIT: Browser = {
  name: "WebKitGTK",
  lacking: lacking({ WebKitWebDriver: "webkit2gtk-driver", Xvfb: "xvfb" }),
  verdict: webkitVerdict,
};

function lacking(packages: Record<string, string>): string | null {
  const gone = Object.entries(packages).filter(([program]) => !isInPath(program));
  if (gone.length === 0) return null;
  return gone.map(([program, name]) => `${program} is not in PATH (the Debian package ${name})`).join(", ");
}

function isInPath(program: string): boolean {
  return (process.env["PATH"] ?? "").split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

async function chromiumVerdict(port: number, path: string, limitMs: number): Promise<string> {
  return withFolder(async (profile) => {
    const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update"];
    const ours = [`--user-data-dir=${profile}`, `--host-resolver-rules=MAP * 127.0.0.1:${port}`, `--virtual-time-budget=${PAGE_TIME_MS}`, "--dump-dom"];
    const { stdout } = await run("chromium", [...args, ...ours, `http://127.0.0.1:${port}${path}`], { timeout: limitMs, maxBuffer: 2 ** 28 });
    const verdict = new DOMParser().parseFromString(stdout, "text/html").getElementById("verdict")?.textContent ?? "";
    if (verdict === "") throw new Error(`the page came to no verdict:\n${stdout.slice(0, 2_000)}`);
    return verdict;
  });
}

async function webkitVerdict(port: number, path: string, limitMs: number): Promise<string> {
  const deadline = performance.now() + limitMs;
  const processes: ChildProcess[] = [];
  const start = (program: string, args: string[], env: NodeJS.ProcessEnv = process.env): ChildProcess => {
    // A group of its own, so that what it starts ends with it.
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "ignore", "pipe"], detached: true, env });
    child.on("error", () => {});
    processes.push(child);
    return child;
  };
  return withFolder(async (home) => {
    try {
      // The server picks a free number itself and says it on the descriptor that it is given.
      const display = await firstLine(start("Xvfb", ["-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset"]));
      const driverPort = await freePort();
      start("WebKitWebDriver", [`--port=${driverPort}`], {
        PATH: process.env["PATH"],
        HOME: home,
        LANG: "C.UTF-8",
        DISPLAY: `:${display}`,
        GDK_BACKEND: "x11",
        // Nothing of the desktop takes part, and asking for it takes seconds.
        DBUS_SESSION_BUS_ADDRESS: "disabled:",
        GSETTINGS_BACKEND: "memory",
        NO_AT_BRIDGE: "1",
        // Without a graphics card half of the time would go into drawing.
        LIBGL_ALWAYS_SOFTWARE: "1",
        WEBKIT_DISABLE_COMPOSITING_MODE: "1",
      });
      const driver = `http://127.0.0.1:${driverPort}`;
      await until("WebKitWebDriver listens", performance.now() + START_MS, async () => {
        return await fetch(`${driver}/status`).then((answer) => answer.ok, () => false);
      });
      const address = `127.0.0.1:${port}`;
      // WebDriver's own `sslProxy` would be spoken to in TLS, and never say which address it is asked for.
      const options = { args: ["--automation", `--proxy=http://${address}`] };
      const timeouts = { pageLoad: limitMs, script: limitMs };
      const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": options, timeouts } };
      const { sessionId } = (await command(`${driver}/session`, { capabilities })) as { sessionId: string };
      const session = `${driver}/session/${sessionId}`;
      await command(`${session}/url`, { url: `http://${address}${path}` });
      // A dialog that is open makes each of these fail.
      const read = () => command(`${session}/execute/sync`, { script: "return document.getElementById('verdict').textContent", args: [] });
      await until("the page comes to a verdict", deadline, async () => (await read()) !== "");
      const windows = (await command(`${session}/window/handles`)) as string[];
      if (windows.length !== 1) throw new Error(`the page opened ${windows.length - 1} windows`);
      return (await read()) as string;
    } finally {
      for (const child of processes.reverse()) await end(child);
    }
  });
}

/** Of WebDriver: with a body it is posted. */
async function command(address: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(address, body === undefined ? {} : { method: "POST", body: JSON.stringify(body) });
  const { value } = (await answer.json()) as { value: unknown };
  if (!answer.ok) throw new Error(`${address}: ${JSON.stringify(value)}`);
  return value;
}

async function until(what: string, deadline: number, holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdio[3]?.once("data", (bytes: Buffer) => resolve(bytes.toString().trim()));
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${child.spawnfile} ended without saying where it listens`)));
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  process.kill(-child.pid, "SIGKILL");
  await ended;
}

/** Free now; the driver can't be asked to pick one itself. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "markdown-page-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
