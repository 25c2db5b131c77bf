// Makes the picture of the README: the widget on a shop page beside the dashboard, from the running program.
// node web/e2e/overview.mjs, after cargo build.
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser, people, startSapa, until } from "./harness.mjs";

const picture = join(dirname(fileURLToPath(import.meta.url)), "../../docs/images/overview.png");
const SIZE = { dashboard: { width: 1280, height: 800 }, shop: { width: 680, height: 800 } };

const lines = [
  [people.dewi, { subject: "Where is my order?", message: "Hello, is order #1042 on its way?", priority: "NORMAL" }],
  [people.budi, { subject: "Coffee for the office", message: "Hi! Can you deliver 5 kg of Gayo on Friday?", priority: "HIGH" }],
];

const sapa = await startSapa();
const browser = await launchBrowser();
try {
  const admin = sapa.token(people.sari);
  for (const [person, body] of lines) {
    const token = sapa.token(person);
    const room = await sapa.call("POST", "/api/chat/rooms", { token, body });
    await sapa.call("POST", `/api/chat/rooms/${room.id}`, { token: admin, body: { message: "Good morning! Let me look that up for you." } });
  }
  const desk = await page("light", SIZE.dashboard);
  await desk.goto(`${sapa.url}/admin/chat?room=2#token=${admin}`);
  const shop = await page("light", SIZE.shop);
  await shop.goto(`${sapa.url}/`);
  await shop.getByRole("button", { name: "Budi Santoso" }).click();
  await shop.evaluate(() => window.Sapa.open());
  await until(() => shop.getByText("Let me look that up").first().isVisible(), "the widget shows the answer");
  await until(() => desk.getByText("Can you deliver 5 kg").first().isVisible(), "the dashboard shows the question");
  await save(await desk.screenshot(), await shop.screenshot());
} finally {
  await browser.close();
  await sapa.close();
}

async function page(colorScheme, viewport) {
  const context = await browser.newContext({ colorScheme, viewport, locale: "en-GB", reducedMotion: "reduce" });
  return context.newPage();
}

/** Both pictures side by side, drawn by the browser itself. */
async function save(left, right) {
  const sheet = await page("light", { width: 2020, height: 840 });
  const source = (png) => `data:image/png;base64,${png.toString("base64")}`;
  await sheet.setContent(`<style>body{margin:20px;display:flex;gap:20px;background:#e9ece9}
    img{border-radius:12px;box-shadow:0 2px 12px #0003}</style><img src="${source(left)}"><img src="${source(right)}">`);
  await mkdir(dirname(picture), { recursive: true });
  await sheet.screenshot({ path: picture });
}
