// A customer and two admins talk; everything arrives by itself, in the right place and once.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { actor, bubble, composer, figure, openDesk, openRoom, row, serverStats } from "./admin-desk.mjs";
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

const shows = (locator, what) => until(() => locator.isVisible(), what);
const readsAs = (page, card, value) => until(async () => (await figure(page, card)) === value, `${card} is ${value}`);

test("a new conversation appears, is answered, and the answer is seen to be read", async () => {
  const budi = actor(sapa, customer(0));
  const desk = await openDesk(browser, sapa, SARI);
  const { page } = desk;
  await page.getByText("All quiet here").waitFor();
  const room = await budi.begin("Halo, pesanan saya di mana?", { subject: "Pesanan #1" });
  await shows(row(page, "Budi Santoso"), "the new room");
  await readsAs(page, "total", 1);
  await readsAs(page, "unread", 1);
  await until(async () => /^\(1\)/.test(await page.title()), "the count in the title");

  await openRoom(page, "Budi Santoso");
  await shows(bubble(page, "pesanan saya di mana"), "the message");
  await until(async () => (await budi.room(room.id)).messages[0].isRead, "read, because the room is open and in view");
  await readsAs(page, "unread", 0);

  await composer(page).fill("Halo Kak Budi,\nsebentar saya cek.");
  await composer(page).press("Enter");
  await shows(bubble(page, "sebentar saya cek").locator(".mark"), "the sent mark");
  assert.equal(await bubble(page, "sebentar saya cek").count(), 1, "once");
  assert.equal(await composer(page).inputValue(), "");
  await budi.read(room.id);
  await shows(bubble(page, "sebentar saya cek").locator(".mark.is-read"), "the read mark");
  assert.deepEqual(desk.problems, []);
  await desk.close();
});

test("typing shows in the row and in the conversation, and ends", async () => {
  const dewi = actor(sapa, customer(1));
  const room = await dewi.begin("Permisi");
  const desk = await openDesk(browser, sapa, SARI, { query: `?room=${room.id}` });
  const { page } = desk;
  await composer(page).waitFor();
  await until(async () => (await page.locator(".connection-live").count()) === 1, "live");
  await dewi.type(room.id);
  await shows(page.getByText("Dewi Lestari is typing…"), "typing in the conversation");
  await shows(row(page, "Dewi Lestari").getByText("typing…"), "typing in the row");
  await dewi.type(room.id, false);
  await until(async () => !(await page.getByText("Dewi Lestari is typing…").isVisible()), "the end of typing");
  await desk.close();
});

test("status, priority, assignment and figures arrive at the other admin", async () => {
  const citra = actor(sapa, customer(2));
  const room = await citra.begin("Could I get an invoice?", { subject: "Invoice" });
  const one = await openDesk(browser, sapa, SARI);
  const two = await openDesk(browser, sapa, ADI);
  await openRoom(one.page, "Citra Maharani");
  await one.page.getByRole("button", { name: "Priority: Normal" }).click();
  await one.page.getByRole("menuitemradio", { name: "Urgent" }).click();
  await shows(row(two.page, "Citra Maharani").getByText("Urgent"), "the priority");
  await one.page.getByRole("button", { name: /^Assignee:/ }).click();
  await one.page.getByRole("menuitemradio", { name: /Adi Nugraha/ }).click();
  await shows(row(two.page, "Citra Maharani").locator(".room-row-owner", { hasText: "Me" }), "the assignment");
  await one.page.getByRole("button", { name: "Resolve", exact: true }).click();
  await shows(row(two.page, "Citra Maharani").getByText("Resolved"), "the status");
  const stats = await serverStats(sapa, SARI);
  for (const { page } of [one, two])
    for (const card of ["total", "open", "resolved", "closed", "unread"]) await readsAs(page, card, stats[card]);

  await one.page.getByRole("button", { name: "Undo" }).last().click();
  await until(async () => (await citra.room(room.id)).status === "OPEN", "the undo");
  await until(
    async () => (await row(two.page, "Citra Maharani").getByText("Resolved").count()) === 0,
    "the undo at the other desk",
  );
  for (const card of ["open", "resolved"]) await readsAs(two.page, card, (await serverStats(sapa, SARI))[card]);
  assert.deepEqual([...one.problems, ...two.problems], []);
  await one.close();
  await two.close();
});

test("an admin sees who else looks and answers", async () => {
  const agus = actor(sapa, customer(3));
  const room = await agus.begin("Voucher ditolak");
  const one = await openDesk(browser, sapa, SARI, { query: `?room=${room.id}` });
  const two = await openDesk(browser, sapa, ADI, { query: `?room=${room.id}` });
  await shows(one.page.getByText("Adi Nugraha is looking at this conversation too"), "the other looks");
  await composer(two.page).pressSequentially("Halo Kak");
  await shows(one.page.getByText("Adi Nugraha is writing an answer right now"), "the other writes");
  await two.page.keyboard.press("Escape");
  await two.page.keyboard.press("Escape");
  await until(async () => (await one.page.locator(".company").count()) === 0, "the other left");
  await shows(row(two.page, "Agus Pratama").getByText("Draft:"), "the draft in the row");
  await openRoom(two.page, "Agus Pratama");
  assert.equal(await composer(two.page).inputValue(), "Halo Kak", "the draft is kept");
  await two.page.reload();
  await composer(two.page).waitFor();
  assert.equal(await composer(two.page).inputValue(), "Halo Kak", "also after a reload");
  await one.close();
  await two.close();
});

test("replies, reactions and deletions", async () => {
  const rina = actor(sapa, customer(4));
  const room = await rina.begin("The lamp is broken");
  const second = await rina.say(room.id, "I have photos");
  const desk = await openDesk(browser, sapa, SARI, { query: `?room=${room.id}` });
  const { page } = desk;
  await bubble(page, "The lamp is broken").hover();
  await bubble(page, "The lamp is broken").getByRole("button", { name: "Reply" }).click();
  await composer(page).pressSequentially("Sorry to hear that");
  await composer(page).press("Control+Enter");
  await shows(bubble(page, "Sorry to hear that").locator(".quote", { hasText: "The lamp is broken" }), "the quote");

  await bubble(page, "I have photos").hover();
  await bubble(page, "I have photos").getByRole("button", { name: "React", exact: true }).click();
  await page.getByRole("button", { name: "React with 👍" }).click();
  await shows(page.getByRole("button", { name: "👍, 1" }), "the own reaction");
  await rina.react(second.id, "👍");
  await shows(page.getByRole("button", { name: "👍, 2" }), "the customer's reaction");
  await page.getByRole("button", { name: "👍, 2" }).click();
  await shows(page.getByRole("button", { name: "👍, 1" }), "the reaction taken back");

  await rina.remove(second.id);
  await shows(page.getByText("This message was deleted."), "the deletion");
  const answer = page.locator(".message.own", { hasText: "Sorry to hear that" });
  await answer.hover();
  await answer.getByRole("button", { name: "Actions for this message" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await until(async () => (await page.getByText("This message was deleted.").count()) === 2, "the own deletion");
  assert.equal((await rina.room(room.id)).messages.find((one) => one.senderId === SARI.id).message, "");
  assert.deepEqual(desk.problems, []);
  await desk.close();
});

test("a closed conversation takes no answer until it is reopened", async () => {
  const joko = actor(sapa, customer(5));
  const room = await joko.begin("Ganti alamat");
  const desk = await openDesk(browser, sapa, SARI, { query: `?room=${room.id}` });
  const { page } = desk;
  await composer(page).waitFor();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Close the conversation" }).click();
  await shows(page.getByText("This conversation is closed. Reopen it to answer."), "the notice");
  assert.equal(await composer(page).isDisabled(), true);
  await page.locator(".status-notice").getByRole("button", { name: "Reopen" }).click();
  await until(async () => !(await composer(page).isDisabled()), "open again");
  await actor(sapa, ADI).manage(room.id, { status: "RESOLVED" });
  await shows(page.getByText("Resolved. A new message from the customer opens it again."), "resolved by another admin");
  await joko.say(room.id, "Satu lagi ya");
  await until(async () => (await page.locator(".status-notice").count()) === 0, "reopened by the customer");
  await desk.close();
});

test("the server is killed in the middle of a conversation: nothing is lost, nothing comes twice", async () => {
  const maya = actor(sapa, customer(6));
  const room = await maya.begin("Apakah batik ada?");
  const desk = await openDesk(browser, sapa, SARI, {
    query: `?room=${room.id}`,
    ignore: [/Failed to load resource/, /ERR_/],
  });
  const { page } = desk;
  await bubble(page, "Apakah batik ada?").waitFor();
  await until(async () => (await page.locator(".connection-live").count()) === 1, "live");
  await sapa.kill();
  await shows(page.locator(".banner"), "the banner");
  await composer(page).fill("Ada, Kak, ukuran XL tinggal dua.");
  await composer(page).press("Enter");
  await shows(page.getByText("Sending…"), "the message waits");
  await sapa.start();
  await maya.say(room.id, "Saya ambil satu!");
  await until(async () => (await page.locator(".connection-live").count()) === 1, "live again", 30_000);
  await shows(bubble(page, "Saya ambil satu!"), "what was said meanwhile");
  await until(async () => (await page.locator(".outgoing").count()) === 0, "the waiting message is sent", 30_000);
  assert.equal(await bubble(page, "ukuran XL tinggal dua").count(), 1);
  const { messages } = await maya.room(room.id);
  assert.equal(messages.filter((one) => one.message.includes("XL tinggal dua")).length, 1);
  assert.deepEqual(desk.problems, []);
  await desk.close();
});

test("a message that waits for the network survives a reload and is sent once", async () => {
  const hendra = actor(sapa, customer(7));
  const room = await hendra.begin("Halo?");
  const desk = await openDesk(browser, sapa, SARI, {
    query: `?room=${room.id}`,
    ignore: [/Failed to load resource/, /ERR_/],
  });
  const { page, context } = desk;
  await bubble(page, "Halo?").waitFor();
  await context.setOffline(true);
  await composer(page).fill("Selamat siang, ada yang bisa dibantu?");
  await composer(page).press("Enter");
  await shows(page.getByText("Sending…"), "it waits");
  await shows(page.getByText("You are offline."), "the banner");
  await context.setOffline(false);
  await page.reload();
  await until(
    async () => (await hendra.room(room.id)).messages.some((one) => one.message.includes("ada yang bisa dibantu")),
    "it is sent",
  );
  await until(async () => (await page.locator(".outgoing").count()) === 0, "it waits no more");
  assert.equal(await bubble(page, "ada yang bisa dibantu").count(), 1);
  await desk.close();
});
