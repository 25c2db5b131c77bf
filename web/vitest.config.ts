import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["{shared,widget,admin}/**/*.test.{ts,tsx}"],
    environment: "node",
    testTimeout: 15_000,
  },
});
