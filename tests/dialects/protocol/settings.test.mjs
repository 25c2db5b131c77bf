import assert from "node:assert/strict";
import test from "node:test";
import { quiet, useSapa } from "../harness/sapa.mjs";
import { Polling, Socket, address, sleep } from "../harness/wire.mjs";

const sapa = useSapa({
  SAPA__SOCKETIO__PING_INTERVAL_MS: "2000",
  SAPA__SOCKETIO__PING_TIMEOUT_MS: "1500",
  SAPA__SOCKETIO__CONNECT_TIMEOUT_MS: "600",
  SAPA__SOCKETIO__UPGRADE_TIMEOUT_MS: "400",
  SAPA__SOCKETIO__MAX_PAYLOAD_BYTES: "2000",
});

test("the handshake tells the settings", async () => {
  const session = await Polling.open(sapa.url);
  const { pingInterval, pingTimeout, maxPayload } = session.handshake;
  assert.deepEqual([pingInterval, pingTimeout, maxPayload], [2000, 1500, 2000]);
});

test("a session that joins no namespace is closed after the connect timeout", async () => {
  const began = Date.now();
  const socket = await Socket.open(sapa.url);
  const polling = await Polling.open(sapa.url);
  await socket.mustClose();
  const passed = Date.now() - began;
  assert.ok(passed > 500 && passed < 1500, `after ${passed} ms`);
  await quiet();
  await polling.mustBeGone();
});

test("a session that was refused its only namespace is closed after the connect timeout", async () => {
  const socket = await Socket.open(sapa.url);
  socket.send('40/support,{"token":"wrong"}');
  assert.match(await socket.next(), /^44\/support,/);
  await socket.mustClose();
});

test("a session that has joined a namespace outlives the connect timeout", async () => {
  const socket = await Socket.open(sapa.url);
  socket.send(`40/support,${JSON.stringify({ token: sapa.customer().token })}`);
  assert.match(await socket.next(), /^40\/support,/);
  await sleep(900);
  assert.equal(socket.isClosed, false);
  socket.close();
});

test("an upgrade that is never finished is closed, and the session goes on by polling", async () => {
  for (const packets of [[], ["2probe"]]) {
    const session = await Polling.open(sapa.url);
    await session.push(`40/support,${JSON.stringify({ token: sapa.customer().token })}`);
    const socket = new Socket(address(sapa.url, { transport: "websocket", sid: session.sid }));
    await socket.opened;
    socket.send(...packets);
    const began = Date.now();
    await socket.mustClose();
    assert.ok(Date.now() - began < 1500, "it was closed late");
    const packet = (await session.packets()).find((packet) => packet !== "6") ?? (await session.packets())[0];
    assert.match(packet, /^40\/support,/);
  }
});

test("a payload above the setting is refused by both transports", async () => {
  const text = `40/support,${JSON.stringify({ token: "x".repeat(3000) })}`;
  const session = await Polling.open(sapa.url);
  const { status } = await session.push(text).catch(() => ({ status: "cut" }));
  assert.ok([400, 413, "cut"].includes(status), `status ${status}`);
  const socket = await Socket.open(sapa.url);
  socket.send(text);
  await socket.mustClose();
});
