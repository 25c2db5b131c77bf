// What draws attention while nobody looks: one sound, a count in the title, and the switch that is remembered.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { launchBrowser, until } from "./harness.mjs";
import { adminOf, badge, newPage, openPanel, panel, startChat, startShop } from "./widget-pages.mjs";

let browser;
let shop;
let admin;
let page;
let room;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
  admin = adminOf(shop.sapa);
  page = await newPage(browser);
  // A headless page is always visible and silent, so the page counts its tones and says itself when it is hidden.
  await page.context().addInitScript(() => {
    window.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...args) {
      window.tones++;
      return start.apply(this, args);
    };
    window.isHidden = false;
    Object.defineProperty(document, "visibilityState", { get: () => (window.isHidden ? "hidden" : "visible") });
    window.look = (isVisible) => {
      window.isHidden = !isVisible;
      document.dispatchEvent(new Event("visibilitychange"));
    };
  });
  await page.goto(shop.page({ as: "budi" }));
  await startChat(page, "hello");
  [room] = await admin.rooms();
});

after(async () => {
  await browser?.close();
  await shop?.close();
});

const tones = (each) => each.evaluate(() => window.tones);

it("is silent while the conversation is looked at", async () => {
  await admin.say(room.id, "seen at once");
  await panel(page).getByText("seen at once").waitFor();
  await page.waitForTimeout(600);
  assert.equal(await tones(page), 0);
  assert.equal(await page.title(), "Shop");
});

it("counts in the title while the page is hidden, and no more when it is looked at", async () => {
  await page.evaluate(() => window.look(false));
  await admin.say(room.id, "one");
  await until(async () => (await page.title()) === "(1) Shop", "one in the title");
  await admin.say(room.id, "two");
  await until(async () => (await page.title()) === "(2) Shop", "two in the title");
  await until(async () => (await tones(page)) > 0, "it sounded");
  assert.equal((await admin.room(room.id)).messages.at(-1).isRead, false, "hidden is not read");
  await page.evaluate(() => window.look(true));
  await until(async () => (await page.title()) === "Shop", "the page's own title again");
  await until(async () => (await admin.room(room.id)).messages.at(-1).isRead, "read, now that it is seen");
});

it("sounds in one of three tabs", async () => {
  const tabs = [page];
  for (let i = 0; i < 2; i++) {
    const tab = await page.context().newPage();
    await tab.goto(shop.page({ as: "budi" }));
    await openPanel(tab);
    await panel(tab).getByText("two").waitFor();
    tabs.push(tab);
  }
  for (const tab of tabs) await tab.evaluate(() => ((window.tones = 0), window.look(false)));
  await page.waitForTimeout(1_600);
  await admin.say(room.id, "for all tabs");
  await Promise.all(tabs.map((tab) => panel(tab).getByText("for all tabs").waitFor()));
  await page.waitForTimeout(800);
  const sounded = (await Promise.all(tabs.map(tones))).filter((each) => each > 0);
  assert.equal(sounded.length, 1);
  for (const tab of tabs.slice(1)) await tab.close();
});

it("can be muted, which is remembered", async () => {
  await page.evaluate(() => window.look(true));
  await panel(page).getByRole("button", { name: "Turn sound off" }).click();
  await page.reload();
  await openPanel(page);
  await panel(page).getByRole("button", { name: "Turn sound on" }).waitFor();
  await until(async () => (await admin.room(room.id)).messages.at(-1).isRead, "all read");
  await page.keyboard.press("Escape");
  await admin.say(room.id, "quietly");
  await badge(page).filter({ hasText: "1" }).waitFor();
  await page.waitForTimeout(600);
  assert.equal(await tones(page), 0);
  assert.deepEqual(page.troubles, []);
});
