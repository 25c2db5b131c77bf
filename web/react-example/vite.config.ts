import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  base: "/demo/react/",
  plugins: [react()],
  build: { outDir: "../dist/demo/react", emptyOutDir: true, target: "es2022", modulePreload: { polyfill: false } },
});
