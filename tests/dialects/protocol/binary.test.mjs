import assert from "node:assert/strict";
import test from "node:test";
import { useProtocolServer } from "../harness/sapa.mjs";
import { Polling, Socket, sleep } from "../harness/wire.mjs";

const server = useProtocolServer();
const place = (num) => `{"_placeholder":true,"num":${num}}`;

test("an event with two attachments comes back with both, after its text", async () => {
  const socket = await Socket.join(server.url);
  socket.send(`452-["message",${place(0)},${place(1)}]`, Buffer.from([1, 2, 3]), Buffer.from([4, 5, 6]));
  assert.equal(await socket.next(), `452-["message-back",${place(0)},${place(1)}]`);
  assert.deepEqual(await socket.next(), Buffer.from([1, 2, 3]));
  assert.deepEqual(await socket.next(), Buffer.from([4, 5, 6]));
  socket.close();
});

test("an acknowledgement carries attachments back", async () => {
  const socket = await Socket.join(server.url);
  socket.send(`451-789["message-with-ack",${place(0)}]`, Buffer.from([9]));
  assert.equal(await socket.next(), `461-789[${place(0)}]`);
  assert.deepEqual(await socket.next(), Buffer.from([9]));
  socket.close();
});

test("an attachment may be empty", async () => {
  const socket = await Socket.join(server.url);
  socket.send(`451-["message",${place(0)}]`, Buffer.alloc(0));
  assert.equal(await socket.next(), `451-["message-back",${place(0)}]`);
  assert.deepEqual(await socket.next(), Buffer.alloc(0));
  socket.close();
});

test("an event waits for its last attachment, however late", async () => {
  const socket = await Socket.join(server.url);
  socket.send(`452-["message",${place(0)},${place(1)}]`, Buffer.from([1]));
  await sleep(700);
  assert.deepEqual(socket.heard, [], "it came without its second attachment");
  assert.ok(socket.pings >= 1, "an unfinished event stops the heartbeat");
  socket.send(Buffer.from([2]));
  assert.match(await socket.next(), /^452-\["message-back"/);
  socket.close();
});

test("a session that hangs up in the middle of its attachments leaves the server well", async () => {
  const socket = await Socket.join(server.url);
  socket.send(`455-["message",${place(0)}]`, Buffer.alloc(100_000));
  socket.close();
  await mustServe();
});

const half = [`452-["message",${place(0)}]`, Buffer.from([1])];
const broken = [
  ["a text packet before the attachments are complete", [...half, '42["message"]']],
  ["an attachment that nobody announced", [Buffer.from([1, 2, 3])]],
  ["more attachments than announced", [`451-["message",${place(0)}]`, Buffer.from([1]), Buffer.from([2])]],
  ["a number of attachments beyond reason", [`4599999999-["message",${place(0)}]`]],
  ["a number of attachments beyond every integer", [`4599999999999999999999999-["message",${place(0)}]`]],
  ["a negative number of attachments", [`45-1-["message",${place(0)}]`]],
  ["no number of attachments", [`45-["message",${place(0)}]`]],
  ["a number of attachments without its dash", [`451["message",${place(0)}]`]],
  ["a placeholder beyond the attachments", [`451-["message",${place(7)}]`, Buffer.from([1])]],
  ["a placeholder below the attachments", [`451-["message",${place(-1)}]`, Buffer.from([1])]],
  ["a placeholder that is a fraction", [`451-["message",${place(0.5)}]`, Buffer.from([1])]],
  ["a placeholder that is text", ['451-["message",{"_placeholder":true,"num":"0"}]', Buffer.from([1])]],
];

for (const [what, packets] of broken) {
  test(`${what} closes the connection or is ignored, and the next client is served`, async () => {
    const socket = await Socket.join(server.url);
    socket.send(...packets);
    await Promise.race([socket.closed, sleep(250)]);
    const mustClose = /text packet|nobody announced|beyond reason|every integer|negative|no number/.test(what);
    if (mustClose) assert.ok(socket.isClosed, "the connection stays open");
    socket.close();
    await mustServe();
  });
}

test("hundreds of sessions with unfinished attachments leave the server well", async () => {
  const sockets = await Promise.all(Array.from({ length: 200 }, () => Socket.join(server.url)));
  for (const socket of sockets) socket.send(`4510-["message",${place(0)}]`, Buffer.alloc(1000));
  await mustServe();
  for (const socket of sockets) socket.close();
});

test("attachments pushed without their event close a polling session", async () => {
  const session = await Polling.open(server.url);
  await session.push("40");
  await session.push("bAQIDBA==");
  await session.mustBeGone();
});

async function mustServe() {
  const socket = await Socket.join(server.url);
  socket.send('42["message","well"]');
  assert.equal(await socket.next(), '42["message-back","well"]');
  socket.close();
}
