// Seed 002 as two users and an admin play it, field for field.
import assert from "node:assert/strict";
import { ID, TIME, orNull, same } from "../harness/expect.mjs";
import { quiet } from "../harness/sapa.mjs";

/** A message as the dialect tells it; `receiver` may be null for a broadcast. */
export const messageOf = (sender, receiver, message, changes = {}) => ({
  id: ID,
  _id: ID,
  conversationId: ID,
  senderId: sender.id,
  senderName: sender.name,
  senderRole: sender.role === "ADMIN" ? "admin" : "user",
  receiverId: receiver?.id ?? null,
  message,
  messageType: "text",
  replyTo: null,
  isRead: false,
  isDeleted: false,
  isBroadcast: false,
  reactions: [],
  createdAt: TIME,
  ...changes,
});

export const told = (data) => ({ success: true, data });

export async function play(sapa, namespace, options) {
  const [ani, budi, sari] = [sapa.customer("Ani"), sapa.customer("Budi"), sapa.admin("Sari")];
  const admin = await sapa.connect(namespace, sari, options);
  const one = await sapa.connect(namespace, ani, options);
  const other = await sapa.connect(namespace, budi, options);
  const online = (person) => ({ userId: person.id, status: "online", isOnline: true, lastSeen: orNull(TIME) });
  same(await admin.next("user_status_update", ({ userId }) => userId === budi.id), online(budi));

  const first = await privately(one, other, ani, budi);
  await reactedAndDeleted(one, other, ani, budi, first);
  await fromTheDesk(admin, one, other, sari, ani);

  await options?.settled?.(one, other, admin);
  await quiet();
  assert.deepEqual(one.names("user_status_update", "conversation_updated"), [
    "message_sent", "message_read", "user_typing", "user_typing", "new_message", "message_read",
    "message_reaction", "message_reaction", "message_deleted", "admin_broadcast", "new_message",
  ]);
  assert.deepEqual(other.names("user_status_update", "conversation_updated"), [
    "new_message", "message_read", "message_sent", "message_read",
    "message_reaction", "message_reaction", "message_deleted", "admin_broadcast",
  ]);
  const atTheDesk = admin.names("user_status_update", "conversation_updated").sort();
  assert.deepEqual(atTheDesk, ["admin_broadcast", "message_sent", "message_sent"]);

  other.close();
  const offline = { userId: budi.id, status: "offline", isOnline: false, lastSeen: TIME };
  const gone = (update) => update.userId === budi.id && !update.isOnline;
  same(await one.next("user_status_update", gone), offline);
  same(await admin.next("user_status_update", gone), offline);
}

async function privately(one, other, ani, budi) {
  one.emit("send_message", { receiverId: budi.id, message: "Hello!", messageType: "text" });
  const first = await other.next("new_message");
  same(first, told(messageOf(ani, budi, "Hello!")));
  assert.equal(first.data._id, first.data.id);
  assert.deepEqual(await one.next("message_sent"), first);
  const { id, conversationId } = first.data;

  other.emit("mark_message_read", { messageId: id });
  const read = { messageId: id, conversationId, readBy: budi.id };
  same(await one.next("message_read"), read);
  same(await other.next("message_read"), read);

  const typing = { senderId: budi.id, senderName: budi.name, conversationId };
  other.emit("typing_start", { receiverId: ani.id });
  same(await one.next("user_typing"), { ...typing, isTyping: true });
  other.emit("typing_stop", { receiverId: ani.id });
  same(await one.next("user_typing"), { ...typing, isTyping: false });

  other.emit("send_message", { receiverId: ani.id, message: "Hi Ani", replyTo: id });
  const second = await one.next("new_message");
  same(second, told(messageOf(budi, ani, "Hi Ani", { conversationId, replyTo: id })));
  assert.deepEqual(await other.next("message_sent"), second);
  one.emit("mark_conversation_read", { conversationId });
  const all = { messageId: second.data.id, conversationId, readBy: ani.id };
  same(await one.next("message_read"), all);
  same(await other.next("message_read"), all);
  return first.data;
}

async function reactedAndDeleted(one, other, ani, budi, first) {
  const { id, conversationId } = first;
  other.emit("add_reaction", { messageId: id, emoji: "❤️" });
  const loved = { reactions: [{ emoji: "❤️", count: 1, userIds: [budi.id] }], isRead: true };
  const reaction = await one.next("message_reaction");
  same(reaction, told(messageOf(ani, budi, "Hello!", { id, _id: id, conversationId, ...loved })));
  assert.deepEqual(await other.next("message_reaction"), reaction);
  other.emit("remove_reaction", { messageId: id, emoji: "❤️" });
  same(await one.next("message_reaction"), told({ ...reaction.data, reactions: [] }));
  await other.next("message_reaction");

  one.emit("delete_message", { messageId: id });
  const deleted = told({ messageId: id, conversationId });
  same(await one.next("message_deleted"), deleted);
  same(await other.next("message_deleted"), deleted);
}

async function fromTheDesk(admin, one, other, sari, ani) {
  admin.emit("admin_broadcast", { message: "Important announcement!", messageType: "text" });
  const broadcast = await one.next("admin_broadcast");
  same(broadcast, told(messageOf(sari, null, "Important announcement!", { isBroadcast: true })));
  assert.deepEqual(await other.next("admin_broadcast"), broadcast);
  assert.deepEqual(await admin.next("admin_broadcast"), broadcast);
  assert.deepEqual(await admin.next("message_sent"), broadcast);

  admin.emit("admin_message_user", { userId: ani.id, message: "Hello from admin", messageType: "text" });
  const direct = await one.next("new_message");
  same(direct, told(messageOf(sari, ani, "Hello from admin")));
  assert.deepEqual(await admin.next("message_sent"), direct);
}
