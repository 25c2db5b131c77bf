// The four pages at every size, in the light and in the dark, for people with a screen reader, and refused.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { openDialect, say } from "./dialect-pages.mjs";
import { VIEWPORTS, artefact, axeFindings, launchBrowser, startSapa } from "./harness.mjs";
import { newPage } from "./widget-pages.mjs";

const DIALECTS = ["support", "direct", "messenger", "desk"];
let browser;
let sapa;

before(async () => {
  sapa = await startSapa();
  browser = await launchBrowser();
  const budi = await openDialect(browser, sapa, "desk", "budi");
  await say(budi, "A first question");
  await say(budi, "And a long one: ".padEnd(300, "supercalifragilistic"));
  await budi.context().close();
});

after(async () => {
  await browser?.close();
  await sapa?.close();
});

for (const dialect of DIALECTS) {
  for (const [name, viewport] of Object.entries(VIEWPORTS)) {
    it(`${dialect} fits a ${name} and has nothing that axe finds`, async () => {
      const colorScheme = name === "tablet" ? "dark" : "light";
      const page = await openDialect(browser, sapa, dialect, "sari", { viewport, colorScheme });
      await page.locator(".entry", { hasText: "Budi Santoso" }).click();
      await page.locator(".message", { hasText: "A first question" }).waitFor();
      await page.locator(".wire summary").click();
      assert.deepEqual(await axeFindings(page), []);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
      await page.screenshot({ path: await artefact(`dialect-${dialect}-${name}.png`), fullPage: true });
      assert.deepEqual(page.troubles, []);
      await page.context().close();
    });
  }
}

it("a namespace that is not there is said, and the root speaks the support dialect", async () => {
  const page = await newPage(browser);
  await page.goto(`${sapa.url}/demo/support.html?as=budi&namespace=/nowhere`);
  await page.locator(".link", { hasText: "Refused: Invalid namespace" }).waitFor();
  await page.context().close();
  const root = await openDialect(browser, sapa, "support", "budi", { query: "&namespace=/" });
  await root.locator(".message", { hasText: "A first question" }).waitFor();
  await root.context().close();
});

it("the shop leads to the pages, and one can change who one is", async () => {
  const page = await newPage(browser);
  await page.goto(`${sapa.url}/`);
  await page.getByRole("link", { name: "Support", exact: true }).click();
  await page.getByText("Open the page twice").waitFor();
  await page.getByRole("button", { name: "Budi Santoso" }).click();
  await page.locator(".message", { hasText: "A first question" }).waitFor();
  await page.getByRole("button", { name: "Dewi Lestari" }).click();
  await page.locator(".message").first().waitFor({ state: "detached" });
  // A page that is left while it still changes its transport leaves an error in the console.
  await page.locator(".link", { hasText: "Connected, websocket" }).waitFor();
  await page.getByRole("link", { name: "Desk", exact: true }).click();
  await page.locator(".link", { hasText: "Connected" }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Dewi Lestari" }).getAttribute("aria-pressed"), "true");
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});
