// Serves the window's page with a fake host, for working on components without the app: `npm run preview:fake`.
// Open `/?scene=finished`; `main.ts` lists the scenes.
import { fileURLToPath } from "node:url";

import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

const here = fileURLToPath(new URL(".", import.meta.url));

export default defineConfig({
  root: here,
  plugins: [svelte({ configFile: "../svelte.config.js" })],
  server: { port: 1421, fs: { allow: [".."] } },
  build: { outDir: "../node_modules/.preview", emptyOutDir: true, assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
