import assert from "node:assert/strict";
import test from "node:test";
import { useProtocolServer } from "../harness/sapa.mjs";
import { Polling, Socket, address, sleep } from "../harness/wire.mjs";

const server = useProtocolServer();

const websocketOf = (session) => new Socket(address(server.url, { transport: "websocket", sid: session.sid }));

/** A session that was opened by polling and has moved to a websocket. */
async function upgraded() {
  const session = await Polling.open(server.url);
  const socket = websocketOf(session);
  await socket.opened;
  socket.send("2probe");
  assert.equal(await socket.next(), "3probe");
  socket.send("5");
  return { session, socket };
}

test("the probe is answered, the waiting poll is released, the session goes on by websocket", async () => {
  const session = await Polling.open(server.url);
  const waiting = session.poll();
  const socket = websocketOf(session);
  await socket.opened;
  socket.send("2probe");
  assert.equal(await socket.next(), "3probe");
  assert.deepEqual(await waiting, { status: 200, text: "6" });
  socket.send("5", "40");
  assert.match(await socket.next(), /^40\{/);
  assert.equal(await socket.next(), '42["auth",{}]');
  socket.close();
});

test("a poll that comes during the upgrade is released at once", async () => {
  const session = await Polling.open(server.url);
  const socket = websocketOf(session);
  await socket.opened;
  socket.send("2probe");
  assert.equal(await socket.next(), "3probe");
  assert.deepEqual(await session.poll(), { status: 200, text: "6" });
  socket.close();
});

test("what was waiting for a poll comes by websocket after the upgrade, once and in order", async () => {
  const session = await Polling.open(server.url);
  await session.push("40");
  const socket = websocketOf(session);
  await socket.opened;
  socket.send("2probe");
  assert.equal(await socket.next(), "3probe");
  await session.push('42["message",1]', '42["message",2]');
  socket.send("5", '42["message",3]');
  const heard = [];
  while (heard.length < 5) heard.push(await socket.next());
  assert.match(heard[0], /^40\{/);
  assert.deepEqual(heard.slice(1), ['42["auth",{}]', ...[1, 2, 3].map((n) => `42["message-back",${n}]`)]);
  socket.close();
});

test("after the upgrade a poll or a push of the session is refused and changes nothing", async () => {
  const { session, socket } = await upgraded();
  socket.send("40");
  await socket.next();
  await socket.next();
  const polled = await session.poll();
  assert.equal(polled.status, 400);
  assert.equal(JSON.parse(polled.text).code, 3);
  assert.equal((await session.push('42["message","late"]')).status, 400);
  socket.send('42["message","hello"]');
  assert.equal(await socket.next(), '42["message-back","hello"]');
  socket.close();
});

test("after the upgrade a second websocket of the session is closed and changes nothing", async () => {
  const { session, socket } = await upgraded();
  await websocketOf(session).mustClose();
  socket.send("40");
  assert.match(await socket.next(), /^40\{/);
  socket.close();
});

test("a websocket beside one that is upgrading is closed", async () => {
  const session = await Polling.open(server.url);
  const first = websocketOf(session);
  await first.opened;
  first.send("2probe");
  assert.equal(await first.next(), "3probe");
  await websocketOf(session).mustClose();
  first.send("5", "40");
  assert.match(await first.next(), /^40\{/);
  first.close();
});

test("anything but a probe on an upgrading websocket closes it, and the session goes on by polling", async () => {
  for (const packet of ["40", "5", "2", "2other", "abc", Buffer.from([1, 2, 3])]) {
    const session = await Polling.open(server.url);
    const socket = websocketOf(session);
    await socket.opened;
    socket.send(packet);
    await socket.mustClose();
    await session.push("40");
    assert.match((await session.packets())[0], /^40\{/, `after ${packet}`);
  }
});

test("an upgrading websocket that hangs up leaves the session to polling", async () => {
  const session = await Polling.open(server.url);
  const socket = websocketOf(session);
  await socket.opened;
  socket.send("2probe");
  assert.equal(await socket.next(), "3probe");
  socket.close();
  await sleep(30);
  await session.push("40");
  const heard = [];
  while (!heard.some((packet) => packet.startsWith("40"))) {
    heard.push(...(await session.packets()).filter((packet) => packet !== "6"));
  }
});

test("an upgraded session is pinged, and forgotten when its websocket goes", async () => {
  const { session, socket } = await upgraded();
  await sleep(700);
  assert.ok(socket.pings >= 1, "no ping came");
  assert.equal(socket.isClosed, false);
  socket.close();
  await sleep(50);
  await session.mustBeGone();
});
