// What no style of the window may have, because of what it costs in WebKit wherever it stands.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { expect, it } from "vitest";

const SOURCE = join(import.meta.dirname, "../src");

it("asks no element about what is in it, which would style the whole window anew for each that comes or goes", () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: "utf8" }).filter((name) => /\.(?:svelte|css)$/.test(name));
  expect(files.length).toBeGreaterThan(20);
  const withHas = files.filter((name) => readFileSync(join(SOURCE, name), "utf8").replaceAll(/\/\*[^]*?\*\//g, "").includes(":has("));
  expect(withHas).toEqual([]);
});
