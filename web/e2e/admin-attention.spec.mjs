// What calls an admin: notifications, sound, the title; and what does not.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { actor, bubble, composer, openDesk, row } from "./admin-desk.mjs";
import { ADI, customer, SARI } from "./admin-seed.mjs";
import { launchBrowser, startSapa, until } from "./harness.mjs";

let sapa, browser;
before(async () => {
  sapa = await startSapa();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await sapa?.close();
});

/** Opens the desk with a browser that writes down each notification and each tone. */
async function openListening(prefs) {
  const desk = await openDesk(browser, sapa, SARI, { prefs, query: "?x" });
  await desk.page.addInitScript(() => {
    window.notes = [];
    window.tones = 0;
    window.Notification = class {
      static permission = "granted";
      static requestPermission = async () => "granted";
      constructor(title, options) {
        window.notes.push({ title, ...options, click: () => this.onclick?.() });
      }
      close() {}
    };
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) {
      window.tones += 1;
      return start.apply(this, when);
    };
  });
  await desk.page.reload();
  await until(async () => (await desk.page.locator(".connection-live").count()) === 1, "live");
  await desk.page.locator(".pane-conversation").click();
  return desk;
}
const notes = (page) => page.evaluate(() => window.notes.map(({ title, body, tag }) => ({ title, body, tag })));

test("a customer's message is told, by name and text, and a click opens it", async () => {
  const desk = await openListening({ notifications: true, sound: true, locale: "en" });
  const { page } = desk;
  const room = await actor(sapa, customer(0)).begin("Ada yang bisa bantu?");
  await until(async () => (await notes(page)).length === 1, "the notification");
  assert.deepEqual(await notes(page), [
    { title: "Budi Santoso", body: "Ada yang bisa bantu?", tag: `sapa-room-${room.id}` },
  ]);
  await until(() => page.evaluate(() => window.tones === 2), "two tones");
  await page.evaluate(() => window.notes[0].click());
  await bubble(page, "Ada yang bisa bantu?").waitFor();

  await actor(sapa, customer(0)).say(room.id, "Ini sedang dibaca");
  await bubble(page, "Ini sedang dibaca").waitFor();
  const other = await actor(sapa, customer(1)).begin("Untuk Adi");
  await until(async () => (await notes(page)).length === 2, "the second notification");
  await actor(sapa, ADI).manage(other.id, { adminId: ADI.id });
  await row(page, "Dewi Lestari").locator(".room-row-owner", { hasText: "Adi" }).waitFor();
  await actor(sapa, customer(1)).say(other.id, "Masih untuk Adi");
  await row(page, "Masih untuk Adi").waitFor();
  assert.equal((await notes(page)).length, 2, "neither what is looked at nor what is a colleague's");
  assert.deepEqual(desk.problems, []);
  await desk.close();
});

test("what is switched off stays silent, and the test buttons answer", async () => {
  const desk = await openListening({ notifications: false, sound: false, locale: "en" });
  const { page } = desk;
  await actor(sapa, customer(2)).begin("Diam saja");
  await row(page, "Diam saja").waitFor();
  assert.deepEqual(await notes(page), []);
  assert.equal(await page.evaluate(() => window.tones), 0);
  await page.getByRole("button", { name: /^Settings/ }).click();
  await page.getByRole("button", { name: "Test the sound" }).click();
  await until(() => page.evaluate(() => window.tones === 2), "the test sound");
  await page.getByRole("button", { name: "Test a notification" }).click();
  await until(async () => (await notes(page))[0]?.title === "Notifications work", "the test notification");
  await desk.close();
});

test("a blocked notification is explained", async () => {
  const desk = await openListening({ locale: "en" });
  const { page } = desk;
  await page.evaluate(() => (window.Notification.requestPermission = async () => "denied"));
  await page.getByRole("button", { name: /^Settings/ }).click();
  await page.getByRole("switch", { name: "Browser notifications" }).press("Space");
  await page.getByText("This browser blocks notifications for this page.").waitFor();
  assert.equal(await page.getByRole("switch", { name: "Browser notifications" }).isChecked(), false);
  await desk.close();
});

test("two tabs of one admin both stay live, and read marks go to both", async () => {
  const desk = await openDesk(browser, sapa, SARI);
  const { page, context } = desk;
  await until(async () => (await page.locator(".connection-live").count()) === 1, "live");
  const second = await context.newPage();
  await second.goto(`${sapa.url}/admin/chat#token=${sapa.token({ sub: String(SARI.id), role: "ADMIN" })}`);
  await until(async () => (await second.locator(".connection-live").count()) === 1, "live too");
  const room = await actor(sapa, customer(5)).begin("Untuk dua tab");
  for (const tab of [page, second]) await row(tab, "Untuk dua tab").locator(".badge").waitFor();
  await second.goto(`${sapa.url}/admin/chat?room=${room.id}`);
  await composer(second).waitFor();
  await second.bringToFront();
  await until(
    async () => (await row(page, "Untuk dua tab").locator(".badge").count()) === 0,
    "read in the first tab too",
  );
  await page.close();
  await actor(sapa, customer(5)).say(room.id, "Setelah tab pertama ditutup");
  await bubble(second, "Setelah tab pertama ditutup").waitFor();
  await desk.close();
});
