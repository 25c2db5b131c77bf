// What every browser test needs: the program on a database of its own, a browser, axe, pictures.
import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const SECRET = "a-secret-of-the-browser-tests-and-of-nothing-else";

/** Headless, without a sandbox (the tests run as root), and without calls to the outside. */
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

export const VIEWPORTS = { phone: { width: 360, height: 740 }, tablet: { width: 768, height: 1024 }, desktop: { width: 1440, height: 900 } };

export function findChromium() {
  return [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/google-chrome"].find((each) => each && existsSync(each));
}

export function launchBrowser() {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium: install it, or name it in CHROMIUM");
  return chromium.launch({ executablePath, args: FLAGS });
}

/** Starts the program; `stop()`, `kill()` and `start()` keep its port and its database. */
export async function startSapa({ env = {} } = {}) {
  const folder = await mkdtemp(join(tmpdir(), "sapa-e2e-"));
  const port = await freePort();
  const sapa = {
    url: `http://127.0.0.1:${port}`,
    log: "",
    child: null,
    async start() {
      const bin = process.env.SAPA_BIN ?? join(here, "../../target/debug/sapa");
      const child = sapa.child = spawn(bin, ["serve"], {
        cwd: join(here, "../.."),
        env: {
          ...process.env,
          HOST: "127.0.0.1",
          PORT: String(port),
          DATABASE_URL: `sqlite:${join(folder, "sapa.db")}?mode=rwc`,
          JWT_SECRET: SECRET,
          SAPA_ENV: "development",
          SAPA__LIMITS__REQUESTS_PER_SECOND: "1000",
          SAPA__LIMITS__REQUESTS_BURST: "5000",
          SAPA__LIMITS__WRITES_PER_SECOND: "1000",
          SAPA__LIMITS__WRITES_BURST: "5000",
          ...env,
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      await new Promise((resolve, reject) => {
        const hear = (chunk) => {
          sapa.log += chunk;
          if (sapa.log.includes("listening")) resolve();
        };
        sapa.log = "";
        child.stdout.on("data", hear);
        child.stderr.on("data", hear);
        child.on("exit", (code) => reject(new Error(`sapa ended with ${code}:\n${sapa.log}`)));
      });
    },
    /** SIGTERM, as an operator would. */
    stop: () => end(sapa.child, "SIGTERM"),
    /** SIGKILL, as a power cut would. */
    kill: () => end(sapa.child, "SIGKILL"),
    async close() {
      await sapa.stop();
      await rm(folder, { recursive: true, force: true });
    },
    token: (claims) => signToken(claims),
    /** One call as somebody; the parsed body, or an error with the status. */
    async call(method, path, { token, body } = {}) {
      const response = await fetch(sapa.url + path, {
        method,
        headers: { "content-type": "application/json", ...(token ? { authorization: `Bearer ${token}` } : {}) },
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
      return text ? JSON.parse(text) : null;
    },
  };
  await sapa.start();
  return sapa;
}

export const people = {
  budi: { sub: "1001", name: "Budi Santoso", email: "budi@example.test", role: "USER" },
  dewi: { sub: "1002", name: "Dewi Lestari", email: "dewi@example.test", role: "USER" },
  sari: { sub: "2001", name: "Sari Wulandari", email: "sari@example.test", role: "ADMIN" },
  adi: { sub: "2002", name: "Adi Pratama", email: "adi@example.test", role: "ADMIN" },
};

/** An HS256 token; lives an hour unless the claims say otherwise. */
export function signToken(claims) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = encode({ alg: "HS256", typ: "JWT" });
  const body = encode({ exp: Math.floor(Date.now() / 1000) + 3600, ...claims });
  return `${head}.${body}.${createHmac("sha256", SECRET).update(`${head}.${body}`).digest("base64url")}`;
}

/** What axe finds on the page, one line each; WCAG 2.2 A and AA. */
export async function axeFindings(page) {
  const source = await readFile(join(here, "../node_modules/axe-core/axe.min.js"), "utf8");
  await page.evaluate(source);
  const found = await page.evaluate(() => window.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
  }));
  return found.violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help} at ${node.target.flat().join(" ")}`));
}

/** Where a picture is kept for whoever wants to look; git ignores it. */
export async function artefact(name) {
  const folder = join(here, "artefacts");
  await mkdir(folder, { recursive: true });
  return join(folder, name);
}

/** Polls until `holds` answers something true; says what never came true. */
export async function until(holds, what, ms = 15_000) {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await holds();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function end(child, signal) {
  if (!child || child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", resolve);
    child.kill(signal);
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
