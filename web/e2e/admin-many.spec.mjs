// Many rooms, long conversations, hostile texts.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { actor, bubble, composer, openDesk, openRoom, row } from "./admin-desk.mjs";
import { customer, SARI } from "./admin-seed.mjs";
import { launchBrowser, startSapa, until } from "./harness.mjs";

const ROOMS = 400;
const MESSAGES = 600;

let sapa, browser;
before(async () => {
  sapa = await startSapa();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await sapa?.close();
});

/** Runs `work` for 0 to count - 1, eight at a time. */
async function each(count, work) {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

test("hostile texts stay texts", async () => {
  const evil = [
    '<img src=x onerror="window.hacked=1">',
    "<script>window.hacked=1</script>",
    'javascript:alert(1) https://ok.example/"onmouseover="window.hacked=1',
    "\u202Egnp.exe \u202D",
    "[x](javascript:window.hacked=1)",
    "A".repeat(3000),
    "z\u0300\u0301\u0302".repeat(300),
    "{{constructor.constructor('window.hacked=1')()}}",
  ];
  const mallory = {
    id: 6666,
    name: "<b onclick=alert(1)>Mallory</b>\u202E",
    email: '"><script>window.hacked=1</script>@x.test',
    role: "USER",
  };
  const room = await actor(sapa, mallory).begin(evil[0], { subject: "<svg onload=window.hacked=1>" });
  for (const text of evil.slice(1)) await actor(sapa, mallory).say(room.id, text);
  for (const width of [360, 1440]) {
    const desk = await openDesk(browser, sapa, SARI, { query: `?room=${room.id}`, viewport: { width, height: 900 } });
    const { page } = desk;
    await bubble(page, "constructor.constructor").waitFor();
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator(".message img, .message script, .room-row svg[onload]").count(), 0);
    const links = await page
      .locator(".message a")
      .evaluateAll((all) => all.map(({ href, rel, target }) => ({ href, rel, target })));
    for (const { href, rel, target } of links) {
      assert.match(href, /^(https?|mailto):/);
      assert.match(rel, /noopener/);
      assert.equal(target, "_blank");
    }
    assert.ok(
      (await page.evaluate(() => document.documentElement.scrollWidth)) <= width,
      "no line makes the page wider",
    );
    const pane = await page.locator(".message-scroller").evaluate((one) => one.scrollWidth - one.clientWidth);
    assert.ok(pane <= 1, "no line makes the conversation wider");
    assert.deepEqual(desk.problems, []);
    await desk.close();
  }
});

test("a list of many rooms stays virtual, pages by itself, and a message from its end comes up", async () => {
  await each(ROOMS, (n) =>
    actor(sapa, { ...customer(n), id: 10_000 + n, name: `Pelanggan ${n}` }).begin(`Halo dari ${n}`),
  );
  const desk = await openDesk(browser, sapa, SARI);
  const { page } = desk;
  await page.locator(".room-row").first().waitFor();
  const seen = new Set();
  const look = async () => {
    for (const id of await page.locator(".room-row").evaluateAll((rows) => rows.map((one) => one.dataset.room)))
      seen.add(id);
    const drawn = await page.locator(".room-row").count();
    assert.ok(drawn < 40, `${drawn} rows are drawn`);
  };
  await page.locator(".room-scroller").hover();
  await until(
    async () => {
      await look();
      await page.mouse.wheel(0, 500);
      return seen.size >= ROOMS + 1;
    },
    "every room was seen once on the way down",
    60_000,
  );
  await page.locator(".room-scroller").evaluate((one) => one.scrollTo(0, 0));
  await actor(sapa, { ...customer(3), id: 10_003, name: "Pelanggan 3" }).begin("Masih ada?");
  await until(
    async () => (await page.locator(".room-row").first().innerText()).includes("Masih ada?"),
    "the room comes up",
  );
  await desk.close();

  const fresh = await openDesk(browser, sapa, SARI);
  await fresh.page.locator(".room-row").first().waitFor();
  await actor(sapa, { ...customer(1), id: 10_001, name: "Pelanggan 1" }).begin("Dari halaman yang belum dimuat");
  await until(
    async () => (await fresh.page.locator(".room-row").first().innerText()).includes("Dari halaman yang belum dimuat"),
    "a room of a page not loaded yet comes up",
  );
  await fresh.page.getByRole("searchbox").fill("Halo dari 399");
  await until(async () => (await fresh.page.locator(".room-row").count()) === 1, "found among all by its message");
  await fresh.close();
});

test("a long conversation is drawn in parts, scrolls to its beginning and keeps its place", async () => {
  const talker = actor(sapa, { id: 7777, name: "Long Talker", email: null, role: "USER" });
  const room = await talker.begin("Message 0 begins");
  for (let n = 1; n < MESSAGES; n++) await talker.say(room.id, `Message ${n} ${"lorem ipsum ".repeat(n % 13)}`);
  const desk = await openDesk(browser, sapa, SARI, { query: `?room=${room.id}` });
  const { page } = desk;
  await bubble(page, `Message ${MESSAGES - 1}`).waitFor();
  await page.locator(".message-scroller").hover();
  let least = Infinity;
  await until(
    async () => {
      await page.mouse.wheel(0, -900);
      const { drawn, first } = await page.evaluate(() => {
        const all = [...document.querySelectorAll(".message")];
        return {
          drawn: all.length,
          first: Math.min(...all.map((one) => Number(/Message (\d+)/.exec(one.textContent)?.[1] ?? Infinity))),
        };
      });
      assert.ok(drawn < 80, `${drawn} messages are drawn`);
      assert.ok(first <= least + 40, `the view does not jump: ${first} after ${least}`);
      least = Math.min(least, first);
      return first === 0;
    },
    "the first message",
    60_000,
  );
  await page.getByText(/The conversation began on/).waitFor();

  const place = () => page.locator(".message", { hasText: "Message 0 begins" }).boundingBox();
  const before = await place();
  await talker.say(room.id, "A new one below");
  await page.getByRole("button", { name: /1 new message/ }).waitFor();
  assert.equal((await place()).y, before.y, "what is read stays in place");
  assert.equal((await actor(sapa, SARI).room(room.id)).unreadCount, 1, "what was not seen is not read");
  await page.getByRole("button", { name: /1 new message/ }).click();
  await bubble(page, "A new one below").waitFor();
  await until(async () => (await actor(sapa, SARI).room(room.id)).unreadCount === 0, "read once it is seen");
  assert.deepEqual(desk.problems, []);
  await desk.close();
});

test("filters and the link to a view", async () => {
  const nia = actor(sapa, { id: 8888, name: "Nia Unik", email: null, role: "USER" });
  const room = await nia.begin("Tolong segera");
  await actor(sapa, SARI).manage(room.id, { priority: "URGENT", adminId: SARI.id });
  const desk = await openDesk(browser, sapa, SARI, { query: "?priority=URGENT&assignee=me" });
  const { page } = desk;
  await row(page, "Nia Unik").waitFor();
  assert.equal(await page.locator(".room-row").count(), 1);
  await openRoom(page, "Nia Unik");
  await actor(sapa, SARI).manage(room.id, { priority: "LOW" });
  await until(async () => (await page.locator(".room-row").count()) === 0, "it leaves the view when it no longer fits");
  assert.equal(await composer(page).isVisible(), true, "and stays open");
  await page.getByRole("button", { name: "Clear filters" }).click();
  await until(async () => (await page.locator(".room-row").count()) > 5, "all again");
  assert.equal(new URL(page.url()).search, `?room=${room.id}`);
  await desk.close();
});
