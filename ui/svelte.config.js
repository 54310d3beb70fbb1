// Only here so that editors and svelte-check preprocess TypeScript the way the build does.
import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default { preprocess: vitePreprocess(), compilerOptions: { runes: true } };
