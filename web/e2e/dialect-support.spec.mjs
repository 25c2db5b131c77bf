// The support dialect in a browser: a customer and an admin, then the same with the widget and the dashboard.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { SARI } from "./admin-seed.mjs";
import { bubble, composer, figure, openDesk, openRoom, row, serverStats } from "./admin-desk.mjs";
import {
  connected, entry, field, holds, isRead, message, notice, openDialect, overWebsocket, pick, problem, say,
} from "./dialect-pages.mjs";
import { artefact, launchBrowser, until } from "./harness.mjs";
import { bubbles, field as widgetField, newPage, openPanel, startShop } from "./widget-pages.mjs";

let browser;
let shop;
let sapa;

before(async () => {
  shop = await startShop();
  sapa = shop.sapa;
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await shop?.close();
});

it("a customer asks, an admin answers, and both see typing and reading", async () => {
  const budi = await openDialect(browser, sapa, "support", "budi");
  const sari = await openDialect(browser, sapa, "support", "sari");
  await overWebsocket(budi);
  await say(budi, "Where is my parcel?");
  await entry(sari, "Budi Santoso").filter({ hasText: "Where is my parcel?" }).waitFor();
  await pick(sari, "Budi Santoso");
  await message(sari, "Where is my parcel?").waitFor();
  await isRead(budi, "Where is my parcel?");
  await field(sari).pressSequentially("It");
  await notice(budi, "Sari Wulandari is typing").waitFor();
  await say(sari, "It comes tomorrow.");
  await message(budi, "It comes tomorrow.").waitFor();
  await isRead(sari, "It comes tomorrow.");
  await field(budi).pressSequentially("Wo");
  await notice(sari, "Budi Santoso is typing").waitFor();
  await say(budi, "Wonderful!");
  await message(sari, "Wonderful!").waitFor();
  await budi.screenshot({ path: await artefact("dialect-support-customer.png") });
  await sari.screenshot({ path: await artefact("dialect-support-admin.png") });
  assert.deepEqual([...budi.troubles, ...sari.troubles], []);

  // Another customer has a room of their own.
  const dewi = await openDialect(browser, sapa, "support", "dewi", { query: "&transport=polling" });
  await dewi.locator(".link", { hasText: "Connected, polling" }).waitFor();
  await say(dewi, "Do you have filters?");
  await entry(sari, "Dewi Lestari").locator(".count", { hasText: "1" }).waitFor();
  await holds(dewi, ["Do you have filters?"]);
  await holds(budi, ["Where is my parcel?", "It comes tomorrow.", "Wonderful!"]);
  await Promise.all([budi, sari, dewi].map((page) => page.context().close()));
});

it("after a restart both have everything, once", async () => {
  const citra = await openDialect(browser, sapa, "support", "citra");
  const adi = await openDialect(browser, sapa, "support", "adi");
  await say(citra, "Before");
  await pick(adi, "Citra Amelia");
  await sapa.kill();
  await citra.locator(".link", { hasText: /lost|No connection/ }).waitFor();
  await sapa.start();
  await Promise.all([connected(citra), connected(adi)]);
  await say(adi, "After");
  await holds(citra, ["Before", "After"]);
  await holds(adi, ["Before", "After"]);
  await Promise.all([citra, adi].map((page) => page.context().close()));
});

it("what the server refuses is said, and the text stays", async () => {
  const citra = await openDialect(browser, sapa, "support", "citra");
  await message(citra, "After").waitFor();
  await field(citra).fill("x".repeat(4001));
  await field(citra).press("Enter");
  await problem(citra, "invalid_input").waitFor();
  assert.equal((await field(citra).inputValue()).length, 4001);
  await say(citra, "Shorter");
  assert.equal(await citra.locator(".problem").textContent(), "");
  await citra.context().close();
});

it("a customer on this page is answered from the dashboard", async () => {
  const desk = await openDesk(browser, sapa, SARI);
  const dewi = await openDialect(browser, sapa, "support", "dewi");
  await say(dewi, "Is anybody there?");
  await row(desk.page, "Dewi Lestari").waitFor();
  await openRoom(desk.page, "Dewi Lestari");
  await bubble(desk.page, "Is anybody there?").waitFor();
  await isRead(dewi, "Is anybody there?");
  await composer(desk.page).pressSequentially("Yes");
  await notice(dewi, "is typing").waitFor();
  await composer(desk.page).fill("Yes, I am.");
  await composer(desk.page).press("Enter");
  await message(dewi, "Yes, I am.").waitFor();
  await field(dewi).pressSequentially("Th");
  await desk.page.getByText("Dewi Lestari is typing").first().waitFor();
  await say(dewi, "Thank you.");
  await bubble(desk.page, "Thank you.").waitFor();
  await isRead(dewi, "Thank you.");
  const { unread } = await serverStats(sapa, SARI);
  await until(async () => (await figure(desk.page, "unread")) === unread, "the dashboard counts as the server does");
  await dewi.screenshot({ path: await artefact("dialect-cross-customer.png") });
  await desk.page.screenshot({ path: await artefact("dialect-cross-dashboard.png") });
  assert.deepEqual([...dewi.troubles, ...desk.problems], []);
  await Promise.all([dewi.context().close(), desk.close()]);
});

it("a customer of the widget is answered by an admin on this page", async () => {
  const customer = await newPage(browser);
  await customer.goto(shop.page({ as: "budi" }));
  const adi = await openDialect(browser, sapa, "support", "adi");
  await openPanel(customer);
  await widgetField(customer).fill("And from the widget?");
  await widgetField(customer).press("Enter");
  await pick(adi, "Budi Santoso");
  await message(adi, "And from the widget?").waitFor();
  await say(adi, "That works too.");
  await bubbles(customer).filter({ hasText: "That works too." }).waitFor();
  await isRead(adi, "That works too.");
  await adi.screenshot({ path: await artefact("dialect-cross-admin.png") });
  assert.deepEqual([...customer.troubles, ...adi.troubles], []);
  await Promise.all([customer, adi].map((page) => page.context().close()));
});
