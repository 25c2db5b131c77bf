// A plain page of a foreign origin with the one script tag, and what a customer does there.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { people, signToken, startSapa } from "./harness.mjs";

/** The policy that the widget's README promises to be enough. */
const policy = (sapa) => `default-src 'none'; script-src ${sapa}; connect-src ${sapa}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

const escape = (text) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;");

/** Starts the program and a shop beside it, on another origin that the program allows. */
export async function startShop({ env = {} } = {}) {
  let sapa = null;
  const server = createServer((request, response) => {
    const url = new URL(request.url, "http://shop.invalid");
    if (url.pathname !== "/") return response.writeHead(404).end();
    const person = people[url.searchParams.get("as")];
    const attributes = Object.entries({
      ...(person ? { token: signToken(person) } : {}),
      ...Object.fromEntries([...url.searchParams].filter(([name]) => name !== "as" && name !== "dir")),
    }).map(([name, value]) => ` data-${name}="${escape(value)}"`).join("");
    response.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-security-policy": policy(sapa.url) });
    response.end(`<!doctype html><html lang="en" dir="${url.searchParams.get("dir") ?? "ltr"}"><head><title>Shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head>
<body><main><h1>Shop</h1><p>Things to buy.</p><button>Buy</button></main>
<script src="${sapa.url}/widget.js" async${attributes}></script></body></html>`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  sapa = await startSapa({ env: { CLIENT_URL: url.slice(0, -1), ...env } });
  return {
    sapa,
    /** `as` signs somebody of `people` in; the rest become `data-` attributes. */
    page: (query = {}) => `${url}?${new URLSearchParams(query)}`,
    async close() {
      await sapa.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A new browser page that fails the test by what it reports: errors of scripts and of the policy. */
export async function newPage(browser, options = {}) {
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 }, ...options });
  await servePagesFromDisk(context);
  const page = await context.newPage();
  page.troubles = [];
  page.on("pageerror", (error) => page.troubles.push(String(error)));
  page.on("console", (message) => {
    // A lost connection is the subject of some tests; the browser reports each as a failed load.
    if (message.type() === "error" && !/Failed to load resource|net::ERR/.test(message.text())) page.troubles.push(message.text());
  });
  return page;
}

/** With SAPA_WEB_DIST the pages come from that folder instead of the binary: no Rust build after a change in web/. */
async function servePagesFromDisk(context) {
  const dist = process.env.SAPA_WEB_DIST;
  if (!dist) return;
  const types = { ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html; charset=utf-8" };
  await context.route(/^http:[/][/][^/]+[/](widget\.js$|widget[/]|demo[/])/, async (route) => {
    const { pathname } = new URL(route.request().url());
    const headers = { "access-control-allow-origin": "*", "content-type": types[extname(pathname)] };
    await route.fulfill({ headers, body: await readFile(join(dist, pathname)) });
  });
}

export const launcher = (page) => page.locator("sapa-widget button.launcher");
export const panel = (page) => page.locator("sapa-widget [role=dialog]");
export const badge = (page) => page.locator("sapa-widget .badge");
export const field = (page) => panel(page).locator(".composer textarea");
export const bubbles = (page) => panel(page).locator("article.message .text");

export async function texts(page) {
  return bubbles(page).allTextContents();
}

export async function openPanel(page) {
  await launcher(page).click();
  await panel(page).waitFor();
}

/** The first message, through the form. */
export async function startChat(page, message, { subject, name, email } = {}) {
  await openPanel(page);
  await panel(page).locator("form.form").waitFor();
  if (name) await panel(page).locator("#name").fill(name);
  if (email) await panel(page).locator("#email").fill(email);
  if (subject) await panel(page).locator("#subject").fill(subject);
  await panel(page).locator("#message").fill(message);
  await panel(page).locator("form .primary").click();
  await panel(page).locator(".mark", { hasText: "Sent" }).first().waitFor();
}

export async function say(page, message) {
  await field(page).fill(message);
  await field(page).press("Enter");
}

/** An admin by calls, for tests whose subject is the widget. */
export function adminOf(sapa, person = people.sari) {
  const token = sapa.token(person);
  return {
    token,
    rooms: () => sapa.call("GET", "/api/chat/rooms", { token }),
    room: (id) => sapa.call("GET", `/api/chat/rooms/${id}`, { token }),
    say: (id, message, more = {}) => sapa.call("POST", `/api/chat/rooms/${id}`, { token, body: { message, ...more } }),
    read: (id) => sapa.call("POST", `/api/chat/rooms/${id}/read`, { token, body: {} }),
    typing: (id, isTyping) => sapa.call("POST", `/api/chat/rooms/${id}/typing`, { token, body: { isTyping } }),
    manage: (id, body) => sapa.call("PATCH", `/api/chat/rooms/${id}/manage`, { token, body }),
    react: (id, emoji) => sapa.call("PUT", `/api/chat/messages/${id}/reactions/${encodeURIComponent(emoji)}`, { token }),
    remove: (id) => sapa.call("DELETE", `/api/chat/messages/${id}`, { token }),
    /** Comes online by opening a stream; the returned function leaves. */
    async online() {
      const abort = new AbortController();
      const response = await fetch(`${sapa.url}/api/chat/sse`, { headers: { authorization: `Bearer ${token}` }, signal: abort.signal });
      const reader = response.body.getReader();
      await reader.read();
      void (async () => { while (!(await reader.read()).done); })().catch(() => {});
      return () => abort.abort();
    },
  };
}
