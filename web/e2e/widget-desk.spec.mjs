// Two browsers, both front-ends: a customer in the widget and an admin at the dashboard.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { SARI } from "./admin-seed.mjs";
import { bubble, composer, figure, openDesk, openRoom, row } from "./admin-desk.mjs";
import { artefact, launchBrowser, until } from "./harness.mjs";
import { badge, bubbles, field, newPage, openPanel, panel, say, startShop } from "./widget-pages.mjs";

let browser;
let shop;
let desk;
let customer;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
  // A restart is part of the story: the browser reports each refused connection.
  desk = await openDesk(browser, shop.sapa, SARI, { ignore: [/Failed to load resource|net::ERR/] });
  customer = await newPage(browser, { locale: "id-ID" });
});

after(async () => {
  await browser?.close();
  await shop?.close();
});

it("a customer asks, an admin answers, and both see typing and reading", async () => {
  await customer.goto(shop.page({ as: "budi" }));
  await openPanel(customer);
  await panel(customer).locator("#subject").fill("Pesanan 1204");
  await panel(customer).locator("#message").fill("Kapan pesanan saya sampai?");
  await panel(customer).getByRole("button", { name: "Mulai obrolan" }).click();
  await panel(customer).getByText("Terkirim").waitFor();

  await row(desk.page, "Budi Santoso").waitFor();
  await until(async () => (await figure(desk.page, "unread")) === 1, "one unread at the desk");
  await openRoom(desk.page, "Budi Santoso");
  await bubble(desk.page, "Kapan pesanan saya sampai?").waitFor();
  await panel(customer).locator(".mark.read", { hasText: "Dibaca" }).waitFor();

  await composer(desk.page).pressSequentially("Besok");
  await panel(customer).getByText("Sari Wulandari sedang mengetik").waitFor();
  await composer(desk.page).press("Enter");
  await bubbles(customer).filter({ hasText: "Besok" }).waitFor();
  await panel(customer).locator("header").getByText("Sedang online").waitFor();
  await field(customer).pressSequentially("Wah, ");
  await desk.page.getByText("Budi Santoso is typing").first().waitFor();
  await field(customer).fill("Wah, cepat sekali!");
  await field(customer).press("Enter");
  await bubble(desk.page, "Wah, cepat sekali!").waitFor();
  await customer.screenshot({ path: await artefact("together-widget.png") });
  await desk.page.screenshot({ path: await artefact("together-desk.png") });
});

it("the server is killed and started again in the middle: both go on, nothing lost, nothing twice", async () => {
  await shop.sapa.kill();
  await panel(customer).getByText("Koneksi terputus").waitFor();
  await say(customer, "Masih di sana?");
  await composer(desk.page).fill("Ya, masih.");
  await composer(desk.page).press("Enter");
  await shop.sapa.start();
  await bubble(desk.page, "Masih di sana?").waitFor({ timeout: 60_000 });
  await bubbles(customer).filter({ hasText: "Ya, masih." }).waitFor({ timeout: 60_000 });
  await until(async () => (await panel(customer).locator("article.pending").count()) === 0, "nothing pending");
  for (const text of ["Masih di sana?", "Ya, masih."]) {
    assert.equal(await bubbles(customer).filter({ hasText: text }).count(), 1, text);
    assert.equal(await bubble(desk.page, text).count(), 1, text);
  }
});

it("a badge appears while the widget is closed, and the admin's end of the matter arrives", async () => {
  await customer.keyboard.press("Escape");
  await panel(customer).waitFor({ state: "hidden" });
  await composer(desk.page).fill("Ada lagi?");
  await composer(desk.page).press("Enter");
  await badge(customer).filter({ hasText: "1" }).waitFor();
  await openPanel(customer);
  await bubbles(customer).filter({ hasText: "Ada lagi?" }).waitFor();
  const [room] = await shop.sapa.call("GET", "/api/chat/rooms", { token: shop.sapa.token({ ...SARI, sub: String(SARI.id) }) });
  await shop.sapa.call("PATCH", `/api/chat/rooms/${room.id}/close`, { token: shop.sapa.token({ ...SARI, sub: String(SARI.id) }) });
  await panel(customer).getByText("Percakapan ini sudah ditutup.").waitFor();
  await until(async () => (await figure(desk.page, "closed")) === 1, "one closed at the desk");
  assert.deepEqual(customer.troubles, []);
  assert.deepEqual(desk.problems, []);
});
