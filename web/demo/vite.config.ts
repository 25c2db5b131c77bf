import { defineConfig } from "vite";

/** The demo shop: no inline script and no inline style, so that the strictest policy fits. */
export default defineConfig({
  base: "/demo/",
  build: { outDir: "../dist/demo", emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false } },
});
