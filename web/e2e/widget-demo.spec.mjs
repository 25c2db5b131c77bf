// The demo shop and the React example, as the binary serves them in development.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { VIEWPORTS, artefact, launchBrowser, until } from "./harness.mjs";
import { adminOf, bubbles, newPage, openPanel, panel, startChat, startShop } from "./widget-pages.mjs";

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

it("one click signs a customer in, another one somebody else, and a guest is nobody", async () => {
  const page = await newPage(browser);
  await page.goto(`${shop.sapa.url}/`);
  await page.getByRole("button", { name: "Budi Santoso" }).click();
  await page.getByText("You are signed in as Budi Santoso.").waitFor();
  await startChat(page, "From the demo shop");
  const [room] = await admin.rooms();
  assert.equal(room.user.name, "Budi Santoso");
  await page.reload();
  await page.getByText("You are signed in as Budi Santoso.").waitFor();
  await openPanel(page);
  await bubbles(page).filter({ hasText: "From the demo shop" }).waitFor();
  await page.getByRole("button", { name: "Dewi Lestari" }).click();
  await panel(page).locator("form.form").waitFor();
  assert.equal(await bubbles(page).count(), 0);
  await page.getByRole("button", { name: "Guest" }).click();
  await panel(page).waitFor({ state: "hidden" });
  await openPanel(page);
  await panel(page).locator("#name").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Bahasa Indonesia" }).click();
  await page.getByRole("heading", { name: "Kopi pilihan, diantar hangat." }).waitFor();
  await page.getByRole("button", { name: "Buka obrolan" }).waitFor();
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

for (const [name, viewport] of Object.entries(VIEWPORTS)) {
  it(`the shop fits a ${name}`, async () => {
    const page = await newPage(browser, { viewport, locale: "id-ID" });
    await page.goto(`${shop.sapa.url}/`);
    await page.getByRole("button", { name: "Budi Santoso" }).waitFor();
    await page.screenshot({ path: await artefact(`demo-${viewport.width}.png`), fullPage: true });
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), true);
    await page.context().close();
  });
}

it("the React example talks over the shared client", async () => {
  const page = await newPage(browser);
  await page.goto(`${shop.sapa.url}/demo/react/index.html`);
  await page.getByText("Connection: open").waitFor();
  await page.getByLabel("Message", { exact: true }).fill("Hello from React");
  await page.getByRole("button", { name: "Send" }).click();
  await page.locator("li.own:not(.pending)", { hasText: "Hello from React" }).waitFor();
  const room = await until(async () => (await admin.rooms()).find((each) => each.lastMessage === "Hello from React"), "the room");
  await admin.say(room.id, "Hello, React");
  await page.locator("li", { hasText: "Hello, React" }).waitFor();
  await page.reload();
  await page.locator("li", { hasText: "Hello, React" }).waitFor();
  assert.equal(await page.locator("li").count(), 2);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});

it("the published client works from a plain page", async () => {
  const page = await newPage(browser);
  await page.goto(`${shop.sapa.url}/`);
  const token = shop.sapa.token({ sub: "1501", name: "Plain", role: "USER" });
  const texts = await page.evaluate(async ({ token }) => {
    const { SapaClient, SharedStream } = await import("/client/sapa-client.js");
    const client = new SapaClient({ token, credentials: "omit" });
    const stream = new SharedStream({ client, scope: "u1501" });
    const heard = new Promise((resolve) => stream.on("message", (message) => resolve(message.message)));
    await new Promise((resolve) => {
      stream.on("connected", resolve);
      stream.start();
    });
    const room = await client.createRoom({ message: "by hand" });
    const answer = [await heard, room.messages.length];
    stream.stop();
    return answer;
  }, { token });
  assert.deepEqual(texts, ["by hand", 1]);
  assert.deepEqual(page.troubles, []);
  await page.context().close();
});
