// By keyboard alone, for axe, in both themes and languages, on every size of screen.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { VIEWPORTS, artefact, axeFindings, launchBrowser, people, until } from "./harness.mjs";
import { adminOf, bubbles, launcher, newPage, openPanel, panel, say, startChat, startShop } from "./widget-pages.mjs";

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

const focused = (page) => page.evaluate(() => {
  const element = document.querySelector("sapa-widget").shadowRoot.activeElement ?? document.activeElement;
  return element.getAttribute("aria-label") ?? element.id ?? element.tagName;
});

describe("by keyboard alone", () => {
  it("a conversation is begun, answered, read, reacted to and left", async () => {
    const page = await newPage(browser);
    await page.goto(shop.page({ as: "dewi" }));
    await launcher(page).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Open chat");
    await page.keyboard.press("Enter");
    await until(async () => (await focused(page)) === "subject", "the focus in the first field");
    await page.keyboard.type("By keyboard");
    await page.keyboard.press("Tab");
    await page.keyboard.type("No mouse here");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await until(async () => (await focused(page)) === "Message", "the focus where one writes on");
    await page.keyboard.type("Second");
    await page.keyboard.press("Enter");
    const room = await until(async () => (await admin.rooms()).find((each) => each.userId === Number(people.dewi.sub)), "the room");
    await admin.say(room.id, "Hello from support");
    await bubbles(page).filter({ hasText: "Hello from support" }).waitFor();
    await until(async () => (await panel(page).locator("article.pending").count()) === 0, "all sent");
    await page.keyboard.press("Shift+Tab");
    assert.equal(await focused(page), "Message options");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "React with 👍");
    await page.keyboard.press("Enter");
    await panel(page).locator(".reactions", { hasText: "👍" }).waitFor();
    await page.keyboard.press("Escape");
    await panel(page).waitFor({ state: "hidden" });
    assert.match(await focused(page), /^Open chat/, "the focus is back on the launcher");
    await page.context().close();
  });

  it("every control has a name and at least 24 by 24 pixels", async () => {
    const page = await newPage(browser, { viewport: VIEWPORTS.phone, hasTouch: true });
    await page.goto(shop.page({ as: "dewi", priority: "true" }));
    await openPanel(page);
    await bubbles(page).first().waitFor();
    await panel(page).locator(".more").last().click();
    const small = await page.evaluate(() => [...document.querySelector("sapa-widget").shadowRoot.querySelectorAll("button, input, select, textarea")]
      .filter((each) => each.offsetParent !== null)
      .map((each) => ({ name: each.getAttribute("aria-label") || each.textContent || each.id, box: each.getBoundingClientRect() }))
      .filter(({ name, box }) => !name.trim() || box.width < 24 || box.height < 24)
      .map(({ name, box }) => `${name} ${box.width}x${box.height}`));
    assert.deepEqual(small, []);
    await page.context().close();
  });
});

describe("axe finds nothing", () => {
  for (const colorScheme of ["light", "dark"]) {
    it(`on any screen of the widget, ${colorScheme}`, async () => {
      const sub = colorScheme === "light" ? "1301" : "1302";
      const page = await newPage(browser, { colorScheme, reducedMotion: "reduce" });
      await page.goto(shop.page({ token: shop.sapa.token({ ...people.budi, sub }), priority: "true", color: "#f2a900" }));
      await launcher(page).waitFor();
      const findings = {};
      const look = async (name) => {
        findings[name] = await axeFindings(page);
        await page.screenshot({ path: await artefact(`widget-${name}-${colorScheme}.png`) });
      };
      await look("closed");
      await openPanel(page);
      await panel(page).locator("form .primary").click();
      await look("form");
      await panel(page).locator("#message").fill("See https://shop.example and write to a@shop.example");
      await panel(page).locator("form .primary").click();
      await panel(page).locator(".mark", { hasText: "Sent" }).waitFor();
      const room = (await admin.rooms()).find((each) => each.userId === Number(sub));
      const theirs = await admin.say(room.id, "Here is https://shop.example/help");
      await admin.react(theirs.id, "🙏");
      await admin.read(room.id);
      const gone = await admin.say(room.id, "oops");
      await admin.remove(gone.id);
      await admin.typing(room.id, true);
      await panel(page).locator(`#m${theirs.id} .more`).focus();
      await page.keyboard.press("Enter");
      await panel(page).getByText("is typing").waitFor();
      await look("chat");
      await page.context().setOffline(true);
      await say(page, "not yet sent");
      await panel(page).getByText("No internet").waitFor();
      await look("offline");
      await page.context().setOffline(false);
      await until(async () => (await panel(page).locator("article.pending").count()) === 0, "sent", 40_000);
      await admin.manage(room.id, { status: "RESOLVED" });
      await panel(page).getByText("Marked as resolved").waitFor();
      await look("resolved");
      await admin.manage(room.id, { status: "CLOSED" });
      await panel(page).getByText("is closed").waitFor();
      await look("closed-room");
      await panel(page).getByRole("button", { name: "Your conversations" }).click();
      await look("list");
      for (const [name, found] of Object.entries(findings)) assert.deepEqual(found, [], name);
      await page.context().close();
    });

    it(`on the demo shop, ${colorScheme}`, async () => {
      const page = await newPage(browser, { colorScheme, locale: "id-ID" });
      await page.goto(`${shop.sapa.url}/`);
      await launcher(page).waitFor();
      await page.getByRole("button", { name: "Budi Santoso" }).waitFor();
      assert.deepEqual(await axeFindings(page), []);
      await page.screenshot({ path: await artefact(`demo-${colorScheme}.png`) });
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    });
  }
});

describe("pictures", () => {
  for (const [name, viewport] of Object.entries(VIEWPORTS)) {
    for (const [language, dir] of [["id", "ltr"], ["en", "ltr"], ["en", "rtl"]]) {
      it(`of a conversation, ${name}, ${language}, ${dir}`, async () => {
        const page = await newPage(browser, { viewport, locale: language, hasTouch: name === "phone" });
        const sub = String(1400 + Math.floor(Math.random() * 1e6));
        const token = shop.sapa.token({ ...people.budi, sub });
        await shop.sapa.call("POST", "/api/chat/rooms", { token, body: { message: "Halo, pesanan saya belum sampai.", subject: "Pesanan 1204" } });
        const room = (await admin.rooms()).find((each) => each.userId === Number(sub));
        await admin.say(room.id, "Saya periksa dulu, ya.");
        await page.goto(shop.page({ token, dir }));
        await openPanel(page);
        await bubbles(page).nth(1).waitFor();
        await page.screenshot({ path: await artefact(`widget-${viewport.width}-${language}-${dir}.png`) });
        const box = await settled(panel(page));
        assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= viewport.width && box.y + box.height <= viewport.height, "inside the screen");
        if (name === "phone") assert.deepEqual([box.width, box.height], [viewport.width, viewport.height]);
        else assert.equal(box.x + box.width / 2 < viewport.width / 2, dir === "rtl", "on the side where reading ends");
        const isRight = await bubbles(page).first().evaluate((own) => own.getBoundingClientRect().left > own.closest("[role=log]").getBoundingClientRect().left + 60);
        assert.equal(isRight, dir === "ltr", "own messages stand at the end of the line");
        await page.context().close();
      });
    }
  }
});

/** Where an element stands once it no longer moves: the panel opens with an animation. */
async function settled(locator) {
  for (let before = await locator.boundingBox(); ; ) {
    await locator.page().waitForTimeout(60);
    const now = await locator.boundingBox();
    if (JSON.stringify(now) === JSON.stringify(before)) return now;
    before = now;
  }
}
