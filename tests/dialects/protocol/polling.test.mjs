import assert from "node:assert/strict";
import { request } from "node:http";
import test from "node:test";
import { useProtocolServer } from "../harness/sapa.mjs";
import { Polling, ask, sleep } from "../harness/wire.mjs";

const server = useProtocolServer();

/** A polling session that has joined the root namespace. */
async function joined() {
  const session = await Polling.open(server.url);
  await session.push("40");
  const packets = await session.packets();
  while (packets.length < 2) packets.push(...(await session.packets()));
  assert.match(packets[0], /^40\{"sid":"[^"]+"\}$/);
  assert.equal(packets[1], '42["auth",{}]');
  return session;
}

test("a pushed packet is answered with ok, and a poll brings what the server sends", async () => {
  const session = await joined();
  const pushed = await session.push('42["message","hello"]');
  assert.deepEqual(pushed, { status: 200, text: "ok" });
  assert.deepEqual(await session.packets(), ['42["message-back","hello"]']);
});

test("several packets in one push come back in order", async () => {
  const session = await joined();
  await session.push('42["message",1]', '42["message",2]', '42["message",3]');
  const back = [];
  while (back.length < 3) back.push(...(await session.packets()));
  assert.deepEqual(back, [1, 2, 3].map((n) => `42["message-back",${n}]`));
});

test("what was sent between two polls waits for the next", async () => {
  const session = await joined();
  for (const n of [1, 2, 3]) await session.push(`42["message",${n}]`);
  const back = [];
  while (back.length < 3) back.push(...(await session.packets()));
  assert.deepEqual(back, [1, 2, 3].map((n) => `42["message-back",${n}]`));
});

test("a poll with nothing to bring is held until there is something", async () => {
  const session = await joined();
  const polled = session.packets();
  assert.equal(await Promise.race([polled, sleep(60).then(() => "held")]), "held");
  await session.push('42["message","now"]');
  assert.deepEqual(await polled, ['42["message-back","now"]']);
});

test("a binary packet travels as base64", async () => {
  const session = await joined();
  await session.push('451-["message",{"_placeholder":true,"num":0}]', "bAQIDBA==");
  const back = [];
  while (back.length < 2) back.push(...(await session.packets()));
  assert.deepEqual(back, ['451-["message-back",{"_placeholder":true,"num":0}]', "bAQIDBA=="]);
});

test("a second poll at once closes the session and ends the first", async () => {
  const session = await Polling.open(server.url);
  const first = session.poll();
  await sleep(20);
  const second = await session.poll();
  assert.ok([400, 500].includes(second.status), `status ${second.status}`);
  assert.deepEqual(await first, { status: 200, text: "1" });
  await session.mustBeGone();
});

test("a second push while one is under way closes the session", async () => {
  const session = await Polling.open(server.url);
  const slow = slowPush(session.address, 10);
  slow.on("error", () => {});
  slow.write("4");
  await sleep(50);
  const second = await session.push("40");
  assert.ok([400, 500].includes(second.status), `status ${second.status}`);
  slow.destroy();
  await session.mustBeGone();
});

test("a poll that was given up closes the session at the next one", async () => {
  const session = await Polling.open(server.url);
  const abort = new AbortController();
  const given = session.poll({ signal: abort.signal }).catch(() => "given up");
  await sleep(20);
  abort.abort();
  assert.equal(await given, "given up");
  assert.equal((await session.poll()).status, 400);
});

test("a close packet answers the waiting poll and ends the session", async () => {
  const session = await Polling.open(server.url);
  const waiting = session.poll();
  await sleep(20);
  assert.equal((await session.push("1")).status, 200);
  assert.deepEqual(await waiting, { status: 200, text: "6" });
  await session.mustBeGone();
});

test("an unknown packet closes the session", async () => {
  for (const body of ["abc", "9", "4hello\x1eabc", ""]) {
    const session = await Polling.open(server.url);
    await session.push(body);
    if (body !== "") await session.mustBeGone();
  }
});

test("invalid base64 closes the session", async () => {
  const session = await joined();
  await session.push('451-["message",{"_placeholder":true,"num":0}]', "b%%%%");
  await session.mustBeGone();
});

test("a letter that is cut over two chunks arrives whole", async () => {
  const session = await joined();
  const text = "naïve 👩‍🚀 žluťoučký 漢字";
  const body = Buffer.from(`42["message","${text}"]`);
  const cut = body.indexOf(Buffer.from("👩")) + 2;
  const push = slowPush(session.address, body.length);
  const answered = new Promise((resolve, reject) => push.on("response", resolve).on("error", reject));
  push.write(body.subarray(0, cut));
  await sleep(30);
  push.end(body.subarray(cut));
  assert.equal((await answered).statusCode, 200);
  assert.deepEqual(await session.packets(), [`42["message-back","${text}"]`]);
});

test("a push that is not UTF-8 does no harm", async () => {
  const session = await joined();
  const body = Buffer.concat([Buffer.from('42["message","'), Buffer.from([0xff, 0xfe, 0xc0]), Buffer.from('"]')]);
  const answer = await ask(session.address, { method: "POST", body });
  assert.ok([200, 400].includes(answer.status), `status ${answer.status}`);
  await joined();
});

test("a push larger than maxPayload is refused", async () => {
  const session = await joined();
  const body = `42["message","${"x".repeat(session.handshake.maxPayload)}"]`;
  const status = await ask(session.address, { method: "POST", body }).then((answer) => answer.status, () => "cut");
  assert.ok([400, 413, "cut"].includes(status), `status ${status}`);
  await joined();
});

test("a push larger than maxPayload that does not say its length is refused", async () => {
  const session = await joined();
  const push = request(session.address, { method: "POST", headers: { "transfer-encoding": "chunked" } });
  const ended = new Promise((resolve) => {
    push.on("response", (answer) => resolve(answer.statusCode)).on("error", () => resolve("cut"));
  });
  push.write('42["message","');
  for (let n = 0; n < 20; n++) push.write("x".repeat(100_000));
  push.end('"]');
  const status = await ended;
  assert.ok([400, 413, "cut"].includes(status), `status ${status}`);
  await joined();
});

test("a push of exactly maxPayload bytes is taken", async () => {
  const session = await joined();
  const frame = '42["message",""]'.length;
  const text = "x".repeat(session.handshake.maxPayload - frame);
  assert.equal((await session.push(`42["message","${text}"]`)).status, 200);
  const [back] = await session.packets();
  assert.equal(back.length, `42["message-back","${text}"]`.length);
});

test("a push of a thousand packets is answered in full", async () => {
  const session = await joined();
  const packets = Array.from({ length: 1000 }, (_, n) => `42["message",${n}]`);
  assert.equal((await session.push(...packets)).status, 200);
  const back = [];
  while (back.length < 1000) back.push(...(await session.packets()));
  assert.deepEqual(back, packets.map((_, n) => `42["message-back",${n}]`));
});

function slowPush(address, length) {
  return request(address, { method: "POST", headers: { "content-length": length, "content-type": "text/plain" } });
}
