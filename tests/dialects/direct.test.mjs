import assert from "node:assert/strict";
import test from "node:test";
import { messageOf, play, told } from "./flows/direct.mjs";
import { TRANSPORTS } from "./harness/client.mjs";
import { LIST, TEXT, includes, same } from "./harness/expect.mjs";
import { quiet, useSapa } from "./harness/sapa.mjs";

const sapa = useSapa();

for (const [name, transports] of Object.entries(TRANSPORTS)) {
  test(`two users and an admin talk as in the seed by ${name}`, () =>
    play(sapa, "/direct", {
      transports,
      settled: async (...clients) => {
        if (name === "polling with upgrade") for (const client of clients) await client.upgraded();
        for (const client of clients) assert.equal(client.transport, transports.at(-1));
      },
    }));
}

test("an acknowledgement carries the message", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  const one = await sapa.connect("/direct", ani);
  await sapa.meet(budi);
  const answer = await one.ask("send_message", { receiverId: String(budi.id), message: "by ack" });
  same(answer, told(messageOf(ani, budi, "by ack")));
  assert.deepEqual(await one.next("message_sent"), answer);
});

test("the confirmation reaches all of the sender's tabs, the message all of the receiver's", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  const tabs = await Promise.all([1, 2].map(() => sapa.connect("/direct", ani)));
  const theirs = await Promise.all([1, 2].map(() => sapa.connect("/direct", budi)));
  tabs[0].emit("send_message", { receiverId: budi.id, message: "to both tabs" });
  for (const tab of tabs) same(await tab.next("message_sent"), told(messageOf(ani, budi, "to both tabs")));
  for (const tab of theirs) same(await tab.next("new_message"), told(messageOf(ani, budi, "to both tabs")));
  await quiet();
  for (const tab of tabs) assert.deepEqual(tab.names("user_status_update"), ["message_sent"]);
  for (const tab of theirs) assert.deepEqual(tab.names("user_status_update"), ["new_message"]);
});

test("a conversation of two is one, whoever begins", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  const [one, other] = [await sapa.connect("/direct", ani), await sapa.connect("/direct", budi)];
  const [there, back] = await Promise.all([
    one.ask("send_message", { receiverId: budi.id, message: "there" }),
    other.ask("send_message", { receiverId: ani.id, message: "back" }),
  ]);
  assert.equal(there.data.conversationId, back.data.conversationId);
});

test("a customer who writes to an admin writes to the whole desk, and that admin gets the room", async () => {
  const [budi, sari, dewi] = [sapa.customer("Budi"), sapa.admin("Sari"), sapa.admin("Dewi")];
  const [first, second] = [await sapa.connect("/direct", sari), await sapa.connect("/direct", dewi)];
  const customer = await sapa.connect("/direct", budi);
  const sent = await customer.ask("send_message", { receiverId: dewi.id, message: "Dewi?" });
  same(sent, told(messageOf(budi, dewi, "Dewi?")));
  for (const admin of [first, second]) assert.deepEqual(await admin.next("new_message"), sent);
  const { body: room } = await sapa.call(sari, "GET", `/api/chat/rooms/${sent.data.conversationId}`);
  includes(room, { userId: budi.id, adminId: dewi.id, status: "OPEN" });

  const answer = await first.ask("send_message", { receiverId: budi.id, message: "Dewi is out" });
  includes(answer.data, { conversationId: sent.data.conversationId, senderId: sari.id, receiverId: budi.id });
  assert.deepEqual(await customer.next("new_message"), answer);
  assert.deepEqual(await second.next("new_message"), answer);
  const after = await sapa.call(sari, "GET", `/api/chat/rooms/${sent.data.conversationId}`);
  includes(after.body, { adminId: dewi.id });
});

test("what two customers say to each other no admin hears", async () => {
  const [ani, budi, sari] = [sapa.customer("Ani"), sapa.customer("Budi"), sapa.admin()];
  const admin = await sapa.connect("/direct", sari);
  const supporting = await sapa.connect("/support", sari);
  const one = await sapa.connect("/direct", ani);
  const other = await sapa.connect("/direct", budi);
  await one.ask("send_message", { receiverId: budi.id, message: "between us" });
  await other.next("new_message");
  await quiet();
  assert.deepEqual(admin.names("user_status_update"), []);
  assert.deepEqual(supporting.names("user_joined", "user_left"), []);
});

test("two admins talk in a conversation of their own", async () => {
  const [sari, dewi, rini] = [sapa.admin("Sari"), sapa.admin("Dewi"), sapa.admin("Rini")];
  const [one, other, third] = await Promise.all([sari, dewi, rini].map((each) => sapa.connect("/direct", each)));
  const sent = await one.ask("send_message", { receiverId: dewi.id, message: "lunch?" });
  assert.deepEqual(await other.next("new_message"), sent);
  await quiet();
  assert.deepEqual(third.names("user_status_update"), []);
});

test("a status is told to those with a common conversation, and to no other customer", async () => {
  const [ani, budi, eko] = [sapa.customer("Ani"), sapa.customer("Budi"), sapa.customer("Eko")];
  const one = await sapa.connect("/direct", ani);
  const stranger = await sapa.connect("/direct", eko);
  await sapa.meet(budi);
  await one.ask("send_message", { receiverId: budi.id, message: "are you there?" });
  includes(await one.next("user_status_update"), { userId: budi.id, status: "offline", isOnline: false });
  await sapa.connect("/direct", budi);
  includes(await one.next("user_status_update"), { userId: budi.id, status: "online", isOnline: true });
  await quiet();
  assert.deepEqual(stranger.names(), []);
});

test("a resolved conversation is told to its people", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const customer = await sapa.connect("/direct", budi);
  await sapa.meet(sari);
  const { data } = await customer.ask("send_message", { receiverId: sari.id, message: "thanks" });
  await sapa.call(sari, "PATCH", `/api/chat/rooms/${data.conversationId}/manage`, { status: "RESOLVED" });
  const update = await customer.next("conversation_updated", (each) => each.data.status === "resolved");
  same(update, told({ id: data.conversationId, status: "resolved", adminId: sari.id }));
});

test("typing to somebody with whom one has no conversation names none", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  const [one, other] = [await sapa.connect("/direct", ani), await sapa.connect("/direct", budi)];
  one.emit("typing_start", { receiverId: budi.id });
  const typing = { senderId: ani.id, senderName: ani.name, conversationId: null, isTyping: true };
  same(await other.next("user_typing"), typing);
});

const note = (receiverId) => ({ receiverId, message: "x" });
const refused = [
  ["send_message", () => ({ message: "x" }), "invalid_input", "receiverId"],
  ["send_message", () => ({ receiverId: 999999, message: "x" }), "not_found"],
  ["send_message", (self) => ({ receiverId: self.id, message: "x" }), "invalid_input", "receiverId"],
  ["send_message", (_, admin) => ({ receiverId: admin.id, message: " " }), "invalid_input", "message"],
  ["send_message", (_, admin) => ({ receiverId: admin.id }), "invalid_input", "message"],
  ["send_message", (_, admin) => ({ receiverId: admin.id, message: "x", replyTo: 99999 }), "invalid_input", "replyTo"],
  ["send_message", (_, { id }) => ({ ...note(id), messageType: "gif" }), "invalid_input", "messageType"],
  ["typing_start", () => ({}), "invalid_input", "receiverId"],
  ["typing_stop", () => ({ receiverId: 999999 }), "not_found"],
  ["mark_message_read", () => ({ messageId: 999999 }), "not_found"],
  ["mark_message_read", () => ({ messageId: "abc" }), "invalid_input", "messageId"],
  ["mark_conversation_read", () => ({ conversationId: 999999 }), "not_found"],
  ["delete_message", () => ({ messageId: 999999 }), "not_found"],
  ["delete_message", () => ({}), "invalid_input", "messageId"],
  ["add_reaction", () => ({ messageId: 999999, emoji: "👍" }), "not_found"],
  ["add_reaction", () => ({ messageId: 1 }), "invalid_input", "emoji"],
  ["admin_broadcast", () => ({ message: "x" }), "forbidden"],
  ["admin_message_user", (_, admin) => ({ userId: admin.id, message: "x" }), "forbidden"],
  ["receive_message", () => ({}), "unknown_event"],
];

for (const [event, payload, code, field] of refused) {
  test(`a customer's ${event} ${field ? `without a good ${field} ` : ""}is refused with ${code}`, async () => {
    const [budi, sari] = [sapa.customer(), sapa.admin()];
    await sapa.meet(sari);
    const customer = await sapa.connect("/direct", budi);
    const answer = await customer.ask(event, payload(budi, sari));
    same(answer, { success: false, event, code, message: TEXT, ...(field && { errors: { [field]: LIST } }) });
    assert.deepEqual(await customer.next("error"), answer);
  });
}
