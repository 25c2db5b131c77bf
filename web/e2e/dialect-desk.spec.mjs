// The desk dialect in a browser: the first message makes the conversation, an admin answers it.
import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import { entry, field, holds, isRead, message, notice, openDialect, pick, problem, say } from "./dialect-pages.mjs";
import { artefact, launchBrowser, startSapa } from "./harness.mjs";

let browser;
let sapa;
let budi;
let sari;

before(async () => {
  sapa = await startSapa();
  browser = await launchBrowser();
  budi = await openDialect(browser, sapa, "desk", "budi");
  sari = await openDialect(browser, sapa, "desk", "sari");
});

after(async () => {
  await browser?.close();
  await sapa?.close();
});

it("the first message makes a conversation, which an admin answers", async () => {
  await notice(sari, "The desk is online.").waitFor();
  await say(budi, "My order is late");
  await entry(sari, "Budi Santoso").locator(".count", { hasText: "1" }).waitFor();
  await pick(sari, "Budi Santoso");
  await message(sari, "My order is late").waitFor();
  await sari.locator(".thread-head", { hasText: "PENDING" }).waitFor();
  await isRead(budi, "My order is late");
  await say(sari, "I am looking for it");
  await sari.locator(".thread-head", { hasText: "OPEN" }).waitFor();
  await message(budi, "I am looking for it").waitFor();
  await isRead(sari, "I am looking for it");
  await say(budi, "Thank you");
  await message(sari, "Thank you").waitFor();
  await budi.screenshot({ path: await artefact("dialect-desk-customer.png") });
  await sari.screenshot({ path: await artefact("dialect-desk-admin.png") });
});

it("only the people concerned hear of it, and the history is there after a reload", async () => {
  const dewi = await openDialect(browser, sapa, "desk", "dewi");
  await say(budi, "One more thing");
  await message(sari, "One more thing").waitFor();
  await say(dewi, "Mine is here");
  await holds(dewi, ["Mine is here"]);
  await budi.reload();
  const said = ["My order is late", "I am looking for it", "Thank you", "One more thing"];
  await holds(budi, said);
  await pick(sari, "Budi Santoso");
  await holds(sari, said);
  assert.deepEqual(dewi.troubles, []);
  await dewi.context().close();
});

it("an announcement to everybody is shown beside the conversation", async () => {
  const announcer = await openDialect(browser, sapa, "direct", "adi");
  const announcement = announcer.getByRole("textbox", { name: "Announcement", exact: true });
  await announcement.fill("We close at six");
  await announcement.press("Enter");
  await notice(budi, "Adi Nugroho: We close at six").waitFor();
  await say(budi, "Thanks for telling");
  await message(sari, "Thanks for telling").waitFor();
  await announcer.context().close();
});

it("a conversation that is closed takes no message, and the page says so", async () => {
  const token = sapa.token({ sub: "2001", role: "ADMIN" });
  const rooms = await sapa.call("GET", "/api/chat/rooms", { token });
  const { id } = rooms.find(({ userId }) => userId === 1001);
  await sapa.call("PATCH", `/api/chat/rooms/${id}/close`, { token });
  await sari.locator(".thread-head", { hasText: "CLOSED" }).waitFor();
  await field(sari).fill("Still there?");
  await field(sari).press("Enter");
  await problem(sari, "room_closed").waitFor();
  assert.equal(await field(sari).inputValue(), "Still there?");
  assert.deepEqual([...budi.troubles, ...sari.troubles], []);
});
