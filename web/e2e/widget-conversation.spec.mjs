// A customer and an admin talk: everything that a conversation shows.
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { launchBrowser, people, until } from "./harness.mjs";
import { adminOf, badge, bubbles, field, launcher, newPage, openPanel, panel, say, startChat, startShop, texts } from "./widget-pages.mjs";

let browser;
let shop;
let admin;
let page;
let roomId;

before(async () => {
  shop = await startShop();
  browser = await launchBrowser();
  admin = adminOf(shop.sapa);
  page = await newPage(browser);
  await page.goto(shop.page({ as: "budi", priority: "true" }));
});

after(async () => {
  await browser?.close();
  await shop?.close();
});

describe("a conversation", () => {
  it("begins with a form that says what is wrong and keeps what was written", async () => {
    await openPanel(page);
    await panel(page).locator("#subject").fill("Order 1204");
    await panel(page).locator("form .primary").click();
    await panel(page).getByText("Please write a message.").waitFor();
    assert.equal(await panel(page).locator("#subject").inputValue(), "Order 1204");
    assert.equal(await page.evaluate(() => document.querySelector("sapa-widget").shadowRoot.activeElement.id), "message");
    await panel(page).locator("#priority").selectOption("HIGH");
    await panel(page).locator("#message").fill("Where is my parcel?");
    await panel(page).locator("form .primary").click();
    await panel(page).locator(".mark", { hasText: "Sent" }).waitFor();
    const [room] = await admin.rooms();
    roomId = room.id;
    assert.deepEqual([room.subject, room.priority, room.lastMessage], ["Order 1204", "HIGH", "Where is my parcel?"]);
  });

  it("shows what the admin writes, types and reads, and who is online", async () => {
    const leave = await admin.online();
    await admin.typing(roomId, true);
    await panel(page).getByText("Sari Wulandari is typing").waitFor();
    await admin.say(roomId, "Let me look.");
    await bubbles(page).filter({ hasText: "Let me look." }).waitFor();
    await panel(page).getByText("is typing").waitFor({ state: "detached" });
    await panel(page).locator("header").getByText("Online now").waitFor();
    await admin.read(roomId);
    await panel(page).locator(".mark.read", { hasText: "Read" }).waitFor();
    leave();
    await panel(page).locator("header").getByText("Online now").waitFor({ state: "detached", timeout: 15_000 });
  });

  it("tells the admin that it was read, and that somebody types", async () => {
    await until(async () => (await admin.room(roomId)).messages.find((each) => each.message === "Let me look.").isRead, "read by the customer");
    const heard = [];
    const abort = new AbortController();
    const response = await fetch(`${shop.sapa.url}/api/chat/sse`, { headers: { authorization: `Bearer ${admin.token}` }, signal: abort.signal });
    void (async () => {
      for await (const chunk of response.body) heard.push(Buffer.from(chunk).toString());
    })().catch(() => {});
    await field(page).pressSequentially("Tha");
    await until(() => /"typing".*"isTyping":true/.test(heard.join("")), "typing starts");
    await until(() => /"typing".*"isTyping":false/.test(heard.join("")), "typing ends");
    abort.abort();
    await field(page).fill("");
  });

  it("sends by Enter, breaks lines by Shift+Enter, and leaves an input method alone", async () => {
    await field(page).pressSequentially("line one");
    await field(page).press("Shift+Enter");
    await field(page).pressSequentially("line two");
    await field(page).evaluate((each) => {
      each.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true }));
      each.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", keyCode: 229, bubbles: true }));
    });
    assert.equal(await field(page).inputValue(), "line one\nline two");
    await field(page).press("Enter");
    await bubbles(page).filter({ hasText: "line two" }).waitFor();
    await until(async () => (await admin.room(roomId)).messages.at(-1).message === "line one\nline two", "both lines at the server");
  });

  it("counts what came while it was closed, on the launcher and in its name", async () => {
    await page.keyboard.press("Escape");
    await panel(page).waitFor({ state: "hidden" });
    await admin.say(roomId, "It is in Bandung.");
    await admin.say(roomId, "It arrives tomorrow.");
    await badge(page).filter({ hasText: "2" }).waitFor();
    assert.equal(await launcher(page).getAttribute("aria-label"), "Open chat, 2 unread");
    await openPanel(page);
    await panel(page).locator(".day.new").waitFor();
    await badge(page).waitFor({ state: "hidden" });
    await until(async () => (await admin.room(roomId)).messages.every((each) => each.sender.role === "USER" || each.isRead), "all read");
  });

  it("shows and changes reactions, replies and deletions", async () => {
    const { messages } = await admin.room(roomId);
    const own = messages.find((each) => each.message === "Where is my parcel?");
    await admin.react(own.id, "👍");
    await panel(page).locator(`#m${own.id} .reactions`).getByText("👍").waitFor();
    const theirs = messages.find((each) => each.message === "It is in Bandung.");
    const bubble = panel(page).locator(`#m${theirs.id}`);
    await bubble.hover();
    await bubble.locator(".more").click();
    await bubble.getByRole("button", { name: "React with ❤️" }).click();
    await bubble.locator('.reactions [aria-pressed="true"]').waitFor();
    await bubble.hover();
    await bubble.locator(".more").click();
    await bubble.getByRole("button", { name: "Reply" }).click();
    await say(page, "Good to know");
    const reply = panel(page).locator("article", { hasText: "Good to know" });
    await reply.locator(".quote").getByText("It is in Bandung.").waitFor();
    await until(async () => (await admin.room(roomId)).messages.at(-1).replyToId === theirs.id, "the reply at the server");
    await reply.locator(".mark").waitFor();
    await reply.hover();
    await reply.locator(".more").click();
    await reply.getByRole("button", { name: "Delete" }).click();
    await reply.getByRole("button", { name: "Delete for everyone?" }).click();
    await panel(page).getByText("This message was deleted").waitFor();
    await admin.remove(theirs.id);
    await until(async () => (await panel(page).getByText("This message was deleted").count()) === 2, "the admin's deletion");
  });

  it("pages upwards through a long history without losing its place", async () => {
    for (let i = 1; i <= 120; i++) await admin.say(roomId, `number ${i}`);
    await bubbles(page).filter({ hasText: /^number 120$/ }).waitFor();
    await page.reload();
    await openPanel(page);
    await bubbles(page).filter({ hasText: /^number 120$/ }).waitFor();
    assert.ok((await texts(page)).length <= 60, "only the newest page at first");
    const log = panel(page).locator("[role=log]");
    await until(async () => {
      await log.evaluate((box) => (box.scrollTop = 0));
      return (await texts(page))[0] === "Where is my parcel?";
    }, "the beginning");
    await until(async () => (await log.getAttribute("aria-busy")) === "false", "done loading");
    const all = await texts(page);
    assert.equal(new Set(all.filter((each) => each.startsWith("number"))).size, 120);
    assert.ok(await log.evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight > 1_000), "still up there");
    await admin.say(roomId, "while you read");
    await panel(page).getByRole("button", { name: "1 new message" }).click();
    await bubbles(page).filter({ hasText: "while you read" }).waitFor();
  });

  it("says resolved and closed, reopens by writing, and starts anew", async () => {
    await admin.manage(roomId, { status: "RESOLVED" });
    await panel(page).getByText("Marked as resolved.").waitFor();
    await say(page, "One more thing");
    await panel(page).getByText("Marked as resolved.").waitFor({ state: "detached" });
    await admin.manage(roomId, { status: "CLOSED" });
    await panel(page).getByText("This conversation is closed.").waitFor();
    assert.equal(await field(page).count(), 0);
    await panel(page).getByRole("button", { name: "Start a new conversation" }).click();
    await panel(page).locator("#message").fill("A second matter");
    await panel(page).locator("form .primary").click();
    await panel(page).locator(".mark", { hasText: "Sent" }).waitFor();
    await panel(page).getByRole("button", { name: "Your conversations" }).click();
    await until(async () => (await panel(page).locator(".list li").count()) === 2, "both conversations in the list");
    assert.equal((await admin.rooms()).filter((each) => each.userId === Number(people.budi.sub)).length, 2);
    assert.deepEqual(page.troubles, []);
  });
});
