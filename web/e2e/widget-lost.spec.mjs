// Nothing is lost and nothing comes twice: server killed, network cut, pages reloaded, ten tabs.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launchBrowser, people, until } from "./harness.mjs";
import { adminOf, bubbles, launcher, newPage, openPanel, panel, say, startChat, startShop, texts } from "./widget-pages.mjs";

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

const roomOf = async (person) => (await admin.rooms()).find((each) => each.userId === Number(people[person].sub));
const sentTo = async (room) => (await admin.room(room.id)).messages.map((each) => each.message);

describe("a conversation", () => {
  it("survives a server that is killed and comes back", async () => {
    const page = await newPage(browser);
    await page.goto(shop.page({ as: "budi" }));
    await startChat(page, "before");
    const room = await roomOf("budi");
    await shop.sapa.kill();
    await panel(page).getByText("Connection lost").waitFor();
    await say(page, "written while it was down");
    await panel(page).getByText("Waiting to be sent").waitFor();
    await shop.sapa.start();
    await admin.say(room.id, "back again");
    await bubbles(page).filter({ hasText: "back again" }).waitFor({ timeout: 40_000 });
    await panel(page).getByText("Connection lost").waitFor({ state: "detached" });
    await until(async () => (await sentTo(room)).includes("written while it was down"), "the waiting message", 40_000);
    await until(async () => (await panel(page).locator("article.pending").count()) === 0, "nothing pending");
    assert.deepEqual((await texts(page)).sort(), ["back again", "before", "written while it was down"]);
    assert.deepEqual((await sentTo(room)).sort(), ["back again", "before", "written while it was down"]);
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });

  it("survives a network that is cut, and a reload in the middle", async () => {
    const page = await newPage(browser);
    await page.goto(shop.page({ as: "dewi" }));
    await startChat(page, "online");
    const room = await roomOf("dewi");
    await page.context().setOffline(true);
    await panel(page).getByText("No internet connection").waitFor();
    await say(page, "first offline");
    await say(page, "second offline");
    await until(async () => (await panel(page).locator("article.pending").count()) === 2, "both pending");
    await admin.say(room.id, "meanwhile");
    await page.context().setOffline(false);
    await bubbles(page).filter({ hasText: "meanwhile" }).waitFor({ timeout: 40_000 });
    await until(async () => (await sentTo(room)).length === 4, "all four at the server", 40_000);
    assert.deepEqual((await sentTo(room)).filter((each) => each !== "meanwhile"), ["online", "first offline", "second offline"]);

    await page.route("**/api/chat/rooms/*", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
    await say(page, "caught by a reload");
    await panel(page).getByText("Waiting to be sent").waitFor();
    await page.unroute("**/api/chat/rooms/*");
    await page.reload();
    await openPanel(page);
    await until(async () => (await sentTo(room)).includes("caught by a reload"), "sent after the reload", 40_000);
    await until(async () => (await panel(page).locator("article.pending").count()) === 0, "nothing pending");
    assert.equal((await sentTo(room)).length, 5);
    assert.equal((await texts(page)).length, 5);
    await page.context().close();
  });

  it("takes a lost answer for what it is: the message was sent, once", async () => {
    const page = await newPage(browser);
    await page.goto(shop.page({ as: "dewi" }));
    await openPanel(page);
    const room = await roomOf("dewi");
    const before = (await sentTo(room)).length;
    let lost = 0;
    await page.route("**/api/chat/rooms/*", async (route) => {
      if (route.request().method() !== "POST" || lost++) return route.continue();
      await route.fetch();
      await route.abort();
    });
    await bubbles(page).first().waitFor();
    await say(page, "answer lost");
    await until(async () => lost >= 2, "a second try");
    await until(async () => (await panel(page).locator("article.pending").count()) === 0, "nothing pending");
    assert.equal((await sentTo(room)).length, before + 1);
    assert.equal((await texts(page)).filter((each) => each === "answer lost").length, 1);
    await page.context().close();
  });

  it("misses nothing that comes while it is loading", async () => {
    const room = await roomOf("dewi");
    const page = await newPage(browser);
    await page.route(`**/api/chat/rooms/${room.id}`, async (route) => {
      const response = await route.fetch();
      await admin.say(room.id, "overtook the answer");
      await page.waitForTimeout(500);
      await route.fulfill({ response });
    }, { times: 1 });
    await page.goto(shop.page({ as: "dewi" }));
    await openPanel(page);
    await bubbles(page).filter({ hasText: "overtook the answer" }).waitFor();
    assert.equal((await texts(page)).filter((each) => each === "overtook the answer").length, 1);
    await page.context().close();
  });

  it("says that a message was refused, and offers to try again or let go", async () => {
    const page = await newPage(browser);
    await page.goto(shop.page({ as: "dewi" }));
    await openPanel(page);
    await bubbles(page).first().waitFor();
    const refuse = (route) => (route.request().method() !== "POST" ? route.continue() : route.fulfill({
      status: 413, contentType: "application/problem+json", body: JSON.stringify({ code: "too_large", title: "Too large" }),
      headers: { "access-control-allow-origin": new URL(shop.page()).origin },
    }));
    await page.route("**/api/chat/rooms/*", refuse);
    await say(page, "refused once");
    await panel(page).getByText("Not sent. This message is too long.").waitFor();
    await page.unroute("**/api/chat/rooms/*");
    await panel(page).getByRole("button", { name: "Try again" }).click();
    await until(async () => (await sentTo(await roomOf("dewi"))).includes("refused once"), "sent by trying again");
    await page.route("**/api/chat/rooms/*", refuse);
    await say(page, "refused and dropped");
    await panel(page).getByRole("button", { name: "Discard" }).click();
    await until(async () => (await panel(page).locator("article.pending").count()) === 0, "dropped");
    await page.context().close();
  });
});

describe("a token that ends", () => {
  it("is replaced by the page, and nothing is missed", async () => {
    const page = await newPage(browser);
    const short = { ...people.budi, sub: "1601" };
    let asked = 0;
    await page.exposeFunction("freshToken", () => (asked++, shop.sapa.token({ ...short, exp: Math.floor(Date.now() / 1000) + (asked === 1 ? 4 : 3600) })));
    await page.addInitScript(() => (window.SapaSettings = { getToken: () => window.freshToken() }));
    await page.goto(shop.page());
    await startChat(page, "with a short token");
    const room = (await admin.rooms()).find((each) => each.userId === 1601);
    await until(() => asked >= 2, "a second token", 30_000);
    await admin.say(room.id, "after the first token");
    await bubbles(page).filter({ hasText: "after the first token" }).waitFor({ timeout: 30_000 });
    await say(page, "still here");
    await until(async () => (await sentTo(room)).includes("still here"), "sent with the second token");
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });
});

describe("ten tabs", () => {
  it("share one stream, and each works like the first", async () => {
    const first = await newPage(browser);
    const context = first.context();
    const leading = first.waitForRequest((request) => request.url().includes("/api/chat/sse"));
    await first.goto(shop.page({ as: "budi" }));
    await openPanel(first);
    await leading;
    const room = await roomOf("budi");
    const tabs = [first];
    const streams = [];
    context.on("request", (request) => request.url().includes("/api/chat/sse") && request.method() === "GET" && streams.push(request.url()));
    for (let i = 1; i < 10; i++) {
      const tab = await context.newPage();
      await tab.goto(shop.page({ as: "budi" }));
      await launcher(tab).waitFor();
      await openPanel(tab);
      tabs.push(tab);
    }
    const shown = (tab, text) => bubbles(tab).filter({ hasText: text }).waitFor({ timeout: 15_000 });
    await admin.say(room.id, "to all tabs");
    await Promise.all(tabs.map((tab) => shown(tab, "to all tabs")));
    await say(tabs[8], "from the ninth");
    await Promise.all(tabs.map((tab) => shown(tab, "from the ninth")));
    for (const tab of tabs) assert.equal((await texts(tab)).filter((each) => each === "from the ninth").length, 1);
    assert.equal(streams.length, 0, "the nine later tabs opened no stream of their own");
    // The first tab holds the stream; it goes, and nothing that comes meanwhile is lost.
    await tabs.shift().close();
    await admin.say(room.id, "after the leader");
    await Promise.all(tabs.map((tab) => shown(tab, "after the leader")));
    assert.equal(streams.length, 1, "one of them took over");
    await context.close();
  });
});
