// What a page pays for the widget, and what it gets from `window.Sapa`.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launchBrowser, until } from "./harness.mjs";
import { adminOf, launcher, newPage, openPanel, panel, startChat, startShop } from "./widget-pages.mjs";

let browser;
let shop;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
});

after(async () => {
  await browser?.close();
  await shop?.close();
});

const stored = (page) => page.evaluate(() => [Object.keys(localStorage), Object.keys(sessionStorage), document.cookie]);

describe("before the first click", () => {
  for (const as of ["", "budi"]) {
    it(`${as || "a guest"} costs one request and leaves no trace`, async () => {
      const page = await newPage(browser);
      const requests = [];
      page.on("request", (request) => request.url().startsWith(shop.sapa.url) && requests.push(request.url()));
      await page.goto(shop.page(as ? { as } : {}));
      await launcher(page).waitFor();
      await page.waitForTimeout(1_000);
      assert.deepEqual(requests, [`${shop.sapa.url}/widget.js`]);
      assert.deepEqual(await stored(page), [[], [], ""]);
      assert.deepEqual(await page.context().cookies(), []);
      assert.deepEqual(await adminOf(shop.sapa).rooms(), []);
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    });
  }

  it("restyles nothing on the page", async () => {
    const page = await newPage(browser);
    await page.goto(shop.page());
    const look = () => page.evaluate(() => {
      const box = document.querySelector("main button");
      return [getComputedStyle(box).cssText, getComputedStyle(document.body).cssText, document.body.scrollHeight, document.styleSheets.length];
    });
    await launcher(page).waitFor();
    await page.evaluate(() => document.querySelector("sapa-widget").style.setProperty("display", "none"));
    const without = await look();
    await page.evaluate(() => document.querySelector("sapa-widget").style.removeProperty("display"));
    await openPanel(page);
    assert.deepEqual(await look(), without);
    await page.context().close();
  });
});

describe("the first click", () => {
  it("loads the panel within its bounds, under the strictest policy, from a foreign origin", async () => {
    const page = await newPage(browser);
    await page.goto(shop.page());
    await launcher(page).waitFor();
    const scripts = [];
    page.on("response", (response) => response.url().endsWith(".js") && scripts.push(response.url()));
    const begin = Date.now();
    await openPanel(page);
    await panel(page).locator("form.form").waitFor();
    const took = Date.now() - begin;
    assert.equal(scripts.length, 1);
    assert.match(scripts[0], /\/widget\/panel-[\w-]+\.js$/);
    assert.ok(took < 2_000, `usable after ${took} ms`);
    assert.deepEqual(await stored(page), [[], [], ""], "a visitor who only looks leaves no trace");
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });
});

describe("a panel that cannot be loaded", () => {
  it("says so, and is there on the next click", async () => {
    const page = await newPage(browser);
    await page.route("**/widget/panel-*", (route) => route.abort(), { times: 1 });
    await page.goto(shop.page());
    await launcher(page).click();
    await page.getByText("The chat could not be loaded. Try again.").waitFor();
    await openPanel(page);
    await panel(page).locator("form.form").waitFor();
    assert.equal(await page.getByText("The chat could not be loaded.").count(), 0);
    await page.context().close();
  });
});

describe("window.Sapa", () => {
  it("takes calls before it has loaded, and tells the page what happens", async () => {
    const page = await newPage(browser);
    await page.addInitScript(() => {
      window.heard = [];
      window.SapaSettings = { color: "#7a1fa2", greeting: "Selamat datang di toko", locale: "id" };
      (window.Sapa = window.Sapa || []).push(["on", "open", () => window.heard.push("open")], ["open"]);
      for (const name of ["ready", "close", "unread", "message"]) {
        window.Sapa.push(["on", name, (value) => window.heard.push(value?.message ? `${name}: ${value.message}` : `${name} ${value ?? ""}`.trim())]);
      }
    });
    await page.goto(shop.page({ as: "dewi" }));
    await panel(page).getByText("Selamat datang di toko").waitFor();
    await panel(page).locator("#message").fill("Halo");
    await panel(page).getByRole("button", { name: "Mulai obrolan" }).click();
    await panel(page).getByText("Terkirim").waitFor();
    await page.evaluate(() => window.Sapa.close());
    await panel(page).waitFor({ state: "hidden" });
    const [room] = await adminOf(shop.sapa).rooms();
    await adminOf(shop.sapa).say(room.id, "Ada yang bisa dibantu?");
    await until(() => page.evaluate(() => window.heard.includes("unread 1")), "the unread event");
    const heard = await page.evaluate(() => window.heard);
    assert.ok(heard.includes("ready") && heard.includes("open") && heard.includes("close"), heard.join());
    assert.ok(heard.includes("message: Ada yang bisa dibantu?"), heard.join());
    await page.evaluate(() => {
      window.Sapa.setLocale("en");
      window.Sapa.toggle();
    });
    await panel(page).getByRole("button", { name: "Close chat" }).waitFor();
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });

  it("keeps people apart: setUser and logout change whose conversation it is", async () => {
    const page = await newPage(browser);
    await page.goto(shop.page({ as: "budi" }));
    await startChat(page, "This is Budi's secret");
    const { people, signToken } = await import("./harness.mjs");
    await page.evaluate((token) => window.Sapa.setUser({ token }), signToken({ ...people.dewi, sub: "1077", name: "Somebody else" }));
    await panel(page).locator("form.form").waitFor();
    assert.equal(await panel(page).getByText("Budi's secret").count(), 0);
    await page.evaluate(() => window.Sapa.logout());
    await panel(page).waitFor({ state: "hidden" });
    await openPanel(page);
    await panel(page).locator("#name").waitFor();
    assert.equal(await panel(page).getByText("Budi's secret").count(), 0);
    assert.deepEqual(page.troubles, []);
    await page.context().close();
  });
});
