import assert from "node:assert/strict";
import test from "node:test";
import { bareMessageOf, conversationOf, joinAs, play } from "./flows/desk.mjs";
import { TRANSPORTS } from "./harness/client.mjs";
import { ANYTHING, LIST, TEXT, includes, same } from "./harness/expect.mjs";
import { quiet, useSapa } from "./harness/sapa.mjs";

const sapa = useSapa();

for (const [name, transports] of Object.entries(TRANSPORTS)) {
  test(`the two panels of the seed talk by ${name}`, () =>
    play(sapa, "/desk", {
      transports,
      settled: async (...clients) => {
        if (name === "polling with upgrade") for (const client of clients) await client.upgraded();
        for (const client of clients) assert.equal(client.transport, transports.at(-1));
      },
    }));
}

test("a join is acknowledged with who one is", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const customer = await sapa.connect("/desk", budi);
  same(await customer.ask("user:join", joinAs(budi)), { success: true, userId: budi.id, role: "CUSTOMER" });
  const admin = await sapa.connect("/desk", sari);
  same(await admin.ask("user:join", joinAs(sari)), { success: true, userId: sari.id, role: "ADMIN" });
  await quiet();
  assert.equal(customer.all("admin:online").length, 0);
});

test("an admin who comes online is told to the other admins", async () => {
  const [sari, dewi] = [sapa.admin("Sari"), sapa.admin("Dewi")];
  const first = await sapa.connect("/desk", sari);
  await first.ask("user:join", joinAs(sari));
  await first.next("admin:online");
  const second = await sapa.connect("/desk", dewi);
  await second.ask("user:join", joinAs(dewi));
  await second.next("admin:online");
  await first.next("admin:online");
});

const lies = [
  ["another id", (self) => ({ ...joinAs(self), userId: self.id + 1000 })],
  ["the admin's role", (self) => ({ ...joinAs(self), role: "ADMIN" })],
  ["an admin's id and role", () => ({ userId: 1, userName: "Root", role: "ADMIN" })],
];

for (const [what, claim] of lies) {
  test(`a join that claims ${what} is refused and changes nothing`, async () => {
    const budi = sapa.customer();
    const customer = await sapa.connect("/desk", budi);
    const answer = await customer.ask("user:join", claim(budi));
    same(answer, { success: false, event: "user:join", code: "forbidden", message: TEXT });
    assert.deepEqual(await customer.next("message:error"), answer);
    const sent = await customer.ask("message:send", { message: "still me", sender: "CUSTOMER" });
    includes(sent, { senderId: budi.id, senderName: budi.name, sender: "CUSTOMER" });
    await quiet();
    assert.equal(customer.all("admin:online").length, 0);
  });
}

test("a sender that disagrees with the token is refused", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const customer = await sapa.connect("/desk", budi);
  const { conversationId } = await customer.ask("message:send", { message: "hi", sender: "CUSTOMER" });
  const lie = { conversationId, message: "you won!", sender: "ADMIN" };
  same(await customer.ask("message:send", lie), {
    success: false, event: "message:send", code: "forbidden", message: TEXT,
  });
  const admin = await sapa.connect("/desk", sari);
  includes(await admin.ask("message:send", { ...lie, sender: "CUSTOMER" }), { success: false, code: "forbidden" });
  await quiet();
  assert.equal(customer.all("message:received").length, 1);
});

test("the first message makes one conversation, and the next ones find it", async () => {
  const budi = sapa.customer();
  const customer = await sapa.connect("/desk", budi);
  const sent = await Promise.all([1, 2, 3].map((n) => {
    return customer.ask("message:send", { message: `message ${n}`, sender: "CUSTOMER" });
  }));
  assert.equal(new Set(sent.map(({ conversationId }) => conversationId)).size, 1);
  assert.deepEqual(sent.map(({ content }) => content), ["message 1", "message 2", "message 3"]);
});

test("the status follows the room", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const customer = await sapa.connect("/desk", budi);
  const admin = await sapa.connect("/desk", sari);
  const asked = await customer.ask("message:send", { message: "hello?", sender: "CUSTOMER" });
  const { conversationId } = asked;
  assert.equal(asked.conversation.status, "PENDING");
  const answered = await admin.ask("message:send", { conversationId, message: "hello!", sender: "ADMIN" });
  assert.equal(answered.conversation.status, "OPEN");
  for (const [change, status] of [["RESOLVED", "CLOSED"], ["OPEN", "OPEN"], ["CLOSED", "CLOSED"]]) {
    await sapa.call(sari, "PATCH", `/api/chat/rooms/${conversationId}/manage`, { status: change });
    const told = await customer.next("conversation:updated", (each) => each.status === status);
    const expected = { id: conversationId, adminId: sari.id, status, lastMessage: "hello!", unreadCount: ANYTHING };
    same(told, conversationOf(budi, expected));
  }
  includes(await customer.ask("message:send", { conversationId, message: "too late", sender: "CUSTOMER" }), {
    success: false, code: "room_closed",
  });
});

test("the messages come oldest first, in pages", async () => {
  const budi = sapa.customer();
  const customer = await sapa.connect("/desk", budi);
  const sent = [];
  for (let n = 1; n <= 5; n++) sent.push(await customer.ask("message:send", { message: `${n}`, sender: "CUSTOMER" }));
  const { conversationId } = sent[0];
  const ask = async (query) => (await customer.ask("conversation:getMessages", { conversationId, ...query }));
  const all = await ask({});
  same(all, sent.map(({ id, content }) => bareMessageOf(conversationId, budi, content, { id })));
  assert.deepEqual((await ask({ limit: 2 })).map(({ content }) => content), ["4", "5"]);
  assert.deepEqual((await ask({ limit: 2, before: sent[3].id })).map(({ content }) => content), ["2", "3"]);
});

test("the conversations come with the newest activity first, each with its newest message", async () => {
  const sari = sapa.admin();
  const ids = [];
  for (const name of ["Ani", "Budi", "Eko"]) {
    const client = await sapa.connect("/desk", sapa.customer(name));
    ids.push((await client.ask("message:send", { message: `I am ${name}`, sender: "CUSTOMER" })).conversationId);
  }
  const admin = await sapa.connect("/desk", sari);
  const conversations = await admin.ask("admin:getConversations", {});
  assert.deepEqual(conversations.slice(0, 3).map(({ id }) => id), [...ids].reverse());
  const newest = conversations.slice(0, 3).map(({ messages }) => messages.map(({ content }) => content));
  assert.deepEqual(newest, [["I am Eko"], ["I am Budi"], ["I am Ani"]]);
});

test("a coming and going is told to the admins", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const admin = await sapa.connect("/desk", sari);
  await admin.ask("user:join", joinAs(sari));
  const customer = await sapa.connect("/desk", budi);
  await customer.ask("user:join", joinAs(budi));
  same(await admin.next("user:online", ({ userId }) => userId === budi.id), { userId: budi.id, role: "CUSTOMER" });
  customer.close();
  same(await admin.next("user:offline", ({ userId }) => userId === budi.id), { userId: budi.id, role: "CUSTOMER" });
});

test("a deleted message is told to both sides", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const customer = await sapa.connect("/desk", budi);
  const admin = await sapa.connect("/desk", sari);
  const sent = await customer.ask("message:send", { message: "oops", sender: "CUSTOMER" });
  await sapa.call(budi, "DELETE", `/api/chat/messages/${sent.id}`);
  for (const client of [customer, admin]) includes(await client.next("message:updated"), { id: sent.id, content: "" });
});

const refused = [
  ["user:join", {}, "invalid_input"],
  ["message:send", { message: "", sender: "CUSTOMER" }, "invalid_input", "message"],
  ["message:send", { sender: "CUSTOMER" }, "invalid_input", "message"],
  ["message:send", { message: "x", sender: "ROBOT" }, "invalid_input", "sender"],
  ["message:send", { message: "x", sender: "CUSTOMER", conversationId: 999999 }, "not_found"],
  ["message:send", { message: "x", sender: "CUSTOMER", conversationId: "x" }, "invalid_input", "conversationId"],
  ["admin:getConversations", {}, "forbidden"],
  ["conversation:getMessages", {}, "invalid_input", "conversationId"],
  ["conversation:getMessages", { conversationId: 999999 }, "not_found"],
  ["conversation:getMessages", { conversationId: 1, limit: "many" }, "invalid_input", "limit"],
  ["user:leave", {}, "unknown_event"],
];

for (const [event, payload, code, field] of refused) {
  test(`${event} ${JSON.stringify(payload)} is refused with ${code}`, async () => {
    const client = await sapa.connect("/desk", sapa.customer());
    const answer = await client.ask(event, payload);
    includes(answer, { success: false, event, code, message: TEXT });
    if (field) same(answer.errors, { [field]: LIST });
    assert.deepEqual(await client.next("message:error"), answer);
  });
}

test("an admin must name the conversation that they write in", async () => {
  const admin = await sapa.connect("/desk", sapa.admin());
  same(await admin.ask("message:send", { message: "to nobody", sender: "ADMIN" }), {
    success: false, event: "message:send", code: "invalid_input", message: TEXT, errors: { conversationId: LIST },
  });
});
