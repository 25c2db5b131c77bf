// Whatever people write stays text and stays in its place.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { artefact, launchBrowser, until } from "./harness.mjs";
import { adminOf, bubbles, newPage, openPanel, panel, startChat, startShop } from "./widget-pages.mjs";

const HOSTILE = [
  "<img src=x onerror=\"window.hacked=1\">",
  "</script><script>window.hacked=1</script>",
  "<svg onload=window.hacked=1><style>*{display:none}</style>",
  "javascript:window.hacked=1 data:text/html,<script>window.hacked=1</script>",
  "https://ok.example/\"onmouseover=\"window.hacked=1",
  "\u202Etxet desrever\u202C and \u2066isolated\u2069 and \u202E never ended",
  "{{constructor.constructor('window.hacked=1')()}} ${window.hacked=1} `x`",
  "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031e\u0349\u035a\u032f\u031e\u0320\u034dA\u036b\u0357\u0334\u0362\u0335\u031c\u0330\u0354L\u0368\u0367\u0369\u0358\u0320G\u0311\u0357\u030e\u0305\u035b\u0341\u0334\u033b\u0348\u034d\u0354\u0339O".repeat(10),
  "W".repeat(4_000),
  "عربي ثم English ثم עברית 123",
  "line\n".repeat(300).trim(),
  "👨‍👩‍👧‍👦".repeat(100),
];

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

describe("hostile text", () => {
  for (const [name, viewport] of [["phone", { width: 360, height: 740 }], ["desktop", { width: 1280, height: 800 }]]) {
    it(`runs nothing and breaks nothing on a ${name}`, async () => {
      const person = { sub: name === "phone" ? "1201" : "1202", name: "<b onclick=window.hacked=1>Eve</b>\u202E", email: "eve@example.test", role: "USER" };
      const mallory = { sub: "2009", name: "\"><img src=x onerror=window.hacked=1>\u202Emallory", email: "m@example.test", role: "ADMIN" };
      const admin = adminOf(shop.sapa, mallory);
      const page = await newPage(browser, { viewport });
      await page.goto(shop.page({ token: shop.sapa.token(person) }));
      await startChat(page, HOSTILE[0], { subject: "<script>window.hacked=1</script>" + "S".repeat(150) });
      const room = (await admin.rooms()).find((each) => each.userId === Number(person.sub));
      for (const text of HOSTILE) await admin.say(room.id, text);
      await until(async () => (await bubbles(page).count()) === HOSTILE.length + 1, "all messages");
      const shown = (await bubbles(page).evaluateAll((all) => all.map((each) => each.textContent))).slice(1);
      assert.deepEqual(shown, HOSTILE);
      assert.equal(await page.evaluate(() => window.hacked), undefined);
      const links = await panel(page).locator("a").evaluateAll((all) => all.map((each) => [each.href, each.rel]));
      for (const [href, rel] of links) {
        assert.match(href, /^(https?|mailto):/);
        assert.match(rel, /noopener/);
      }
      const [wide, box] = await page.evaluate(() => {
        const log = document.querySelector("sapa-widget").shadowRoot.querySelector("[role=log]");
        return [[log.scrollWidth <= log.clientWidth, document.documentElement.scrollWidth <= innerWidth], log.getBoundingClientRect().toJSON()];
      });
      assert.deepEqual(wide, [true, true], "nothing is wider than its place");
      assert.ok(box.height > 150, `the log keeps its room (${box.height})`);
      await until(async () => (await admin.room(room.id)).messages.every((each) => each.sender.role === "USER" || each.isRead), "all read");
      await panel(page).getByRole("button", { name: "Your conversations" }).click();
      await page.screenshot({ path: await artefact(`widget-hostile-list-${name}.png`) });
      await panel(page).locator(".list li button").click();
      await page.screenshot({ path: await artefact(`widget-hostile-${name}.png`) });
      assert.equal(await page.evaluate(() => window.hacked), undefined);
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    });
  }
});
