// Visitors without an account.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launchBrowser, until } from "./harness.mjs";
import { adminOf, badge, bubbles, launcher, newPage, openPanel, panel, say, startChat, startShop, texts } from "./widget-pages.mjs";

let browser;
let shop;
let admin;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
  admin = adminOf(shop.sapa);
});

after(async () => {
  await browser?.close();
  await shop?.close();
});

describe("a guest", () => {
  it("gets an identity with the first message, and finds the conversation again on return", async () => {
    const page = await newPage(browser);
    await page.goto(shop.page());
    await startChat(page, "I have no account", { name: "Rina", email: "rina@example.test" });
    const [room] = await admin.rooms();
    assert.deepEqual([room.user.name, room.user.email], ["Rina", "rina@example.test"]);
    const storageState = await page.context().storageState();
    assert.deepEqual(storageState.cookies, []);
    await page.context().close();

    await admin.say(room.id, "Welcome, Rina");
    const later = await newPage(browser, { storageState });
    const calls = [];
    later.on("request", (request) => {
      const { origin, pathname } = new URL(request.url());
      if (origin === shop.sapa.url && request.method() !== "OPTIONS") calls.push(pathname);
    });
    await later.goto(shop.page());
    await badge(later).filter({ hasText: "1" }).waitFor();
    assert.deepEqual(calls, ["/widget.js", "/api/chat/rooms"], "one small call for the badge");
    await openPanel(later);
    await bubbles(later).filter({ hasText: "Welcome, Rina" }).waitFor();
    assert.deepEqual(await texts(later), ["I have no account", "Welcome, Rina"]);
    await say(later, "Thank you");
    await until(async () => (await admin.room(room.id)).messages.length === 3, "the third message");
    assert.equal((await admin.rooms()).length, 1);

    // The next page of the same visit is live without a click.
    await later.goto(shop.page({ label: "Help" }));
    await launcher(later).waitFor();
    await panel(later).waitFor({ state: "attached" });
    await later.waitForTimeout(500);
    await admin.say(room.id, "Anything else?");
    await badge(later).filter({ hasText: "1" }).waitFor();
    assert.equal(await panel(later).isVisible(), false, "it does not open by itself");
    assert.deepEqual(later.troubles, []);
    await later.context().close();
  });

  it("who is refused later begins anew instead of being stuck", async () => {
    const page = await newPage(browser);
    await page.goto(shop.page());
    await startChat(page, "soon forgotten");
    await page.evaluate(() => {
      const key = Object.keys(localStorage).find((each) => each.startsWith("sapa-guest"));
      const guest = JSON.parse(localStorage.getItem(key));
      localStorage.setItem(key, JSON.stringify({ ...guest, token: `${guest.token.slice(0, -6)}AAAAAA` }));
      sessionStorage.clear();
    });
    await page.reload();
    await openPanel(page);
    await panel(page).locator("form.form #name").waitFor();
    await page.context().close();
  });

  it("two visitors never see each other", async () => {
    const one = await newPage(browser);
    const two = await newPage(browser);
    await one.goto(shop.page());
    await two.goto(shop.page());
    await startChat(one, "mine alone");
    await startChat(two, "also mine");
    assert.deepEqual(await texts(one), ["mine alone"]);
    assert.deepEqual(await texts(two), ["also mine"]);
    await one.context().close();
    await two.context().close();
  });
});

describe("where guests are not allowed", () => {
  it("the widget asks to sign in", async () => {
    const strict = await startShop({ env: { SAPA__GUESTS__ENABLED: "false" } });
    const page = await newPage(browser);
    await page.goto(strict.page());
    await openPanel(page);
    await panel(page).getByText("Please sign in to chat with us.").waitFor();
    await page.context().close();
    await strict.close();
  });
});
