// The messenger dialect in a browser: a customer and an admin, two customers, and what is there after a reload.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { entry, field, holds, isRead, message, openDialect, pick, problem, say } from "./dialect-pages.mjs";
import { artefact, launchBrowser, startSapa } from "./harness.mjs";

let browser;
let sapa;
let budi;
let sari;

before(async () => {
  sapa = await startSapa();
  browser = await launchBrowser();
  budi = await openDialect(browser, sapa, "messenger", "budi");
  sari = await openDialect(browser, sapa, "messenger", "sari");
});

after(async () => {
  await browser?.close();
  await sapa?.close();
});

it("a customer and an admin talk to each other and see what is read", async () => {
  await pick(budi, "Sari Wulandari");
  await say(budi, "Halo, apakah Gayo masih ada?");
  await entry(sari, "Budi Santoso").filter({ hasText: "Gayo" }).locator(".count", { hasText: "1" }).waitFor();
  await pick(sari, "Budi Santoso");
  await message(sari, "Gayo").waitFor();
  await isRead(budi, "Gayo");
  await say(sari, "Masih, dua bungkus.");
  await message(budi, "Masih, dua bungkus.").waitFor();
  await isRead(sari, "Masih, dua bungkus.");
  await budi.screenshot({ path: await artefact("dialect-messenger-customer.png") });
  await sari.screenshot({ path: await artefact("dialect-messenger-admin.png") });
});

it("two customers talk in private, and a chat that is not open counts what is unread", async () => {
  const dewi = await openDialect(browser, sapa, "messenger", "dewi");
  await pick(dewi, "Budi Santoso");
  await say(dewi, "Titip satu, ya");
  await entry(budi, "Dewi Lestari").locator(".count", { hasText: "1" }).waitFor();
  assert.equal(await message(budi, "Titip satu").count(), 0);
  await pick(budi, "Dewi Lestari");
  await isRead(dewi, "Titip satu, ya");
  await say(budi, "Siap");
  await holds(dewi, ["Titip satu, ya", "Siap"]);
  assert.equal(await message(sari, "Titip satu").count(), 0);
  assert.deepEqual(dewi.troubles, []);
  await dewi.context().close();
});

it("after a reload the chats and the history are there, and a refusal is said", async () => {
  await budi.reload();
  await pick(budi, "Sari Wulandari");
  await holds(budi, ["Halo, apakah Gayo masih ada?", "Masih, dua bungkus."]);
  await field(budi).fill("x".repeat(4001));
  await field(budi).press("Enter");
  await problem(budi, "invalid_input").waitFor();
  assert.deepEqual([...budi.troubles, ...sari.troubles], []);
});
