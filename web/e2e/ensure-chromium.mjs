// Installs Debian's Chromium when there is none, so that the test command is enough on a fresh machine.
import { spawnSync } from "node:child_process";
import { findChromium } from "./harness.mjs";

if (!findChromium()) {
  const run = (...command) => spawnSync(command[0], command.slice(1), { stdio: "inherit" }).status === 0;
  const isDone = run("apt-get", "update", "-qq")
    && run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-core", "fonts-noto-color-emoji");
  if (!isDone || !findChromium()) {
    console.error("Chromium is missing and could not be installed: install it, or name it in CHROMIUM");
    process.exit(1);
  }
}
