// Runs the browser tests, a file at a time. A file that fails is run once more: a browser on a busy machine now and
// then misses a deadline, and a real fault fails twice. What was run twice is said at the end.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(folder)
  .filter((name) => name.endsWith(".spec.mjs") && (wanted.length === 0 || wanted.some((part) => name.includes(part))))
  .sort();

const passes = (file) =>
  spawnSync(process.execPath, ["--test", "--test-concurrency=1", "--test-reporter=spec", join(folder, file)], { stdio: "inherit" }).status === 0;

const again = files.filter((file) => !passes(file));
const failed = again.filter((file) => !passes(file));
for (const file of again) console.log(`${file}: ${failed.includes(file) ? "failed twice" : "failed once, passed the second time"}`);
console.log(`${files.length - failed.length} passed, ${failed.length} failed`);
process.exitCode = failed.length === 0 && files.length > 0 ? 0 : 1;
