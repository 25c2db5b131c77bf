import assert from "node:assert/strict";
import test from "node:test";
import { LIST, TEXT, includes, same } from "./harness/expect.mjs";
import { useSapa } from "./harness/sapa.mjs";

const sapa = useSapa();
const get = (who, path) => sapa.call(who, "GET", `/api/chats${path}`);

/** Sends and returns what was heard of it. */
async function send(client, receiver, content) {
  const { data } = await client.ask("send_message", { receiver_id: receiver.id, content });
  return data;
}

/** Ani has written twice to Budi, and he once to her. */
async function acquainted() {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  const one = await sapa.connect("/messenger", ani);
  const other = await sapa.connect("/messenger", budi);
  const sent = [await send(one, budi, "one"), await send(other, ani, "two"), await send(one, budi, "three")];
  return { ani, budi, one, other, sent };
}

const chat = (person, last, unread_count) => ({
  user_id: person.id,
  username: person.name,
  avatar: null,
  last_message: last.content,
  last_message_time: last.created_at,
  unread_count,
});

test("the chats are listed with and without the slash, the newest first", async () => {
  const { ani, budi, sent } = await acquainted();
  const eko = sapa.customer("Eko");
  const third = await sapa.connect("/messenger", eko);
  const newest = await send(third, budi, "me too");
  for (const path of ["", "/"]) {
    const { status, body } = await get(budi, path);
    assert.equal(status, 200);
    // Both of Ani's wait, although Budi wrote between them.
    same(body, { success: true, data: [chat(eko, newest, 1), chat(ani, sent[2], Number.isInteger)] });
  }
});

test("the history is the same for both, the oldest first, page by page", async () => {
  const { ani, budi, sent } = await acquainted();
  const row = (message, from, to) => ({
    id: message.id, sender_id: from.id, receiver_id: to.id, content: message.content,
    is_read: (read) => typeof read === "boolean", created_at: message.created_at,
  });
  const expected = [row(sent[0], ani, budi), row(sent[1], budi, ani), row(sent[2], ani, budi)];
  const { status, body } = await get(ani, `/history/${budi.id}`);
  assert.equal(status, 200);
  same(body, { success: true, data: expected });
  assert.deepEqual((await get(budi, `/history/${ani.id}`)).body, body);
  same((await get(budi, `/history/${ani.id}?limit=2`)).body.data, expected.slice(1));
  same((await get(budi, `/history/${ani.id}?limit=2&before=${sent[2].id}`)).body.data, expected.slice(0, 2));
});

test("reading lowers what is unread, is told to both, and shows in the history", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  const one = await sapa.connect("/messenger", ani);
  const other = await sapa.connect("/messenger", budi);
  const sent = [await send(one, budi, "one"), await send(one, budi, "two")];
  const unread = await get(budi, "/unread");
  assert.equal(unread.status, 200);
  const rows = sent.map(({ id, content, created_at }) => {
    return { id, sender_id: ani.id, receiver_id: budi.id, content, created_at };
  });
  same(unread.body, { success: true, data: (data) => assert.deepEqual(byId(data), rows) ?? true });
  same((await get(ani, "/unread")).body, { success: true, data: [] });

  const patched = await sapa.call(budi, "PATCH", `/api/chats/${sent[0].id}/read`);
  assert.equal(patched.status, 200);
  same(patched.body, { success: true });
  const read = { message_id: sent[0].id, user_id: budi.id };
  assert.deepEqual(await one.next("messege_read"), read);
  assert.deepEqual(await other.next("messege_read"), read);
  assert.deepEqual((await get(budi, "/unread")).body.data.map(({ id }) => id), [sent[1].id]);
  assert.deepEqual((await get(ani, `/history/${budi.id}`)).body.data.map((row) => row.is_read), [true, false]);
});

const byId = (rows) => [...rows].sort((a, b) => a.id - b.id);

test("a customer's chat with the desk names the admin who has it, or Support", async () => {
  const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
  await sapa.meet(sari);
  const { body: room } = await sapa.call(budi, "POST", "/api/chat/rooms", { message: "anybody?" });
  const [alone] = (await get(budi, "/")).body.data;
  includes(alone, { user_id: null, username: "Support", last_message: "anybody?", unread_count: 0 });
  const [seen] = (await get(sari, "/")).body.data;
  includes(seen, { user_id: budi.id, username: "Budi", unread_count: 1 });
  const unread = (await get(sari, "/unread")).body.data.find((row) => row.sender_id === budi.id);
  includes(unread, { receiver_id: sari.id, content: "anybody?" });

  await sapa.call(sari, "POST", `/api/chat/rooms/${room.id}`, { message: "yes" });
  const [taken] = (await get(budi, "/")).body.data;
  includes(taken, { user_id: sari.id, username: "Sari", last_message: "yes", unread_count: 1 });
  const history = (await get(budi, `/history/${sari.id}`)).body.data;
  assert.deepEqual(history.map(({ sender_id, receiver_id, content }) => [sender_id, receiver_id, content]), [
    [budi.id, sari.id, "anybody?"],
    [sari.id, budi.id, "yes"],
  ]);
});

test("somebody with whom one never spoke has an empty history", async () => {
  const [ani, budi] = [sapa.customer("Ani"), sapa.customer("Budi")];
  await sapa.meet(ani, budi);
  same((await get(ani, `/history/${budi.id}`)).body, { success: true, data: [] });
  same((await get(ani, "/")).body, { success: true, data: [] });
});

test("a third person sees nothing of two others", async () => {
  const { ani, budi, sent } = await acquainted();
  const eko = sapa.customer("Eko");
  await sapa.meet(eko);
  for (const each of [ani, budi]) same((await get(eko, `/history/${each.id}`)).body, { success: true, data: [] });
  const patched = await sapa.call(eko, "PATCH", `/api/chats/${sent[0].id}/read`);
  assert.equal(patched.status, 403);
  includes(patched.body, { success: false, code: "forbidden", message: TEXT });
});

const problems = [
  ["GET", "/", 401, "unauthenticated", { nobody: true }],
  ["GET", "/unread", 401, "unauthenticated", { nobody: true }],
  ["GET", "/history/1", 401, "unauthenticated", { nobody: true }],
  ["PATCH", "/1/read", 401, "unauthenticated", { nobody: true }],
  ["GET", "/history/999999", 404, "not_found"],
  ["GET", "/history/abc", 400, "invalid_input"],
  ["GET", "/history/1?limit=0", 400, "invalid_input", { field: "limit" }],
  ["GET", "/history/1?limit=501", 400, "invalid_input", { field: "limit" }],
  ["GET", "/history/1?before=x", 400, "invalid_input", { field: "before" }],
  ["PATCH", "/999999/read", 404, "not_found"],
  ["PATCH", "/abc/read", 400, "invalid_input"],
];

for (const [method, path, status, code, { nobody, field } = {}] of problems) {
  test(`${method} /api/chats${path} ${nobody ? "of nobody " : ""}is answered with ${status} ${code}`, async () => {
    const ani = sapa.customer("Ani");
    await sapa.meet(ani);
    const answer = await sapa.call(nobody ? null : ani, method, `/api/chats${path}`);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    includes(answer.body, { success: false, code, message: TEXT });
    if (field) same(answer.body.errors, { [field]: LIST });
  });
}

test("a message is not sent by REST", async () => {
  const ani = sapa.customer("Ani");
  const { status } = await sapa.call(ani, "POST", "/api/chats/", { receiver_id: 1, content: "x" });
  assert.equal(status, 405);
});
