// Builds every bundle into dist/ and refuses what has grown too big.
import { existsSync } from "node:fs";
import { readFile, readdir, rm, mkdir } from "node:fs/promises";
import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

const root = dirname(fileURLToPath(import.meta.url));
const dist = join(root, "dist");
const at = (...path) => join(root, ...path);

/** Gzipped bytes that a visitor pays before and after the first click. */
const LIMITS = { loader: 5 * 1024, panel: 30 * 1024 };

async function bundle(configFile) {
  await build({ root: dirname(configFile), configFile, logLevel: "warn" });
}

function declarations() {
  const run = spawnSync(process.execPath, [
    at("node_modules/typescript/bin/tsc"), "-p", at("tsconfig.client.json"),
  ], { stdio: "inherit", cwd: root });
  if (run.status !== 0) throw new Error("the declarations of the client could not be written");
}

async function zipped(file) {
  return gzipSync(await readFile(file), { level: 9 }).length;
}

async function checkSizes() {
  const panels = (await readdir(join(dist, "widget"))).filter((name) => name.endsWith(".js"));
  let panel = 0;
  for (const name of panels) panel += await zipped(join(dist, "widget", name));
  const sizes = { loader: await zipped(join(dist, "widget.js")), panel };
  for (const [name, size] of Object.entries(sizes)) {
    console.log(`${name}: ${size} of ${LIMITS[name]} bytes gzipped`);
    if (size > LIMITS[name]) throw new Error(`the ${name} is ${size - LIMITS[name]} bytes too big`);
  }
}

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await bundle(at("widget/vite.config.ts"));
await bundle(at("widget/vite.loader.config.ts"));
await bundle(at("shared/vite.config.ts"));
declarations();
await bundle(at("demo/vite.config.ts"));
await bundle(at("react-example/vite.config.ts"));
if (existsSync(at("admin/index.html"))) await bundle(at("admin/vite.config.ts"));
await checkSizes();
