import assert from "node:assert/strict";
import test from "node:test";
import { TRANSPORTS } from "./harness/client.mjs";
import { includes } from "./harness/expect.mjs";
import { quiet, useSapa } from "./harness/sapa.mjs";

const sapa = useSapa();
const again = { reconnection: true, reconnectionDelay: 50, reconnectionDelayMax: 200, randomizationFactor: 0 };

/** A seed page: it joins whenever it is connected, and keeps what it was told. */
function page(namespace, who, options) {
  const client = sapa.open(namespace, who, { ...again, ...options });
  const shown = new Map();
  const twice = [];
  client.socket.on("connect", () => client.socket.emit("join_chat", {}));
  client.socket.on("joined_room", ({ messages }) => {
    client.joins = (client.joins ?? 0) + 1;
    shown.clear();
    for (const each of messages) shown.set(each.id, each.message);
  });
  client.socket.on("new_message", (message) => {
    if (shown.has(message.id)) twice.push(message.id);
    shown.set(message.id, message.message);
  });
  return Object.assign(client, { texts: () => [...shown.values()], twice });
}

for (const [name, transports] of Object.entries(TRANSPORTS)) {
  test(`after a kill -9 a client by ${name} that joins again has everything exactly once`, async () => {
    const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
    await sapa.meet(sari);
    const customer = page("/support", budi, { transports });
    const { roomId } = await customer.next("joined_room");
    const write = async (message) => {
      const { status } = await sapa.call(sari, "POST", `/api/chat/rooms/${roomId}`, { message });
      assert.equal(status, 201);
    };
    const expected = [];
    const say = async (message) => expected.push(message) && (await write(message));
    for (let n = 0; n < 5; n++) await say(`before ${n}`);
    await customer.next("new_message", ({ message }) => message === "before 4");

    const dropped = customer.disconnected(10_000);
    await sapa.kill();
    await dropped;
    await sapa.start();
    // While the client is still away.
    for (let n = 0; n < 3; n++) await say(`away ${n}`);
    await customer.next("joined_room", undefined, 10_000);
    for (let n = 0; n < 3; n++) await say(`after ${n}`);
    await customer.next("new_message", ({ message }) => message === "after 2");
    assert.deepEqual(customer.texts(), expected);
    assert.deepEqual(customer.twice, []);
  });
}

test("writes go on while clients drop and join again, and each page ends with everything exactly once", async () => {
  const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
  await sapa.meet(sari);
  const pages = Object.values(TRANSPORTS).map((transports) => page("/support", budi, { transports }));
  const { roomId } = await pages[0].next("joined_room");
  for (const each of pages.slice(1)) await each.next("joined_room");
  const expected = Array.from({ length: 40 }, (_, n) => `message ${n}`);
  for (const [n, message] of expected.entries()) {
    await sapa.call(sari, "POST", `/api/chat/rooms/${roomId}`, { message });
    if (n % 10 === 5) for (const each of pages) if (each.socket.connected) each.socket.io.engine.close();
  }
  for (const each of pages) {
    const deadline = Date.now() + 5000;
    while (each.texts().length < 40 && Date.now() < deadline) await quiet();
    assert.deepEqual(each.texts(), expected);
    assert.deepEqual(each.twice, []);
    assert.ok(each.joins > 1, "it never came back");
  }
});

test("a message sent while the client is away is delivered once, after it is back", async () => {
  const budi = sapa.customer("Budi");
  const customer = page("/support", budi, {});
  const { roomId } = await customer.next("joined_room");
  customer.socket.io.engine.close();
  customer.emit("send_message", { message: "kept by the client" });
  await customer.next("new_message", ({ message }) => message === "kept by the client");
  await quiet();
  const { body } = await sapa.call(budi, "GET", `/api/chat/rooms/${roomId}/messages`);
  assert.deepEqual(body.map(({ message }) => message), ["kept by the client"]);
});

test("a client that disconnects hears nothing more, and its session is gone", async () => {
  const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
  await sapa.meet(sari);
  const customer = page("/support", budi, {});
  const { roomId } = await customer.next("joined_room");
  const admin = await sapa.connect("/support", sari);
  await admin.ask("join_chat", { roomId });
  customer.socket.disconnect();
  await admin.next("user_left", ({ userId }) => userId === budi.id);
  await admin.ask("send_message", { message: "gone already?", roomId });
  await quiet();
  assert.deepEqual(customer.texts(), []);
});

test("a person whose connection breaks is gone after the grace, and one who comes back within it is not", async () => {
  const [budi, eko, sari] = [sapa.customer("Budi"), sapa.customer("Eko"), sapa.admin("Sari")];
  const admin = await sapa.connect("/support", sari);
  const lost = page("/support", budi, { reconnection: false });
  const back = page("/support", eko, {});
  for (const { roomId } of [await lost.next("joined_room"), await back.next("joined_room")]) {
    await admin.ask("join_chat", { roomId });
  }
  const began = Date.now();
  for (const client of [lost, back]) client.socket.io.engine.transport.ws.terminate();
  await admin.next("user_left", ({ userId }) => userId === budi.id);
  assert.ok(Date.now() - began > 800, "the grace was not kept");
  await back.next("joined_room");
  await quiet();
  assert.deepEqual(admin.all("user_left").map(({ userId }) => userId), [budi.id]);
});

test("two tabs of one person hear the same, and one that closes leaves the other", async () => {
  const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
  const admin = await sapa.connect("/support", sari);
  const tabs = [page("/support", budi, {}), page("/support", budi, { transports: ["polling"] })];
  const [{ roomId }] = await Promise.all(tabs.map((tab) => tab.next("joined_room")));
  await admin.ask("join_chat", { roomId });
  tabs[0].emit("send_message", { message: "from the first tab" });
  for (const tab of tabs) await tab.next("new_message", ({ message }) => message === "from the first tab");
  tabs[0].close();
  await admin.ask("send_message", { message: "still there?", roomId });
  await tabs[1].next("new_message", ({ message }) => message === "still there?");
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assert.equal(admin.all("user_left").length, 0, "the person left although a tab is open");
  tabs[1].close();
  await admin.next("user_left", ({ userId }) => userId === budi.id);
});

test("two namespaces over one connection join and leave one by one", async () => {
  const budi = sapa.customer("Budi");
  const first = sapa.open("/support", budi, { forceNew: false, multiplex: true });
  const second = sapa.open("/desk", budi, { forceNew: false, multiplex: true });
  await Promise.all([first.connected(), second.connected()]);
  assert.equal(first.socket.io, second.socket.io, "they do not share a connection");
  await first.ask("join_chat", {});
  first.socket.disconnect();
  const sent = await second.ask("message:send", { message: "by the other", sender: "CUSTOMER" });
  includes(sent, { content: "by the other", senderId: budi.id });
  await second.next("message:received");
  assert.deepEqual(first.all("new_message"), []);
});

test("a client that joins twice without leaving hears each message once", async () => {
  const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
  await sapa.meet(sari);
  const customer = await sapa.connect("/support", budi);
  const { data } = await customer.ask("join_chat", {});
  for (let n = 0; n < 3; n++) await customer.ask("join_chat", { roomId: data.roomId });
  await sapa.call(sari, "POST", `/api/chat/rooms/${data.roomId}`, { message: "once" });
  await customer.next("new_message");
  await quiet();
  assert.equal(customer.all("new_message").length, 1);
});
