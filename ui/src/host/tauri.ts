// The real host: Tauri's `invoke` and `Channel`. A command's channel argument is always named `events`.
import { Channel, invoke } from "@tauri-apps/api/core";

import { commandFailure, type Host } from "./host";

export const tauriHost: Host = {
  async call(name, args, ...[onEvents]) {
    try {
      if (onEvents === undefined) return await invoke(name, { ...args });
      const channel = new Channel(onEvents);
      return await invoke(name, { ...args, events: channel });
    } catch (reason) {
      throw commandFailure(reason);
    }
  },

  async upload(name, fileName, bytes) {
    try {
      return await invoke(name, bytes, {
        headers: { "x-file-name": encodeURIComponent(fileName) },
      });
    } catch (reason) {
      throw commandFailure(reason);
    }
  },
};
