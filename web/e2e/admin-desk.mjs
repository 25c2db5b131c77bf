// The dashboard in a browser, as the tests use it.
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { VIEWPORTS } from "./harness.mjs";

/** A person as the harness signs them. */
export const claimsOf = ({ id, ...rest }) => ({ sub: String(id), ...rest });

/**
 * Opens the dashboard as a person. `problems` gathers what no test may cause: errors of the page and
 * violations of its policy. `ignore` takes the messages that a test expects.
 */
export async function openDesk(
  browser,
  sapa,
  person,
  { query = "", viewport = VIEWPORTS.desktop, theme = "light", locale = "en-US", prefs, ignore = [] } = {},
) {
  const context = await browser.newContext({
    viewport,
    colorScheme: theme,
    locale,
    reducedMotion: "reduce",
    permissions: ["clipboard-read", "clipboard-write", "notifications"],
  });
  const page = await context.newPage();
  const problems = [];
  const note = (text) => ignore.some((pattern) => pattern.test(text)) || problems.push(text);
  page.on("console", (message) => message.type() === "error" && note(message.text()));
  page.on("pageerror", (error) => note(String(error)));
  if (prefs)
    await page.addInitScript((value) => localStorage.setItem("sapa.admin.prefs", value), JSON.stringify(prefs));
  await servePagesFromDisk(page);
  const fragment = person ? `#token=${sapa.token(claimsOf(person))}` : "";
  await page.goto(`${sapa.url}/admin/chat${query}${fragment}`);
  return { page, context, problems, close: () => context.close() };
}

/** With SAPA_WEB_DIST the pages come from that folder instead of the binary: no Rust build after a change in web/. */
async function servePagesFromDisk(page) {
  const dist = process.env.SAPA_WEB_DIST;
  if (!dist) return;
  const types = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
  await page.route(/\/admin\/(chat(\?.*)?$|assets\/)/, async (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/admin/chat")
      return route.fulfill({
        response: await route.fetch(),
        body: await readFile(join(dist, "admin/index.html"), "utf8"),
      });
    return route.fulfill({ body: await readFile(join(dist, pathname), "utf8"), contentType: types[extname(pathname)] });
  });
}

export const row = (page, name) => page.locator(".room-row", { hasText: name });
export const bubble = (page, text) => page.locator(".message", { hasText: text });
export const composer = (page) => page.locator(".composer-field");

/** Opens a room by its row. */
export async function openRoom(page, name) {
  await row(page, name).first().click();
  await composer(page).waitFor();
}

/** The figure on a card: total, open, resolved, closed or unread. */
export async function figure(page, card) {
  return Number((await page.locator(`[data-stat="${card}"]`).textContent()).replaceAll(/\D/g, ""));
}

/** What the server says, to compare with. */
export const serverStats = (sapa, admin) => sapa.call("GET", "/api/chat/stats", { token: sapa.token(claimsOf(admin)) });

/** A person with calls of their own. */
export function actor(sapa, person) {
  const token = sapa.token(claimsOf(person));
  const call = (method, path, body) => sapa.call(method, `/api/chat${path}`, { token, body });
  return {
    ...person,
    token,
    begin: (message, more = {}) => call("POST", "/rooms", { message, ...more }),
    say: (roomId, message, more = {}) => call("POST", `/rooms/${roomId}`, { message, ...more }),
    read: (roomId) => call("POST", `/rooms/${roomId}/read`, {}),
    type: (roomId, isTyping = true) => call("POST", `/rooms/${roomId}/typing`, { isTyping }),
    look: (roomId, isViewing = true) => call("POST", `/rooms/${roomId}/viewing`, { isViewing }),
    manage: (roomId, change) => call("PATCH", `/rooms/${roomId}/manage`, change),
    room: (roomId) => call("GET", `/rooms/${roomId}`),
    react: (messageId, emoji) => call("PUT", `/messages/${messageId}/reactions/${encodeURIComponent(emoji)}`),
    remove: (messageId) => call("DELETE", `/messages/${messageId}`),
  };
}
