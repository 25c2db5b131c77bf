import assert from "node:assert/strict";
import test from "node:test";
import { useProtocolServer } from "../harness/sapa.mjs";
import { Polling, Socket, sleep } from "../harness/wire.mjs";

const server = useProtocolServer();
const INTERVAL = 300;
const TIMEOUT = 200;
const JITTER = 60;

test("a websocket is pinged every interval, first after one interval", async () => {
  const socket = await Socket.open(server.url, { silent: true });
  socket.send("40");
  await socket.next();
  await socket.next();
  let last = Date.now();
  for (let n = 0; n < 3; n++) {
    assert.equal(await socket.next(), "2");
    const passed = Date.now() - last;
    assert.ok(passed > INTERVAL - JITTER && passed < INTERVAL + 5 * JITTER, `after ${passed} ms`);
    last = Date.now();
    socket.send("3");
  }
  socket.close();
});

test("a polling session is pinged in its polls and lives while it answers", async () => {
  const session = await Polling.open(server.url);
  for (let n = 0; n < 3; n++) {
    assert.deepEqual(await session.poll(), { status: 200, text: "2" });
    assert.deepEqual(await session.push("3"), { status: 200, text: "ok" });
  }
});

test("a websocket that does not answer a ping is closed", async () => {
  const began = Date.now();
  const socket = await Socket.open(server.url, { silent: true });
  await socket.mustClose();
  const passed = Date.now() - began;
  assert.ok(passed > INTERVAL + TIMEOUT - JITTER && passed < INTERVAL + TIMEOUT + 5 * JITTER, `after ${passed} ms`);
});

test("a polling session that does not answer a ping is forgotten", async () => {
  const session = await Polling.open(server.url);
  await sleep(INTERVAL + TIMEOUT + JITTER);
  await session.mustBeGone();
});

test("a polling session whose poll took the ping but which does not answer is forgotten", async () => {
  const session = await Polling.open(server.url);
  assert.equal((await session.poll()).text, "2");
  const last = await session.poll();
  assert.ok(last.status === 400 || last.text === "1" || last.text === "6", JSON.stringify(last));
  await session.mustBeGone();
});

test("an answer to no ping does no harm", async () => {
  const socket = await Socket.join(server.url);
  socket.send("3", "3", "3", '42["message",1]');
  assert.equal(await socket.next(), '42["message-back",1]');
  socket.close();
});

test("messages alone do not keep a websocket alive that never answers a ping", async () => {
  const socket = await Socket.open(server.url, { silent: true });
  socket.send("40");
  const chatter = setInterval(() => socket.isClosed || socket.send('42["message","still here"]'), 50);
  await socket.mustClose().finally(() => clearInterval(chatter));
});
