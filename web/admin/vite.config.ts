import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { componentLanguages } from "./component-languages.ts";

const server = process.env["SAPA_URL"] ?? "http://127.0.0.1:3000";

export default defineConfig({
  base: "/admin/",
  plugins: [componentLanguages(), react()],
  build: {
    outDir: "../dist/admin",
    emptyOutDir: true,
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // A picture inside of the page would need `data:` in its policy.
    assetsInlineLimit: 0,
  },
  server: { proxy: { "/api": server } },
});
