// The pages of the Socket.IO dialects in a browser, as the tests use them.
import { until } from "./harness.mjs";
import { newPage } from "./widget-pages.mjs";

/** Opens a dialect's page as a demo person and waits until it is connected. */
export async function openDialect(browser, sapa, dialect, person, { query = "", ...options } = {}) {
  const page = await newPage(browser, options);
  await page.goto(`${sapa.url}/demo/${dialect}.html?as=${person}${query}`);
  await connected(page);
  return page;
}

export const connected = (page) => page.locator(".link", { hasText: "Connected" }).waitFor({ timeout: 30_000 });
export const overWebsocket = (page) => page.locator(".link", { hasText: "Connected, websocket" }).waitFor();
export const messages = (page) => page.locator(".message");
export const message = (page, text) => messages(page).filter({ hasText: text });
export const entry = (page, name) => page.locator(".entry", { hasText: name });
export const field = (page) => page.getByRole("textbox", { name: "Message", exact: true });
export const notice = (page, text) => page.locator(".notice", { hasText: text });
export const problem = (page, text) => page.locator(".problem", { hasText: text });

/** Sends a message, once the page can, and waits until it stands in the list. */
export async function say(page, text) {
  await page.locator(".composer button:enabled", { hasText: "Send" }).waitFor();
  await field(page).fill(text);
  await field(page).press("Enter");
  await message(page, text).waitFor();
}

/** Opens a conversation of the list. */
export async function pick(page, name) {
  await entry(page, name).first().click();
  await page.locator(".thread-head h2", { hasText: name }).waitFor();
}

/** Waits until what one wrote is marked as read. */
export const isRead = (page, text) => message(page, text).filter({ hasText: ", read" }).waitFor();

/** The texts in their order. */
export async function texts(page) {
  return messages(page).locator("p:not(.quote)").allTextContents();
}

/** Waits until the list holds exactly these texts. */
export async function holds(page, expected) {
  const wanted = JSON.stringify(expected);
  await until(async () => JSON.stringify(await texts(page)) === wanted, `the messages ${wanted}`);
}
