import assert from "node:assert/strict";
import test from "node:test";
import { messageOf, told } from "./flows/direct.mjs";
import { ID, LIST, TEXT, TIME, includes, orNull, same } from "./harness/expect.mjs";
import { useSapa } from "./harness/sapa.mjs";

const sapa = useSapa();
const call = (who, method, path, ...rest) => sapa.call(who, method, `/api/v0/chat/${path}`, ...rest);

const personOf = (person, changes = {}) => ({
  id: person.id,
  name: person.name,
  email: person.role === "ADMIN" ? orNull(TEXT) : null,
  role: person.role === "ADMIN" ? "admin" : "user",
  isOnline: false,
  lastSeen: orNull(TIME),
  ...changes,
});

const conversationOf = (type, participants, participant, changes = {}) => ({
  id: ID,
  _id: ID,
  type,
  participants: (people) => assert.deepEqual(idsOf(people), participants.map(({ id }) => id).sort(numbers)) ?? true,
  participant,
  lastMessage: null,
  lastMessageAt: TIME,
  unreadCount: 0,
  status: "open",
  createdAt: TIME,
  updatedAt: TIME,
  ...changes,
});

const numbers = (a, b) => a - b;
const idsOf = (people) => people.map(({ id }) => id).sort(numbers);

/** Two customers who know each other, and one message between them. */
async function acquainted() {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  await sapa.meet(ani, budi);
  const { body } = await call(ani, "POST", "send", { receiverId: budi.id, message: "Hello!" });
  return { ani, budi, message: body.data };
}

test("POST send writes, and the receiver hears it live", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  await sapa.meet(ani);
  const receiver = await sapa.connect("/direct", budi);
  const body = { receiverId: budi.id, message: "Hello!", messageType: "image" };
  const answer = await call(ani, "POST", "send", body);
  assert.equal(answer.status, 201);
  same(answer.body, told(messageOf(ani, budi, "Hello!", { messageType: "image" })));
  assert.deepEqual(await receiver.next("new_message"), answer.body);
});

test("POST send with the same Idempotency-Key writes once", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  await sapa.meet(ani, budi);
  const send = () => call(ani, "POST", "send", { receiverId: budi.id, message: "once" }, { "idempotency-key": "k1" });
  const [first, again] = [await send(), await send()];
  assert.equal(first.status, 201);
  assert.deepEqual(again.body.data.id, first.body.data.id);
  const { body } = await call(ani, "GET", `conversation/${first.body.data.conversationId}/messages`);
  assert.equal(body.data.length, 1);
});

test("GET conversation/:receiverId makes the conversation once", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  await sapa.meet(ani, budi);
  const made = await call(ani, "GET", `conversation/${budi.id}`);
  assert.equal(made.status, 200);
  same(made.body, told(conversationOf("direct", [ani, budi], personOf(budi))));
  const theirs = await call(budi, "GET", `conversation/${ani.id}`);
  same(theirs.body, told(conversationOf("direct", [ani, budi], personOf(ani), { id: made.body.data.id })));
});

test("GET conversation/:receiverId of an admin is the customer's own with the desk", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  await sapa.meet(budi, sari);
  const { status, body } = await call(budi, "GET", `conversation/${sari.id}`);
  assert.equal(status, 200);
  includes(body.data, { type: "support", status: "open" });
  const { body: room } = await sapa.call(budi, "GET", "/api/chat/room");
  assert.equal(room.id, body.data.id);
  const asAdmin = await call(sari, "GET", `conversation/${budi.id}`);
  assert.equal(asAdmin.body.data.id, body.data.id);
  includes(asAdmin.body.data.participant, { id: budi.id, email: budi.email, role: "user" });
});

test("GET conversations lists one's own, the newest first, page by page", async () => {
  const { ani, budi, message } = await acquainted();
  const eko = sapa.customer("Eko");
  await sapa.meet(eko);
  const { body: second } = await call(eko, "POST", "send", { receiverId: ani.id, message: "me too" });
  const { status, body } = await call(ani, "GET", "conversations");
  assert.equal(status, 200);
  same(body.data, [
    conversationOf("direct", [ani, eko], personOf(eko), {
      id: second.data.conversationId, _id: second.data.conversationId, lastMessage: second.data, unreadCount: 1,
    }),
    conversationOf("direct", [ani, budi], personOf(budi), {
      id: message.conversationId, _id: message.conversationId, lastMessage: message,
    }),
  ]);
  includes(body, { success: true });
  const pages = [];
  for (const page of [1, 2, 3]) pages.push((await call(ani, "GET", `conversations?limit=1&page=${page}`)).body.data);
  assert.deepEqual(pages.map((page) => page.map(({ id }) => id)), [
    [second.data.conversationId], [message.conversationId], [],
  ]);
});

test("GET unread-count counts what waits, and the calls that read it lower it", async () => {
  const { ani, budi, message } = await acquainted();
  const second = (await call(ani, "POST", "send", { receiverId: budi.id, message: "Are you there?" })).body.data;
  const count = async () => (await call(budi, "GET", "unread-count")).body;
  same(await count(), told({ unreadCount: 2 }));
  const { conversationId } = message;
  const one = await call(budi, "PUT", `message/${message.id}/read`);
  assert.equal(one.status, 200);
  same(one.body, told({ messageId: message.id, conversationId, unreadCount: 1 }));
  same(await count(), told({ unreadCount: 1 }));
  const all = await call(budi, "PUT", `conversation/${conversationId}/read`);
  assert.equal(all.status, 200);
  same(all.body, told({ messageId: second.id, conversationId, unreadCount: 0 }));
  same(await count(), told({ unreadCount: 0 }));
});

test("a read by REST is told to both live", async () => {
  const { ani, budi, message } = await acquainted();
  const clients = [await sapa.connect("/direct", ani), await sapa.connect("/direct", budi)];
  await call(budi, "PUT", `message/${message.id}/read`);
  const read = { messageId: message.id, conversationId: message.conversationId, readBy: budi.id };
  for (const client of clients) same(await client.next("message_read"), read);
});

test("GET messages pages by number, by before and by after, the oldest first", async () => {
  const { ani, budi, message } = await acquainted();
  const ids = [message.id];
  for (let n = 2; n <= 5; n++) {
    ids.push((await call(ani, "POST", "send", { receiverId: budi.id, message: `number ${n}` })).body.data.id);
  }
  const page = async (query) => {
    const { status, body } = await call(budi, "GET", `conversation/${message.conversationId}/messages${query}`);
    assert.equal(status, 200, JSON.stringify(body));
    assert.equal(body.success, true);
    return { ids: body.data.map(({ id }) => id), pagination: body.pagination, data: body.data };
  };
  const whole = await page("");
  assert.deepEqual(whole.ids, ids);
  same(whole.data[0], messageOf(ani, budi, "Hello!", { id: ids[0], _id: ids[0] }));
  same(whole.pagination, { limit: 50, page: 1, hasMore: false });
  const newest = await page("?limit=2");
  assert.deepEqual(newest.ids, ids.slice(3));
  same(newest.pagination, { limit: 2, page: 1, hasMore: true });
  assert.deepEqual((await page("?limit=2&page=2")).ids, ids.slice(1, 3));
  assert.deepEqual((await page("?limit=2&page=3")).ids, ids.slice(0, 1));
  assert.deepEqual((await page(`?before=${ids[2]}`)).ids, ids.slice(0, 2));
  assert.deepEqual((await page(`?after=${ids[2]}`)).ids, ids.slice(3));
});

test("DELETE message/:id empties it for both, the reactions come and go", async () => {
  const { ani, budi, message } = await acquainted();
  const receiver = await sapa.connect("/direct", budi);
  const heart = encodeURIComponent("❤️");
  const put = await call(budi, "PUT", `message/${message.id}/reactions/${heart}`);
  assert.equal(put.status, 200);
  same(put.body, told({ ...message, reactions: [{ emoji: "❤️", count: 1, userIds: [budi.id] }] }));
  const removed = await call(budi, "DELETE", `message/${message.id}/reactions/${heart}`);
  same(removed.body, told(message));
  const deleted = await call(ani, "DELETE", `message/${message.id}`);
  assert.equal(deleted.status, 200);
  same(deleted.body, told({ ...message, message: "", isDeleted: true }));
  assert.equal((await receiver.next("message_deleted")).data.messageId, message.id);
});

test("GET online-users and user-status tell who is there", async () => {
  const { ani, budi } = await acquainted();
  const [eko, sari] = [sapa.customer("Eko"), sapa.admin()];
  await sapa.meet(eko, sari);
  await sapa.connect("/direct", budi);
  await sapa.connect("/direct", eko);
  const seen = await call(ani, "GET", "online-users");
  assert.equal(seen.status, 200);
  const found = (list, person) => list.find(({ userId }) => userId === person.id);
  const present = { role: "user", status: "online", isOnline: true, lastSeen: orNull(TIME) };
  same(found(seen.body.data, budi), { userId: budi.id, name: budi.name, ...present });
  const stranger = found(seen.body.data, eko);
  if (stranger) same(stranger, { userId: eko.id, name: null, ...present });
  same(found((await call(sari, "GET", "online-users")).body.data, eko), { userId: eko.id, name: "Eko", ...present });

  const status = await call(ani, "GET", `user-status/${budi.id}`);
  assert.equal(status.status, 200);
  includes(status.body, { success: true });
  includes(status.body.data, { userId: budi.id, status: "online", isOnline: true });
  includes((await call(budi, "GET", `user-status/${ani.id}`)).body.data, { status: "offline", isOnline: false });
});

test("admin/broadcast reaches everybody, admin/send-to-user one", async () => {
  const [budi, eko, sari] = [sapa.customer("Budi"), sapa.customer("Eko"), sapa.admin()];
  await sapa.meet(sari);
  const one = await sapa.connect("/direct", budi);
  const other = await sapa.connect("/direct", eko);
  const all = await call(sari, "POST", "admin/broadcast", { message: "Closed on Friday" });
  assert.equal(all.status, 201);
  same(all.body, told(messageOf(sari, null, "Closed on Friday", { isBroadcast: true })));
  for (const client of [one, other]) assert.deepEqual(await client.next("admin_broadcast"), all.body);
  const single = await call(sari, "POST", "admin/send-to-user", { userId: budi.id, message: "Your ring is ready" });
  assert.equal(single.status, 201);
  same(single.body, told(messageOf(sari, budi, "Your ring is ready")));
  assert.deepEqual(await one.next("new_message"), single.body);
  assert.deepEqual(other.all("new_message"), []);
});

const problems = [
  ["GET", "conversations", 401, "unauthenticated", null],
  ["POST", "send", 400, "invalid_input", { message: "x" }, "receiverId"],
  ["POST", "send", 400, "invalid_input", { receiverId: 1 }, "message"],
  ["POST", "send", 400, "invalid_input", ({ self }) => ({ receiverId: self.id, message: "x" }), "receiverId"],
  ["POST", "send", 404, "not_found", { receiverId: 999999, message: "x" }],
  ["GET", "conversation/999999", 404, "not_found"],
  ["GET", "conversation/abc", 400, "invalid_input"],
  ["GET", "conversation/999999/messages", 404, "not_found"],
  ["GET", "user-status/999999", 404, "not_found"],
  ["PUT", "message/999999/read", 404, "not_found"],
  ["PUT", "conversation/999999/read", 404, "not_found"],
  ["DELETE", "message/999999", 404, "not_found"],
  ["GET", ({ theirs }) => `conversation/${theirs.conversationId}/messages`, 403, "forbidden"],
  ["PUT", ({ theirs }) => `message/${theirs.id}/read`, 403, "forbidden"],
  ["PUT", ({ theirs }) => `conversation/${theirs.conversationId}/read`, 403, "forbidden"],
  ["DELETE", ({ theirs }) => `message/${theirs.id}`, 403, "forbidden"],
  ["PUT", ({ theirs }) => `message/${theirs.id}/reactions/%F0%9F%91%8D`, 403, "forbidden"],
  ["POST", "admin/broadcast", 403, "forbidden", { message: "x" }],
  ["POST", "admin/send-to-user", 403, "forbidden", { userId: 1, message: "x" }],
  ["POST", "send", 400, "invalid_input", "not an object"],
  ["POST", "send", 400, "invalid_input", []],
];

for (const [method, path, status, code, body, field] of problems) {
  const name = typeof path === "string" ? path : path({ theirs: { id: ":id", conversationId: ":id" } });
  test(`${method} ${name} is answered with ${status} ${code}${field ? ` for ${field}` : ""}`, async () => {
    const { message: theirs } = await acquainted();
    const self = body === null ? null : sapa.customer("Eko");
    const scene = { theirs, self };
    const of = (value) => (typeof value === "function" ? value(scene) : value);
    const answer = await call(self, method, of(path), of(body) ?? undefined);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    includes(answer.body, { success: false, code, message: TEXT });
    if (field) same(answer.body.errors, { [field]: LIST });
  });
}
