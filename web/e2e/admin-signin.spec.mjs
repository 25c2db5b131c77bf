// Who may come to the desk, and what the others are told.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openDesk } from "./admin-desk.mjs";
import { customer, SARI } from "./admin-seed.mjs";
import { axeFindings, launchBrowser, startSapa, until } from "./harness.mjs";

let sapa, browser;
before(async () => {
  sapa = await startSapa();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await sapa?.close();
});

const ignore = [/Failed to load resource: the server responded with a status of 40[13]/];
const says = (page, text) => page.getByText(text).waitFor();

test("nobody: the page says so, and offers the demo people", async () => {
  for (const theme of ["light", "dark"]) {
    const desk = await openDesk(browser, sapa, null, { ignore, theme });
    const { page } = desk;
    await says(page, "Nobody is signed in.");
    assert.deepEqual(await axeFindings(page), []);
    await page.getByRole("button", { name: "Bahasa Indonesia" }).click();
    await says(page, "Belum ada yang masuk.");
    await page.getByRole("button", { name: /Sari Wulandari/ }).click();
    await page.locator(".pane-list").waitFor();
    await page.reload();
    await page.locator(".pane-list").waitFor();
    assert.deepEqual(desk.problems, []);
    await desk.close();
  }
});

test("a customer is told that the desk is for administrators", async () => {
  const desk = await openDesk(browser, sapa, customer(0), { ignore });
  await says(desk.page, "This account is not an administrator.");
  await desk.close();
});

test("an expired token is called expired, a forged one is not believed", async () => {
  const desk = await openDesk(browser, sapa, null, { ignore });
  const expired = sapa.token({ sub: "2001", role: "ADMIN", exp: Math.floor(Date.now() / 1000) - 3600 });
  await desk.page.goto(`${sapa.url}/admin/chat?x#token=${expired}`);
  await says(desk.page, "Your session has ended.");
  const forged = `${sapa.token({ sub: "2001", role: "ADMIN" }).split(".").slice(0, 2).join(".")}.forged`;
  await desk.page.goto(`${sapa.url}/admin/chat?y#token=${forged}`);
  await says(desk.page, "Your session has ended.");
  await desk.close();
});

test("a token in the address is kept for the tab and taken out of the address", async () => {
  const desk = await openDesk(browser, sapa, SARI, { query: "?status=OPEN" });
  const { page } = desk;
  await page.locator(".pane-list").waitFor();
  assert.equal(page.url(), `${sapa.url}/admin/chat?status=OPEN`);
  await page.getByRole("button", { name: /^Settings/ }).click();
  await page.getByRole("button", { name: "Sign out" }).click();
  await says(page, "Nobody is signed in.");
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  await desk.close();
});

test("the host application's cookie is enough", async () => {
  const desk = await openDesk(browser, sapa, null, { ignore });
  const { page, context } = desk;
  await says(page, "Nobody is signed in.");
  await context.addCookies([
    {
      name: "token",
      value: sapa.token({ sub: "2001", name: SARI.name, role: "ADMIN" }),
      url: sapa.url,
      httpOnly: true,
    },
  ]);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".pane-list").waitFor();
  await page.getByRole("button", { name: /Signed in as Sari Wulandari/ }).click();
  assert.equal(await page.getByRole("button", { name: "Sign out" }).count(), 0, "the host application signs out");
  await desk.close();
});

test("a session that ends while the desk is open leads to the page that says so", async () => {
  const desk = await openDesk(browser, sapa, null, { ignore });
  const { page } = desk;
  const short = sapa.token({ sub: "2001", name: SARI.name, role: "ADMIN", exp: Math.floor(Date.now() / 1000) + 4 });
  await page.goto(`${sapa.url}/admin/chat?x#token=${short}`);
  await page.locator(".pane-list").waitFor();
  await until(() => page.getByText("Your session has ended.").isVisible(), "the end of the session is told", 30_000);
  await desk.close();
});

test("a server that cannot be reached is named as such", async () => {
  const desk = await openDesk(browser, sapa, SARI, { ignore: [/ERR_/, /Failed to load/] });
  const { page } = desk;
  await page.locator(".pane-list").waitFor();
  await page.route("**/api/**", (route) => route.abort());
  await page.reload();
  await says(page, "The server cannot be reached.");
  await page.unroute("**/api/**");
  await page.getByRole("button", { name: "Try again" }).click();
  await page.locator(".pane-list").waitFor();
  await desk.close();
});
