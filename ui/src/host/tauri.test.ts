// The real host against Tauri's own mock of its bridge: names of arguments and shapes of errors are what
// the other side relies on.
import type { Channel } from "@tauri-apps/api/core";
import { clearMocks, mockIPC } from "@tauri-apps/api/mocks";
import { afterEach, describe, expect, it } from "vitest";

import type { EngineStatus } from "../protocol";
import { CommandFailure } from "./host";
import { tauriHost } from "./tauri";

afterEach(() => clearMocks());

describe("the real host", () => {
  it("passes its listener as the argument `events`", async () => {
    const status: EngineStatus = { model: "nano", engine: "mistralrs", device: "cpu", threads: 0, state: { kind: "idle" } };
    mockIPC((name, args) => {
      expect(name).toBe("watch_engine");
      const { events } = args as { events: Channel<EngineStatus> };
      events.onmessage(status);
      return null;
    });
    const heard: EngineStatus[] = [];
    await tauriHost.call("watch_engine", {}, (message) => heard.push(message));
    expect(heard).toEqual([status]);
  });

  it("sends a file's bytes as the body", async () => {
    mockIPC((name, body) => {
      expect([name, body]).toEqual(["import_usage", new Uint8Array([1, 2])]);
      return { homes: [], notes: [] };
    });
    expect(await tauriHost.upload("import_usage", "März.csv", new Uint8Array([1, 2]))).toEqual({ homes: [], notes: [] });
  });

  async function check(reason: unknown): Promise<CommandFailure> {
    mockIPC(() => Promise.reject(reason as Error));
    const failure: unknown = await tauriHost.call("stop", { runId: "run-1" }).catch((error: unknown) => error);
    if (!(failure instanceof CommandFailure)) throw new Error("not a CommandFailure");
    return failure;
  }

  it("keeps the app's own error code and sentence", async () => {
    expect(await check({ code: "not_found", message: "No such run." })).toMatchObject({ code: "not_found", message: "No such run." });
  });

  it("says what to do when the bridge itself refuses", async () => {
    const failure = await check("command stop not allowed");
    expect(failure.code).toBe("failed");
    expect(failure.message).toMatch(/command stop not allowed.*restart Sextant/);
  });
});
