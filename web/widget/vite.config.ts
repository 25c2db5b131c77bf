import { defineConfig } from "vite";

/**
 * The panel: one ES module, loaded on the first click. Its name changes with its bytes. It is built
 * as an entry, not as a library, because Vite leaves the white space of an ES library alone.
 */
export default defineConfig({
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "../dist/widget",
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: false,
    rolldownOptions: {
      input: "panel/main.tsx",
      preserveEntrySignatures: "strict",
      output: { entryFileNames: "panel-[hash].js", codeSplitting: false },
    },
  },
});
