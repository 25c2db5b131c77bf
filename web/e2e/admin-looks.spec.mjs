// How the dashboard looks and reads: axe on every screen in both themes, sizes, languages, directions, paper.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { actor, bubble, composer, openDesk, openRoom, row } from "./admin-desk.mjs";
import { ADI, customer, SARI, seed } from "./admin-seed.mjs";
import { artefact, axeFindings, launchBrowser, startSapa, until, VIEWPORTS } from "./harness.mjs";

const SIZES = { ...VIEWPORTS, wall: { width: 3840, height: 2160 } };

let sapa, browser;
before(async () => {
  sapa = await startSapa();
  browser = await launchBrowser();
  await seed(sapa.url, { sign: ({ id, ...rest }) => sapa.token({ sub: String(id), ...rest }) });
});
after(async () => {
  await browser?.close();
  await sapa?.close();
});

/** Waits until what the page shows has come to rest. */
async function settled(page) {
  await page.evaluate(() => document.fonts.ready);
  await until(
    () =>
      page.evaluate(() =>
        document
          .getAnimations()
          .every((one) => one.playState !== "running" || one.effect?.getComputedTiming().iterations === Infinity),
      ),
    "no animation runs",
  );
}

async function isClean(page, name) {
  await settled(page);
  assert.deepEqual(await axeFindings(page), [], name);
}

async function fits(page, name) {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${name}: the page is ${wide} px too wide`);
}

// A second click on one's own reaction takes it back, so each theme has one of its own.
for (const [theme, emoji] of [["light", "🎉"], ["dark", "👍"]]) {
  test(`axe finds nothing on any screen (${theme})`, async () => {
    const desk = await openDesk(browser, sapa, SARI, { theme });
    const { page } = desk;
    await row(page, "Budi Santoso").waitFor();
    await isClean(page, "list without a conversation");

    await openRoom(page, "Dewi Lestari");
    const room = Number(new URL(page.url()).searchParams.get("room"));
    await actor(sapa, ADI).look(room);
    await page.locator(".company").waitFor();
    await isClean(page, "conversation and details");

    await bubble(page, "42, tapi rasanya").hover();
    await bubble(page, "42, tapi rasanya").getByRole("button", { name: "React", exact: true }).click();
    await page.getByRole("dialog", { name: "React" }).waitFor();
    await isClean(page, "reactions");
    await page.getByRole("button", { name: `React with ${emoji}` }).click();
    await page.getByRole("button", { name: `${emoji}, 1` }).waitFor();
    await bubble(page, "42, tapi rasanya").getByRole("button", { name: "Reply" }).click();
    await isClean(page, "a reaction and a reply under way");

    await page.getByRole("button", { name: "Filter by status" }).click();
    await page.getByRole("menu").waitFor();
    await isClean(page, "filter menu");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menu").waitFor();
    await isClean(page, "conversation menu");
    await page.keyboard.press("Escape");

    await page.locator(".details-head").click();
    await page.keyboard.press("Shift+?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await isClean(page, "help");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder("Type a command or a name").waitFor();
    await isClean(page, "commands");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Settings/ }).click();
    await page.getByRole("dialog", { name: "Settings" }).waitFor();
    await isClean(page, "settings");
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Resolve", exact: true }).click();
    await page.locator(".toast").first().waitFor();
    await isClean(page, "resolved, with a notice");
    await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
    await page.locator(".status-notice").waitFor({ state: "detached" });
    await page.getByRole("searchbox").first().fill("nothing like this");
    await page.getByText("Nothing matches").waitFor();
    await isClean(page, "nothing found");
    assert.deepEqual(desk.problems, []);
    await desk.close();
  });
}

test("axe finds nothing on a phone and a tablet, with the details open", async () => {
  for (const viewport of [VIEWPORTS.phone, VIEWPORTS.tablet]) {
    const desk = await openDesk(browser, sapa, SARI, { viewport });
    const { page } = desk;
    await row(page, "Citra Maharani").waitFor();
    await isClean(page, "list");
    await fits(page, "list");
    await openRoom(page, "Citra Maharani");
    await isClean(page, "conversation");
    await fits(page, "conversation");
    await page.getByRole("button", { name: "Show details" }).click();
    await page.getByRole("dialog", { name: "Details" }).waitFor();
    await isClean(page, "details");
    await desk.close();
  }
});

test("one pane at 360, two at 768, three at 1440", async () => {
  const panes = async (page) =>
    Promise.all([".pane-list", ".pane-conversation", ".pane-details"].map((pane) => page.locator(pane).isVisible()));
  for (const [name, expected] of [
    ["phone", [false, true, false]],
    ["tablet", [true, true, false]],
    ["desktop", [true, true, true]],
    ["wall", [true, true, true]],
  ]) {
    const desk = await openDesk(browser, sapa, SARI, { viewport: SIZES[name] });
    await openRoom(desk.page, "Hendra Gunawan");
    await until(
      async () => JSON.stringify(await panes(desk.page)) === JSON.stringify(expected),
      `${name}: the panes ${expected}`,
    );
    await desk.close();
  }
  const phone = await openDesk(browser, sapa, SARI, { viewport: VIEWPORTS.phone });
  await openRoom(phone.page, "Hendra Gunawan");
  await phone.page.goBack();
  await row(phone.page, "Hendra Gunawan").waitFor();
  assert.deepEqual(await panes(phone.page), [true, false, false]);
  await phone.page.goForward();
  await composer(phone.page).waitFor();
  await phone.page.getByRole("button", { name: "Back to the list" }).click();
  await row(phone.page, "Hendra Gunawan").waitFor();
  await phone.close();
});

test("the browser chooses the language, the person changes it, and it is remembered", async () => {
  const desk = await openDesk(browser, sapa, SARI, { locale: "id-ID" });
  const { page } = desk;
  await page.getByPlaceholder("Cari").waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "id");
  assert.match(await page.title(), /Meja bantuan/);
  await page.getByRole("button", { name: /^Pengaturan/ }).click();
  await page.getByRole("dialog", { name: "Pengaturan" }).waitFor();
  await page.getByText("English", { exact: true }).click();
  await page.getByRole("dialog", { name: "Settings" }).waitFor();
  await page.reload();
  await page.getByPlaceholder("Search").waitFor();
  await desk.close();
});

test("right to left: the list stands on the right and nothing overflows", async () => {
  for (const viewport of Object.values(VIEWPORTS)) {
    const desk = await openDesk(browser, sapa, SARI, { viewport, prefs: { direction: "rtl", locale: "en" } });
    const { page } = desk;
    await row(page, "Olivia Carter").waitFor();
    await fits(page, "list");
    await openRoom(page, "Olivia Carter");
    await fits(page, "conversation");
    if (viewport.width >= 768) {
      const [list, conversation] = await Promise.all(
        [".pane-list", ".pane-conversation"].map((pane) => page.locator(pane).boundingBox()),
      );
      assert.ok(list.x > conversation.x, "the list is on the right");
    }
    await desk.close();
  }
});

test("a conversation prints with all of its messages and nothing of the desk", async () => {
  const fajar = actor(sapa, customer(40));
  const room = await fajar.begin("Baris pertama", { subject: "Untuk dicetak" });
  for (let n = 2; n <= 130; n++) await fajar.say(room.id, `Baris ke-${n}`);
  const desk = await openDesk(browser, sapa, SARI, { query: `?room=${room.id}` });
  const { page } = desk;
  await bubble(page, "Baris ke-130").waitFor();
  await page.evaluate(() => (window.print = () => window.dispatchEvent(new Event("beforeprint"))));
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Print the conversation" }).click();
  await until(async () => (await page.locator(".print-row").count()) === 130, "all lines are in the print");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator(".print-view h1").innerText(), "Untuk dicetak");
  assert.equal(await page.locator(".desk").isVisible(), false);
  assert.equal(await page.locator(".print-row").first().isVisible(), true);
  const paper = await page.pdf({ path: await artefact("admin-print.pdf"), format: "A4" });
  assert.ok(paper.length > 10_000);
  await desk.close();
});

test("pictures at every size are kept to be looked at", async () => {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const theme of ["light", "dark"]) {
      const desk = await openDesk(browser, sapa, SARI, {
        viewport,
        theme,
        locale: theme === "dark" ? "id-ID" : "en-US",
      });
      const { page } = desk;
      await row(page, "Budi Santoso").waitFor();
      await settled(page);
      await page.screenshot({ path: await artefact(`admin-${size}-${theme}-list.png`) });
      await openRoom(page, "Hendra Gunawan");
      await bubble(page, "RFX-20931").waitFor();
      await settled(page);
      await page.screenshot({ path: await artefact(`admin-${size}-${theme}-conversation.png`) });
      await desk.close();
    }
  }
});
