import assert from "node:assert/strict";
import test from "node:test";
import { TEXT, same } from "../harness/expect.mjs";
import { useProtocolServer } from "../harness/sapa.mjs";
import { Socket } from "../harness/wire.mjs";

const server = useProtocolServer();

test("joining the root namespace gives an id of its own", async () => {
  const socket = await Socket.join(server.url);
  const joined = JSON.parse(socket.joined.slice(2));
  same(joined, { sid: TEXT });
  assert.notEqual(joined.sid, socket.handshake.sid);
  assert.equal(socket.auth, '42["auth",{}]');
  socket.close();
});

test("what the client gives with the connection reaches the namespace", async () => {
  const socket = await Socket.open(server.url);
  socket.send('40{"token":"123","nested":{"a":[1,null]}}');
  assert.match(await socket.next(), /^40\{"sid":"[^"]+"\}$/);
  const [event, auth] = JSON.parse((await socket.next()).slice(2));
  assert.deepEqual([event, auth], ["auth", { token: "123", nested: { a: [1, null] } }]);
  socket.close();
});

test("a namespace is joined with and without the comma after its name", async () => {
  for (const packet of ["40/custom", "40/custom,"]) {
    const socket = await Socket.open(server.url);
    socket.send(packet);
    assert.match(await socket.next(), /^40\/custom,\{"sid":"[^"]+"\}$/);
    assert.equal(await socket.next(), '42/custom,["auth",{}]');
    socket.close();
  }
});

test("a namespace takes what the client gives with the connection", async () => {
  const socket = await Socket.open(server.url);
  socket.send('40/custom,{"token":"abc"}');
  await socket.next();
  assert.equal(await socket.next(), '42/custom,["auth",{"token":"abc"}]');
  socket.close();
});

test("an unknown namespace is refused by name, and the session goes on", async () => {
  for (const name of ["/random", "/custom/", "/Custom", "/__proto__", "/constructor"]) {
    const socket = await Socket.open(server.url);
    socket.send(`40${name},`);
    const refusal = await socket.next();
    assert.ok(refusal.startsWith(`44${name},`), refusal);
    assert.equal(JSON.parse(refusal.slice(name.length + 3)).message, "Invalid namespace");
    socket.send("40");
    assert.match(await socket.next(), /^40\{/);
    socket.close();
  }
});

test("one session joins several namespaces and keeps them apart", async () => {
  const socket = await Socket.join(server.url);
  socket.send("40/custom,");
  await socket.next();
  await socket.next();
  socket.send('42/custom,["message","there"]', '42["message","here"]');
  assert.equal(await socket.next(), '42/custom,["message-back","there"]');
  assert.equal(await socket.next(), '42["message-back","here"]');
  socket.close();
});

test("leaving the root namespace keeps the session", async () => {
  const socket = await Socket.join(server.url);
  socket.send("41", "40");
  assert.match(await socket.next(), /^40\{/);
  socket.close();
});

test("leaving one namespace leaves the other", async () => {
  const socket = await Socket.join(server.url);
  socket.send("40/custom");
  await socket.next();
  await socket.next();
  socket.send("41/custom", '42["message","still"]');
  assert.equal(await socket.next(), '42["message-back","still"]');
  socket.close();
});

test("a namespace that was left can be joined again", async () => {
  const socket = await Socket.join(server.url, "/custom");
  socket.send("41/custom,", "40/custom,");
  const again = await socket.next();
  assert.match(again, /^40\/custom,\{"sid":"[^"]+"\}$/);
  assert.notEqual(again, socket.joined);
  socket.close();
});

test("joining a namespace twice closes the connection", async () => {
  for (const packet of ["40", '40{"token":"other"}']) {
    const socket = await Socket.join(server.url);
    socket.send(packet);
    await socket.mustClose();
  }
});

test("an event for a namespace that was not joined closes the connection", async () => {
  for (const packet of ['42["message","hello"]', '42/custom,["message","hello"]', '421["message-with-ack"]', "43[]"]) {
    const socket = await Socket.open(server.url);
    socket.send(packet);
    await socket.mustClose();
  }
});

test("a session that joins nothing is closed", async () => {
  const socket = await Socket.open(server.url);
  await socket.mustClose();
  assert.ok(socket.pings > 0, "it was closed before the first ping");
});
