import assert from "node:assert/strict";
import test from "node:test";
import { useProtocolServer } from "../harness/sapa.mjs";
import { Socket, sleep } from "../harness/wire.mjs";

const server = useProtocolServer();

const malformed = [
  ["an unknown Engine.IO packet", "abc"],
  ["an empty Engine.IO packet", ""],
  ["an empty Socket.IO packet", "4"],
  ["an unknown Socket.IO packet", "4abc"],
  ["a Socket.IO packet beyond the known ones", "48"],
  ["an event that is an object", "42{}"],
  ["an event that is a text", '42"message"'],
  ["an event without a payload", "42"],
  ["an event of nothing", "42[]"],
  ["an event whose name is an object", '42[{"a":1}]'],
  ["an event whose name is null", "42[null]"],
  ["an acknowledgement id that is a word", '42abc["message-with-ack",1]'],
  ["a JSON text that is cut", '42["message",{"a":'],
  ["a JSON text with something after it", '42["message"]x'],
  ["a JSON text with single quotes", "42['message']"],
  ["an acknowledgement that is an object", "431{}"],
  ["an acknowledgement that is no JSON", "431[oops"],
  ["a connection whose payload is a list", "40/custom,[1]"],
  ["a connection whose payload is a text", '40/custom,"token"'],
  ["a connection whose payload is no JSON", "40/custom,{oops"],
  ["a disconnection with a payload", '41["x"]'],
];

for (const [what, packet] of malformed) {
  test(`${what} closes the connection`, async () => {
    const socket = await Socket.join(server.url);
    socket.send(packet);
    await socket.mustClose();
    await mustServe();
  });
}

test("a malformed packet before any namespace closes the connection", async () => {
  for (const packet of ["4abc", "40{", "40[]", "41", "44{}"]) {
    const socket = await Socket.open(server.url);
    socket.send(packet);
    await socket.mustClose();
  }
});

test("names that only a client may hear close the connection or are ignored", async () => {
  for (const name of ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]) {
    const socket = await Socket.join(server.url);
    socket.send(`42["${name}",1]`);
    await Promise.race([socket.closed, sleep(30)]);
    socket.close();
  }
  await mustServe();
});

test("a text frame that is not UTF-8 closes the connection", async () => {
  const socket = await Socket.join(server.url);
  socket.socket.send(Buffer.from([0x34, 0x32, 0xff, 0xfe]), { binary: false });
  await socket.mustClose();
  await mustServe();
});

test("a frame larger than maxPayload closes the connection", async () => {
  const socket = await Socket.join(server.url);
  socket.send(`42["message","${"z".repeat(socket.handshake.maxPayload + 1)}"]`);
  await socket.mustClose();
  await mustServe();
});

test("fragments that together are larger than maxPayload close the connection", async () => {
  const socket = await Socket.join(server.url);
  const part = "z".repeat(300_000);
  for (const [at, text] of [`42["message","${part}`, part, part, part, `"]`].entries()) {
    if (!socket.isClosed) socket.socket.send(text, { fin: at === 4 }, () => {});
  }
  await socket.mustClose();
  await mustServe();
});

test("JSON of any depth neither ends the server nor stops it", async () => {
  for (const depth of [100, 1_000, 100_000, 400_000]) {
    for (const [begin, end] of [["[", "]"], ['{"a":', "}"]]) {
      if (depth * (begin.length + end.length) > 990_000) continue;
      const socket = await Socket.join(server.url);
      socket.send(`42["message",${begin.repeat(depth)}1${end.repeat(depth)}]`);
      await Promise.race([socket.closed, socket.next().catch(() => {})]);
      socket.close();
      await mustServe();
    }
  }
});

test("deep JSON that never ends closes the connection", async () => {
  for (const packet of [`42["message",${"[".repeat(400_000)}`, `40/custom,${'{"a":'.repeat(150_000)}`]) {
    const socket = await Socket.join(server.url);
    socket.send(packet);
    await socket.mustClose();
  }
  await mustServe();
});

test("long names and numbers do no harm", async () => {
  const long = "9".repeat(100_000);
  const namespace = `40/${"n".repeat(100_000)},`;
  const packets = [`42${long}["message-with-ack"]`, `42["${long}"]`, `42["message",${long}]`, namespace];
  for (const packet of packets) {
    const socket = await Socket.join(server.url);
    socket.send(packet);
    await Promise.race([socket.closed, sleep(50)]);
    socket.close();
  }
  await mustServe();
});

async function mustServe() {
  const socket = await Socket.join(server.url);
  socket.send('42["message","well"]');
  assert.equal(await socket.next(), '42["message-back","well"]');
  socket.close();
}
