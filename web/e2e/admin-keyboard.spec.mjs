// Work without a mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { actor, bubble, composer, openDesk, row } from "./admin-desk.mjs";
import { customer, SARI } from "./admin-seed.mjs";
import { launchBrowser, startSapa, until } from "./harness.mjs";

let sapa, browser;
const rooms = [];
before(async () => {
  sapa = await startSapa();
  browser = await launchBrowser();
  for (let n = 0; n < 6; n++)
    rooms.push(await actor(sapa, customer(n)).begin(`Question ${n}`, { subject: `Subject ${n}` }));
});
after(async () => {
  await browser?.close();
  await sapa?.close();
});

const focused = (page) => page.evaluate(() => document.activeElement?.textContent ?? "");
const roomOf = (id) => actor(sapa, SARI).room(id);
const ofName = (index) => customer(index).name;

test("from the list to an answer, assigned, urgent and resolved, by keys alone", async () => {
  const desk = await openDesk(browser, sapa, SARI);
  const { page } = desk;
  await row(page, ofName(5)).waitFor();
  const press = (key) => page.keyboard.press(key);
  await press("j");
  await until(async () => (await focused(page)).includes(ofName(5)), "the first row has the focus");
  await press("j");
  await press("j");
  await press("k");
  await until(async () => (await focused(page)).includes(ofName(4)), "the second row has the focus");
  await press("Enter");
  await composer(page).waitFor();
  const { id } = rooms[4];
  await press("a");
  await press("4");
  await until(async () => (await roomOf(id)).priority === "URGENT", "urgent");
  assert.equal((await roomOf(id)).adminId, SARI.id);
  await press("1");
  await until(async () => (await roomOf(id)).priority === "LOW", "low");
  await press("u");
  await until(async () => (await roomOf(id)).priority === "URGENT", "undone");
  await press("r");
  await until(() => composer(page).evaluate((field) => field === document.activeElement), "the composer has the focus");
  await page.keyboard.type("je reponds: 1 a e c ?");
  await press("Shift+Enter");
  await page.keyboard.type("second line");
  await press("Enter");
  await bubble(page, "second line").waitFor();
  await until(
    async () => (await roomOf(id)).messages.at(-1).message === "je reponds: 1 a e c ?\nsecond line",
    "the answer with its two lines",
  );
  await press("Escape");
  await press("e");
  await until(async () => (await roomOf(id)).status === "RESOLVED", "resolved");
  await press("c");
  await until(async () => (await roomOf(id)).status === "CLOSED", "closed");
  await press("x");
  await until(async () => (await roomOf(id)).status === "OPEN", "reopened");
  await press("Escape");
  await until(async () => (await focused(page)).includes(ofName(4)), "back in the list");
  await desk.close();
});

test("search, help and the command palette", async () => {
  const desk = await openDesk(browser, sapa, SARI);
  const { page } = desk;
  await row(page, ofName(5)).waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("Question 2");
  await until(async () => (await page.locator(".room-row").count()) === 1, "one room found by its message");
  await page.keyboard.press("Escape");
  await until(async () => (await page.locator(".room-row").count()) === 6, "Escape clears the search");
  await page.keyboard.press("Escape");
  await page.keyboard.press("Shift+?");
  await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
  await page.keyboard.press("e");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.keyboard.press("Control+k");
  await page.keyboard.type(ofName(1));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: ofName(1), level: 2 }).waitFor();
  await page.keyboard.press("Control+k");
  await page.keyboard.type("priority high");
  await page.keyboard.press("Enter");
  await until(async () => (await roomOf(rooms[1].id)).priority === "HIGH", "a command by name");
  await desk.close();
});

test("every control is reached by Tab, with a visible focus, and messages by arrows", async () => {
  const desk = await openDesk(browser, sapa, SARI, { query: `?room=${rooms[0].id}` });
  const { page } = desk;
  await bubble(page, "Question 0").waitFor();
  const names = [];
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const { outlineStyle } = getComputedStyle(element);
      const around = getComputedStyle(element.parentElement).outlineStyle;
      return {
        name: element.getAttribute("aria-label") ?? element.textContent.trim(),
        isSeen: outlineStyle !== "none" || around !== "none",
      };
    });
    if (!stop) break;
    assert.ok(stop.isSeen, `the focus shows on "${stop.name}"`);
    names.push(stop.name);
  }
  for (const wanted of [
    "Skip to the conversation",
    "Resolve",
    "Hide details",
    "More actions",
    "React",
    "Copy the e-mail address",
  ])
    assert.ok(names.includes(wanted), `${wanted} is among ${names.join(" | ")}`);
  assert.ok(
    names.some((name) => name.startsWith("Your answer to")),
    "the composer",
  );

  await actor(sapa, customer(0)).say(rooms[0].id, "And another one");
  await bubble(page, "And another one").waitFor();
  await bubble(page, "And another one").focus();
  await page.keyboard.press("ArrowUp");
  await until(async () => (await focused(page)).includes("Question 0"), "the message above");
  await page.keyboard.press("End");
  await until(async () => (await focused(page)).includes("And another one"), "the last message");
  await desk.close();
});

test("letters can be switched off and stay off", async () => {
  const desk = await openDesk(browser, sapa, SARI, { query: `?room=${rooms[3].id}` });
  const { page } = desk;
  await composer(page).waitFor();
  await page.getByRole("button", { name: /^Settings/ }).press("Enter");
  await page.getByRole("switch", { name: "Single-letter shortcuts" }).press("Space");
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.reload();
  await composer(page).waitFor();
  await page.keyboard.press("e");
  await page.keyboard.press("Control+k");
  await page.getByPlaceholder("Type a command or a name").waitFor();
  assert.equal((await roomOf(rooms[3].id)).status, "OPEN");
  await desk.close();
});

test("Enter that ends an IME composition sends nothing", async () => {
  const desk = await openDesk(browser, sapa, SARI, { query: `?room=${rooms[2].id}` });
  const { page } = desk;
  await composer(page).fill("にほ");
  await composer(page).evaluate((field) => {
    for (const options of [{ isComposing: true }, { keyCode: 229 }])
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...options }));
  });
  assert.equal(await composer(page).inputValue(), "にほ");
  await composer(page).press("Enter");
  await bubble(page, "にほ").waitFor();
  await until(async () => (await roomOf(rooms[2].id)).messages.length === 2, "sent once");
  await desk.close();
});
