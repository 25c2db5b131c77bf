import assert from "node:assert/strict";
import test from "node:test";
import { messageOf, play, roomOf } from "./flows/support.mjs";
import { TRANSPORTS } from "./harness/client.mjs";
import { ANYTHING, LIST, TEXT, includes, same } from "./harness/expect.mjs";
import { quiet, useSapa } from "./harness/sapa.mjs";

const sapa = useSapa();

for (const [name, transports] of Object.entries(TRANSPORTS)) {
  test(`the two pages of the seed talk by ${name}`, () =>
    play(sapa, "/support", {
      transports,
      settled: async (...clients) => {
        if (name === "polling with upgrade") for (const client of clients) await client.upgraded();
        for (const client of clients) assert.equal(client.transport, transports.at(-1));
      },
    }));
}

test("an acknowledgement carries what the event carries", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const customer = await sapa.connect("/support", budi);
  const admin = await sapa.connect("/support", sari);
  const joined = await customer.ask("join_chat", {});
  includes(joined, { success: true });
  assert.deepEqual(joined.data, await customer.next("joined_room"));
  const sent = await customer.ask("send_message", { message: "asked" });
  includes(sent, { success: true });
  assert.deepEqual(sent.data, await customer.next("new_message"));
  const rooms = await admin.ask("get_active_rooms");
  includes(rooms, { success: true, data: LIST });
  assert.ok(rooms.data.some((room) => room.id === joined.data.roomId));
  includes(await customer.ask("typing", { isTyping: true }), { success: true });
  includes(await admin.ask("mark_messages_read", { roomId: joined.data.roomId }), { success: true });
});

test("a customer who has joined nothing writes into their current room", async () => {
  const budi = sapa.customer();
  const customer = await sapa.connect("/support", budi);
  customer.emit("send_message", { message: "first of all" });
  const message = await customer.next("new_message");
  same(message, messageOf(message.room_id, budi, "first of all"));
  customer.emit("send_message", { message: "and again" });
  same(await customer.next("new_message"), messageOf(message.room_id, budi, "and again"));
});

test("a message has the type that it was given", async () => {
  const budi = sapa.customer();
  const customer = await sapa.connect("/support", budi);
  for (const messageType of ["image", "file", "text"]) {
    customer.emit("send_message", { message: "https://cdn.example/a.png", messageType });
    includes(await customer.next("new_message"), { message_type: messageType });
  }
});

test("ids may be numeric strings, texts are trimmed", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const customer = await sapa.connect("/support", budi);
  const { data } = await customer.ask("join_chat", {});
  const admin = await sapa.connect("/support", sari);
  includes(await admin.ask("join_chat", { roomId: String(data.roomId) }), { success: true });
  const sent = await admin.ask("send_message", { message: "  halo \n", roomId: String(data.roomId) });
  includes(sent.data, { room_id: data.roomId, message: "halo" });
  includes(await customer.ask("mark_messages_read", { messageId: String(sent.data.id) }), { success: true });
});

test("the joined payload holds the newest 50 messages, the oldest first", async () => {
  const budi = sapa.customer();
  const customer = await sapa.connect("/support", budi);
  for (let n = 1; n <= 53; n++) await customer.ask("send_message", { message: `number ${n}` });
  const { data } = await customer.ask("join_chat", {});
  const texts = data.messages.map((each) => each.message);
  assert.deepEqual(texts, Array.from({ length: 50 }, (_, n) => `number ${n + 4}`));
});

test("an admin who has not joined a room hears of it, but does not hear it", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const admin = await sapa.connect("/support", sari);
  const customer = await sapa.connect("/support", budi);
  await customer.ask("send_message", { message: "to whom it may concern" });
  await admin.next("admin_notification", (told) => told.userId === budi.id);
  await quiet();
  assert.deepEqual(admin.all("new_message"), []);
});

test("a message in a resolved room opens it again, and a closed room takes none", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const customer = await sapa.connect("/support", budi);
  const { data } = await customer.ask("join_chat", {});
  const roomId = data.roomId;
  await sapa.call(sari, "PATCH", `/api/chat/rooms/${roomId}/manage`, { status: "RESOLVED" });
  includes(await customer.next("room_updated", (room) => room.status === "resolved"), { id: roomId });
  includes(await customer.ask("send_message", { message: "one more thing", roomId }), { success: true });
  includes(await customer.next("room_updated", (room) => room.status === "active"), { id: roomId });
  await sapa.call(sari, "PATCH", `/api/chat/rooms/${roomId}/close`);
  includes(await customer.next("room_updated", (room) => room.status === "closed"), { id: roomId });
  const refused = await customer.ask("send_message", { message: "too late", roomId });
  same(refused, { success: false, event: "send_message", code: "room_closed", message: TEXT });
});

test("a changed message, a priority and an assignment arrive", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const customer = await sapa.connect("/support", budi);
  const admin = await sapa.connect("/support", sari);
  const sent = (await customer.ask("send_message", { message: "oops" })).data;
  await admin.ask("join_chat", { roomId: sent.room_id });
  await sapa.call(sari, "PUT", `/api/chat/messages/${sent.id}/reactions/${encodeURIComponent("👍")}`);
  const reacted = { ...sent, reactions: [{ emoji: "👍", count: 1, user_ids: [sari.id] }] };
  same(await customer.next("message_updated"), reacted);
  same(await admin.next("message_updated"), reacted);
  await sapa.call(budi, "DELETE", `/api/chat/messages/${sent.id}`);
  const gone = await admin.next("message_updated");
  includes(gone, { id: sent.id, message: "", deleted_at: TEXT });
  await sapa.call(sari, "PATCH", `/api/chat/rooms/${sent.room_id}/manage`, { priority: "URGENT", adminId: sari.id });
  const changed = await customer.next("room_updated", (room) => room.priority === "urgent");
  const assigned = { id: sent.room_id, priority: "urgent", admin_id: sari.id, admin_name: sari.name };
  same(changed, roomOf(budi, { ...assigned, last_message: ANYTHING, unread_count: Number.isInteger }));
  const urgent = (told) => told.type === "room_updated" && told.room.priority === "urgent";
  const told = await admin.next("admin_notification", urgent);
  same(told, { type: "room_updated", roomId: sent.room_id, room: { ...changed, unread_count: Number.isInteger } });
});

test("a room that changed tells each side what waits for it", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  const customer = await sapa.connect("/support", budi);
  const admin = await sapa.connect("/support", sari);
  await customer.ask("send_message", { message: "one" });
  const { data } = await customer.ask("send_message", { message: "two" });
  await admin.ask("join_chat", { roomId: data.room_id });
  await sapa.call(sari, "PATCH", `/api/chat/rooms/${data.room_id}/manage`, { priority: "HIGH" });
  const isHigh = (room) => room.priority === "high";
  includes(await customer.next("room_updated", isHigh), { unread_count: 0 });
  includes(await admin.next("room_updated", isHigh), { unread_count: 2 });
  const told = await admin.next("admin_notification", ({ room }) => room?.priority === "high");
  includes(told.room, { unread_count: 2 });
});

test("the active rooms are the open ones, the newest activity first", async () => {
  const sari = sapa.admin();
  const people = [sapa.customer("Ani"), sapa.customer("Eko"), sapa.customer("Tuti")];
  const rooms = [];
  for (const each of people) {
    const client = await sapa.connect("/support", each);
    rooms.push((await client.ask("send_message", { message: `from ${each.name}` })).data.room_id);
  }
  await sapa.call(sari, "PATCH", `/api/chat/rooms/${rooms[1]}/close`);
  const admin = await sapa.connect("/support", sari);
  const { data } = await admin.ask("get_active_rooms");
  assert.deepEqual(data.map((room) => room.id).filter((id) => rooms.includes(id)), [rooms[2], rooms[0]]);
  assert.ok(data.every((room) => room.status === "active"));
});

const refused = [
  ["send_message", { message: "" }, "invalid_input", "message"],
  ["send_message", { message: "   " }, "invalid_input", "message"],
  ["send_message", { message: "x".repeat(4001) }, "invalid_input", "message"],
  ["send_message", { message: "x", messageType: "video" }, "invalid_input", "messageType"],
  ["send_message", { message: "x", replyToId: 999999 }, "invalid_input", "replyToId"],
  ["send_message", { message: "x", roomId: 999999 }, "not_found"],
  ["send_message", { message: "x", roomId: "abc" }, "invalid_input", "roomId"],
  ["send_message", {}, "invalid_input", "message"],
  ["join_chat", { roomId: 999999 }, "not_found"],
  ["join_chat", { roomId: {} }, "invalid_input", "roomId"],
  ["typing", {}, "invalid_input", "isTyping"],
  ["typing", { isTyping: "yes" }, "invalid_input", "isTyping"],
  ["mark_messages_read", { messageId: 999999 }, "invalid_input", "messageId"],
  ["get_active_rooms", undefined, "forbidden"],
  ["no_such_event", {}, "unknown_event"],
];

for (const [event, payload, code, field] of refused) {
  const args = payload === undefined ? [] : [payload];
  test(`${event} ${JSON.stringify(payload)?.slice(0, 40) ?? ""} is refused with ${code}, twice over`, async () => {
    const customer = await sapa.connect("/support", sapa.customer());
    await customer.ask("join_chat", {});
    const answer = await customer.ask(event, ...args);
    const expected = { success: false, event, code, message: TEXT, ...(field && { errors: { [field]: LIST } }) };
    same(answer, expected);
    assert.deepEqual(await customer.next("error"), answer);
    customer.emit(event, ...args);
    await quiet();
    assert.deepEqual(customer.all("new_message"), []);
    assert.equal(customer.socket.connected, true);
  });
}

test("an admin must name the room that they join", async () => {
  const admin = await sapa.connect("/support", sapa.admin());
  same(await admin.ask("join_chat", {}), {
    success: false, event: "join_chat", code: "invalid_input", message: TEXT, errors: { roomId: LIST },
  });
});
