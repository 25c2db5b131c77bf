import assert from "node:assert/strict";
import test from "node:test";
import { TRANSPORTS, open } from "../harness/client.mjs";
import { useProtocolServer } from "../harness/sapa.mjs";
import { Socket } from "../harness/wire.mjs";

const server = useProtocolServer();

test("an event's arguments come back as they were", async () => {
  const socket = await Socket.join(server.url);
  socket.send('42["message",1,"2",{"3":[true,null,-0.5,9007199254740991]},[]]');
  assert.equal(await socket.next(), '42["message-back",1,"2",{"3":[true,null,-0.5,9007199254740991]},[]]');
  socket.close();
});

test("an event without arguments comes back without", async () => {
  const socket = await Socket.join(server.url);
  socket.send('42["message"]');
  assert.equal(await socket.next(), '42["message-back"]');
  socket.close();
});

test("an acknowledgement carries the id that was asked with", async () => {
  const socket = await Socket.join(server.url);
  for (const id of ["0", "1", "456", "999999999"]) {
    socket.send(`42${id}["message-with-ack",1,"2",{"3":[false]}]`);
    assert.equal(await socket.next(), `43${id}[1,"2",{"3":[false]}]`);
  }
  socket.close();
});

test("an acknowledgement in a namespace names the namespace", async () => {
  const socket = await Socket.join(server.url, "/custom");
  socket.send('42/custom,7["message-with-ack","x"]');
  assert.equal(await socket.next(), '43/custom,7["x"]');
  socket.close();
});

test("an acknowledgement that nobody asked for does no harm", async () => {
  const socket = await Socket.join(server.url);
  socket.send('4399["nobody asked"]', '42["message","on"]');
  assert.equal(await socket.next(), '42["message-back","on"]');
  socket.close();
});

test("an event that nobody listens to does no harm", async () => {
  const socket = await Socket.join(server.url);
  socket.send('42["no-such-event",1]', '42["__proto__",1]', '42["",1]', '42["message","on"]');
  assert.equal(await socket.next(), '42["message-back","on"]');
  socket.close();
});

test("text of every kind comes back letter by letter", async () => {
  const texts = ["naïve", "漢字", "👩‍🚀", "\u0000", "\u001e", "\u2028", "\"\\/", "\t\r\n", "e\u0301", "\ud83d\ude00"];
  const socket = await Socket.join(server.url);
  for (const text of texts) {
    socket.send(`42["message",${JSON.stringify(text)}]`);
    assert.deepEqual(JSON.parse((await socket.next()).slice(2)), ["message-back", text]);
  }
  socket.close();
});

test("a text frame whose letter is cut over two fragments arrives whole", async () => {
  const socket = await Socket.join(server.url);
  const whole = Buffer.from('42["message","👩‍🚀 漢"]');
  const cut = whole.indexOf(0xf0) + 2;
  socket.socket.send(whole.subarray(0, cut), { binary: false, fin: false });
  socket.socket.send(whole.subarray(cut), { binary: false, fin: true });
  assert.equal(await socket.next(), '42["message-back","👩‍🚀 漢"]');
  socket.close();
});

test("a frame of nearly maxPayload comes back whole", async () => {
  const socket = await Socket.join(server.url);
  const text = "y".repeat(socket.handshake.maxPayload - 100);
  socket.send(`42["message","${text}"]`);
  assert.equal((await socket.next()).length, text.length + '42["message-back",""]'.length);
  socket.close();
});

for (const [name, transports] of Object.entries(TRANSPORTS)) {
  test(`the official client by ${name}: auth, events, acknowledgements and binary in order`, async () => {
    const client = open(server.url, "/custom", "a-token", { transports });
    await client.connected();
    assert.deepEqual(await client.next("auth"), { token: "a-token" });
    for (let n = 0; n < 200; n++) client.emit("message", n);
    assert.deepEqual(await client.ask("message-with-ack", { asked: "漢" }), { asked: "漢" });
    await client.next("message-back", (n) => n === 199);
    assert.deepEqual(client.all("message-back"), Array.from({ length: 200 }, (_, n) => n));
    client.emit("message", { picture: Buffer.from([0, 1, 255]), beside: [Buffer.from("x")] });
    const back = await client.next("message-back", (value) => typeof value === "object");
    assert.deepEqual(Buffer.from(back.picture), Buffer.from([0, 1, 255]));
    assert.deepEqual(Buffer.from(back.beside[0]), Buffer.from("x"));
    const block = Buffer.alloc(1000, 7);
    assert.deepEqual(Buffer.from(await client.ask("message-with-ack", block)), block);
    if (name === "polling with upgrade") await client.upgraded();
    assert.equal(client.transport, transports.at(-1));
    client.close();
  });
}
