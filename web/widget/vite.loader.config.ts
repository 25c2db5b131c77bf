import { readdirSync } from "node:fs";
import { defineConfig, type UserConfig } from "vite";

/** The loader: one classic script that knows the panel's file name, so the panel is built first. */
export default defineConfig((): UserConfig => {
  const panel = readdirSync(new URL("../dist/widget", import.meta.url)).find((name) => /^panel-.*\.js$/.test(name));
  if (!panel) throw new Error("build the panel first");
  return {
    define: { __PANEL__: JSON.stringify(panel) },
    build: {
      outDir: "../dist",
      emptyOutDir: false,
      target: "es2022",
      lib: { entry: "loader/main.ts", formats: ["iife"], name: "SapaLoader", fileName: () => "widget.js" },
    },
  };
});
