// Builds the page that draws hostile answers and says what came of it: `npx vite build --config
// tests/markdown-page/vite.config.ts`. `markdown-browser.test.ts` opens it in Chromium and in WebKitGTK; any
// other web view can be led to it as well, and its verdict read from `#verdict`.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig, type Plugin } from "vite";

import { sharedData } from "../shared-data";

const MODULE = "virtual:payloads";

function payloads(): Plugin {
  return {
    name: "payloads",
    resolveId: (id) => (id === MODULE ? `\0${MODULE}` : null),
    load: (id) => {
      if (id !== `\0${MODULE}`) return null;
      const folder = sharedData("xss_dompurify");
      const lines = folder === null ? [] : readFileSync(join(folder, "payloads.jsonl"), "utf8").trim().split("\n");
      return `export default [${lines.join(",")}];`;
    },
  };
}

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [payloads(), svelte({ configFile: "../../svelte.config.js" })],
  server: { port: 1422, fs: { allow: ["../.."] } },
  build: {
    outDir: "../../node_modules/.markdown-page",
    emptyOutDir: true,
    target: ["safari16", "chrome111"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
