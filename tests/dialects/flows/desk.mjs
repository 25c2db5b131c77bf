// Seed 004 as its customer's and its admin's panel play it, field for field.
import assert from "node:assert/strict";
import { ID, TIME, same } from "../harness/expect.mjs";
import { quiet } from "../harness/sapa.mjs";

/** A conversation as the dialect tells it. */
export const conversationOf = (customer, changes = {}) => ({
  id: ID,
  userId: customer.id,
  user: { id: customer.id, name: customer.name, email: customer.email },
  adminId: null,
  status: "PENDING",
  unreadCount: 0,
  lastMessage: null,
  createdAt: TIME,
  updatedAt: TIME,
  ...changes,
});

/** A message as the dialect tells it, without its conversation. */
export const bareMessageOf = (conversationId, sender, content, changes = {}) => ({
  id: ID,
  conversationId,
  sender: sender.role === "ADMIN" ? "ADMIN" : "CUSTOMER",
  senderId: sender.id,
  senderName: sender.name,
  content,
  isRead: false,
  createdAt: TIME,
  ...changes,
});

export const joinAs = (person) => ({
  userId: person.id,
  userName: person.name,
  role: person.role === "ADMIN" ? "ADMIN" : "CUSTOMER",
});

const ASIDE = ["conversation:updated", "messages:read", "user:online", "user:offline", "message:updated"];

export async function play(sapa, namespace, options) {
  const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
  const admin = await sapa.connect(namespace, sari, options);
  admin.emit("user:join", joinAs(sari));
  assert.equal(await admin.next("admin:online"), undefined);

  const customer = sapa.open(namespace, budi, options);
  customer.emit("user:join", joinAs(budi));
  customer.emit("message:send", { message: "Is my order on its way?", sender: "CUSTOMER" });
  const first = await customer.next("message:received");
  const { conversationId } = first;
  const asked = { id: conversationId, lastMessage: "Is my order on its way?" };
  same(first, {
    ...bareMessageOf(conversationId, budi, "Is my order on its way?"),
    conversation: conversationOf(budi, asked),
  });
  const heard = await admin.next("message:received", (message) => message.conversationId === conversationId);
  assert.deepEqual(heard, { ...first, conversation: { ...first.conversation, unreadCount: 1 } });

  const conversations = await admin.ask("admin:getConversations", {});
  const { conversation, ...bare } = heard;
  same(conversations[0], { ...conversation, messages: [bare] });

  const messages = await admin.ask("conversation:getMessages", { conversationId });
  same(messages, [{ ...bare, isRead: (read) => typeof read === "boolean" }]);
  // The panel has no other way to say that it was read.
  const [seen] = await admin.ask("conversation:getMessages", { conversationId });
  assert.equal(seen.isRead, true);
  const read = { conversationId, userId: sari.id, lastReadMessageId: first.id };
  for (const client of [customer, admin]) assert.deepEqual(await client.next("messages:read"), read);
  const listed = (await admin.ask("admin:getConversations", {})).find((each) => each.id === conversationId);
  assert.equal(listed.unreadCount, 0);

  admin.emit("message:send", { conversationId, message: "It left this morning.", sender: "ADMIN" });
  const second = await customer.next("message:received");
  const answered = { id: conversationId, adminId: sari.id, status: "OPEN", lastMessage: "It left this morning." };
  same(second, {
    ...bareMessageOf(conversationId, sari, "It left this morning."),
    conversation: conversationOf(budi, { ...answered, unreadCount: 1 }),
  });
  same(await admin.next("message:received"), { ...second, conversation: conversationOf(budi, answered) });

  const ack = await customer.ask("message:send", { conversationId, message: "Thank you!", sender: "CUSTOMER" });
  assert.equal(ack.conversation.status, "PENDING");
  assert.deepEqual(ack, await customer.next("message:received"));
  const third = await admin.next("message:received");
  same(third, { ...ack, conversation: { ...ack.conversation, unreadCount: 1 } });

  const all = await customer.ask("conversation:getMessages", { conversationId });
  assert.deepEqual(all.map(({ content }) => content), [
    "Is my order on its way?", "It left this morning.", "Thank you!",
  ]);

  for (const client of [customer, admin]) {
    same(await client.next("messages:read"), { conversationId, userId: budi.id, lastReadMessageId: ID });
  }

  await options?.settled?.(customer, admin);
  await quiet();
  const received = Array(3).fill("message:received");
  assert.deepEqual(customer.names(...ASIDE), received);
  assert.deepEqual(admin.names(...ASIDE), ["admin:online", ...received]);
}
