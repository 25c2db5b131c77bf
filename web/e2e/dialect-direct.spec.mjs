// The direct dialect in a browser: private talk, the desk, announcements, presence.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { entry, field, holds, isRead, message, messages, notice, openDialect, pick, say } from "./dialect-pages.mjs";
import { artefact, launchBrowser, startSapa } from "./harness.mjs";

let browser;
let sapa;
let budi;
let dewi;
let sari;

/** Begins to talk to somebody, by name. A customer's conversation with the desk may have no admin yet. */
async function meet(page, name) {
  await page.locator(".pick").getByRole("button", { name }).click();
  await page.locator(".thread-head h2", { hasText: new RegExp(`${name}|Support`) }).waitFor();
}

before(async () => {
  sapa = await startSapa();
  browser = await launchBrowser();
  budi = await openDialect(browser, sapa, "direct", "budi");
  dewi = await openDialect(browser, sapa, "direct", "dewi");
  sari = await openDialect(browser, sapa, "direct", "sari");
});

after(async () => {
  await browser?.close();
  await sapa?.close();
});

it("two customers talk in private, with typing, reading, replies, reactions and deletion", async () => {
  await meet(budi, "Dewi Lestari");
  await say(budi, "Hello, Dewi");
  await entry(dewi, "Budi Santoso").locator(".count", { hasText: "1" }).waitFor();
  await pick(dewi, "Budi Santoso");
  await isRead(budi, "Hello, Dewi");
  await dewi.locator(".thread-head", { hasText: "online" }).waitFor();
  await field(dewi).pressSequentially("He");
  await notice(budi, "Dewi Lestari is typing").waitFor();
  await message(dewi, "Hello, Dewi").getByRole("button", { name: "Reply" }).click();
  await say(dewi, "Hello yourself");
  await message(budi, "Hello yourself").locator(".quote", { hasText: "Hello, Dewi" }).waitFor();
  await message(budi, "Hello yourself").getByRole("button", { name: "Like" }).click();
  await message(dewi, "Hello yourself").getByRole("button", { name: "Like, 1" }).waitFor();
  await budi.screenshot({ path: await artefact("dialect-direct-customer.png") });
  await message(budi, "Hello yourself").getByRole("button", { name: "Like" }).click();
  await message(dewi, "Hello yourself").getByRole("button", { name: "Like, 0" }).waitFor();
  await say(budi, "A slip");
  await message(budi, "A slip").getByRole("button", { name: "Delete" }).click();
  await messages(dewi).locator(".gone").waitFor();
  assert.equal(await message(dewi, "A slip").count(), 0);
  assert.equal(await entry(sari, "Dewi Lestari").count(), 0);
});

it("a customer and the desk talk in the customer's support conversation", async () => {
  await meet(budi, "Sari Wulandari");
  await say(budi, "A question about my order");
  await entry(sari, "Budi Santoso").locator(".count", { hasText: "1" }).waitFor();
  await pick(sari, "Budi Santoso");
  await isRead(budi, "A question about my order");
  await field(sari).pressSequentially("As");
  await notice(budi, "Sari Wulandari is typing").waitFor();
  await say(sari, "Ask me");
  await message(budi, "Ask me").waitFor();
  await isRead(sari, "Ask me");
  await sari.screenshot({ path: await artefact("dialect-direct-admin.png") });
  const [room] = await sapa.call("GET", "/api/chat/rooms", { token: sapa.token({ sub: "2001", role: "ADMIN" }) });
  assert.equal(room.lastMessage, "Ask me");
});

it("an announcement reaches everybody, and nobody answers in it", async () => {
  const announcement = sari.getByRole("textbox", { name: "Announcement", exact: true });
  await announcement.fill("We close at six");
  await announcement.press("Enter");
  for (const page of [budi, dewi]) {
    await entry(page, "Announcements").filter({ hasText: "We close at six" }).waitFor();
    await pick(page, "Announcements");
    await message(page, "We close at six").waitFor();
    assert.equal(await field(page).count(), 0);
  }
});

it("one can write to somebody who has not come yet", async () => {
  await meet(budi, "Citra Amelia");
  await say(budi, "For when you come");
  const citra = await openDialect(browser, sapa, "direct", "citra");
  await entry(citra, "Budi Santoso").filter({ hasText: "For when you come" }).waitFor();
  await citra.context().close();
});

it("whoever goes is seen to go, and the history is there after a reload", async () => {
  await pick(budi, "Dewi Lestari");
  await budi.locator(".thread-head", { hasText: "online" }).waitFor();
  await dewi.context().close();
  await budi.locator(".thread-head", { hasText: "last seen" }).waitFor({ timeout: 30_000 });
  await budi.reload();
  await pick(budi, "Dewi Lestari");
  await holds(budi, ["Hello, Dewi", "Hello yourself", "deleted"]);
  assert.deepEqual([...budi.troubles, ...sari.troubles], []);
});
