import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const PAGES = ["index", "support", "direct", "messenger", "desk"];

/** The demo shop and a page per Socket.IO dialect: nothing inline, so that the strictest policy fits. */
export default defineConfig({
  base: "/demo/",
  plugins: [react()],
  build: {
    outDir: "../dist/demo", emptyOutDir: true, target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false },
    rolldownOptions: { input: PAGES.map((page) => `${import.meta.dirname}/${page}.html`) },
  },
});
