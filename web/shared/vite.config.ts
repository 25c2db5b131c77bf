import { defineConfig } from "vite";

/** The published client: one ES module, its declarations are written beside it. */
export default defineConfig({
  publicDir: "public",
  build: {
    outDir: "../dist/client",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: true,
    lib: { entry: "index.ts", formats: ["es"], fileName: () => "sapa-client.js" },
  },
});
