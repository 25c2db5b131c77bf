// Seed 000 as its two pages play it, field for field.
import assert from "node:assert/strict";
import { ID, TIME, orNull, same } from "../harness/expect.mjs";
import { quiet } from "../harness/sapa.mjs";

/** A room as the dialect tells it; `changes` are what differs from a new one. */
export const roomOf = (customer, changes = {}) => ({
  id: ID,
  user_id: customer.id,
  user_name: customer.name,
  user_email: customer.email,
  admin_id: null,
  admin_name: null,
  status: "active",
  subject: null,
  priority: "normal",
  last_message: null,
  last_activity: TIME,
  unread_count: 0,
  created_at: TIME,
  updated_at: TIME,
  ...changes,
});

/** A message as the dialect tells it. */
export const messageOf = (room_id, sender, message, changes = {}) => ({
  id: ID,
  room_id,
  sender_id: sender.id,
  sender_type: sender.role === "ADMIN" ? "admin" : "user",
  sender_name: sender.name,
  message,
  message_type: "text",
  is_read: false,
  reply_to_id: null,
  reactions: [],
  deleted_at: null,
  created_at: TIME,
  ...changes,
});

/** What tells of a room's assignment or of a person's coming and going may come at any place. */
const ASIDE = ["room_updated", "user_joined", "user_left", "admin_notification"];

export async function play(sapa, namespace, options) {
  const budi = sapa.customer("Budi");
  const sari = sapa.admin("Sari");

  const admin = await sapa.connect(namespace, sari, options);
  admin.emit("get_active_rooms");
  assert.ok(Array.isArray(await admin.next("active_rooms")));

  // The seed's page joins before the connection stands; the client keeps the event until then.
  const customer = sapa.open(namespace, budi, options);
  customer.emit("join_chat", {});
  const joined = await customer.next("joined_room");
  same(joined, { roomId: ID, room: roomOf(budi), messages: [] });
  const { roomId } = joined;
  assert.equal(joined.room.id, roomId);
  const made = await admin.next("admin_notification", (told) => told.type === "room_updated" && told.roomId === roomId);
  same(made, { type: "room_updated", roomId, room: roomOf(budi, { id: roomId }) });

  customer.emit("send_message", { message: "Halo, apakah ada orang?", messageType: "text" });
  const first = await customer.next("new_message");
  same(first, messageOf(roomId, budi, "Halo, apakah ada orang?"));
  same(await admin.next("admin_notification", (told) => told.type === "new_message" && told.roomId === roomId), {
    type: "new_message",
    roomId,
    userId: budi.id,
    userName: budi.name,
    userEmail: budi.email,
    messageId: first.id,
    message: "Halo, apakah ada orang?",
    messageType: "text",
    timestamp: first.created_at,
  });

  admin.emit("get_active_rooms");
  const listed = (await admin.next("active_rooms")).find((room) => room.id === roomId);
  same(listed, roomOf(budi, { id: roomId, last_message: "Halo, apakah ada orang?", unread_count: 1 }));

  admin.emit("join_chat", { roomId });
  const adminJoined = await admin.next("joined_room");
  same(adminJoined, { roomId, room: listed, messages: [first] });
  same(await customer.next("user_joined"), { userId: sari.id, userType: "admin", lastSeen: orNull(TIME) });

  customer.emit("typing", { isTyping: true });
  const typing = { roomId, userId: budi.id, userType: "user", userName: budi.name, isTyping: true };
  same(await admin.next("user_typing"), typing);
  customer.emit("typing", { isTyping: false });
  same(await admin.next("user_typing"), { ...typing, isTyping: false });
  admin.emit("typing", { isTyping: true, roomId });
  const adminTypes = { roomId, userId: sari.id, userType: "admin", userName: sari.name, isTyping: true };
  same(await customer.next("user_typing"), adminTypes);

  admin.emit("send_message", { message: "Halo Budi, ada yang bisa dibantu?", roomId, replyToId: first.id });
  const answer = messageOf(roomId, sari, "Halo Budi, ada yang bisa dibantu?", { reply_to_id: first.id });
  const second = await customer.next("new_message");
  same(second, answer);
  assert.ok(second.id > first.id);
  assert.deepEqual(await admin.next("new_message"), second);
  const assigned = { id: roomId, admin_id: sari.id, admin_name: sari.name };
  const taken = roomOf(budi, { ...assigned, last_message: second.message });
  const updated = await customer.next("room_updated", (room) => room.admin_id !== null);
  same(updated, { ...taken, unread_count: Number.isInteger });

  customer.emit("mark_messages_read", {});
  const read = { roomId, userId: budi.id, lastReadMessageId: second.id };
  same(await customer.next("messages_read"), read);
  same(await admin.next("messages_read"), read);
  admin.emit("mark_messages_read", { roomId, messageId: first.id });
  const adminRead = { roomId, userId: sari.id, lastReadMessageId: first.id };
  same(await customer.next("messages_read"), adminRead);
  same(await admin.next("messages_read"), adminRead);

  customer.emit("join_chat", { roomId });
  const again = await customer.next("joined_room");
  same(again, { roomId, room: taken, messages: [{ ...first, is_read: true }, { ...second, is_read: true }] });

  await options?.settled?.(customer, admin);
  await quiet();
  const conversation = ["new_message", "new_message"];
  const typed = (names) => names.filter((name) => name !== "user_typing");
  assert.deepEqual(typed(customer.names(...ASIDE)), [
    "joined_room", ...conversation, "messages_read", "messages_read", "joined_room",
  ]);
  assert.deepEqual(typed(admin.names(...ASIDE)), [
    "active_rooms", "active_rooms", "joined_room", "new_message", "messages_read", "messages_read",
  ]);
  const news = admin.all("admin_notification").filter((told) => told.type === "new_message");
  assert.equal(news.length, 1, "the admins are told of each customer message once");
  assert.equal(customer.all("admin_notification").length, 0, "a customer hears what is for admins");

  customer.close();
  same(await admin.next("user_left"), { userId: budi.id, userType: "user", lastSeen: orNull(TIME) });
}
