import assert from "node:assert/strict";
import test from "node:test";
import { useSapa } from "./harness/sapa.mjs";
import { Polling, Socket } from "./harness/wire.mjs";

const sapa = useSapa({ SAPA__LIMITS__BODY_BYTES: "65536" });
const MESSAGES = 600;
/** 16 kB, so that all of them are more than any socket's buffers hold. */
const LONG = "👍".repeat(3990);

const enter = (who) => `40/support,${JSON.stringify({ token: who.token })}`;

/** The arguments of an event packet, or null for another packet. */
const eventOf = (packet) => (packet.startsWith("42/support,") ? JSON.parse(packet.slice("42/support,".length)) : null);

async function write(sari, roomId) {
  let next = 0;
  const one = async () => {
    while (next < MESSAGES) {
      const message = `${next++} ${LONG}`;
      const { status } = await sapa.call(sari, "POST", `/api/chat/rooms/${roomId}`, { message });
      assert.equal(status, 201);
    }
  };
  await Promise.all(Array.from({ length: 8 }, one));
}

/** The number of the message in which a text was written. */
const numberOf = ({ message }) => Number(message.split(" ")[0]);

test("a websocket that is not read costs little, and gets everything once and in order when it is", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  await sapa.meet(sari);
  const socket = await Socket.open(sapa.url);
  const beside = await sapa.connect("/support", budi);
  socket.send(enter(budi), '42/support,["join_chat",{}]');
  let joined;
  while (joined?.[0] !== "joined_room") joined = eventOf(await socket.next());
  const { roomId } = joined[1];
  await beside.ask("join_chat", {});
  socket.socket.pause();
  const before = sapa.memory();
  await write(sari, roomId);
  const grown = sapa.memory() - before;
  assert.ok(grown < 40_000, `it grew by ${grown} KiB`);
  socket.socket.resume();
  const ids = [];
  while (ids.length < MESSAGES) {
    const [event, payload] = eventOf(await socket.next()) ?? [];
    if (event === "new_message") ids.push(payload.id);
  }
  assert.deepEqual(ids, [...new Set(ids)].sort((a, b) => a - b), "once and in order");
  assert.equal(new Set(beside.all("new_message").map(numberOf)).size, MESSAGES, "the client beside it");
  socket.close();
});

test("a polling client that stops polling for a while gets everything once and in order", async () => {
  const [budi, sari] = [sapa.customer(), sapa.admin()];
  await sapa.meet(sari);
  const session = await Polling.open(sapa.url);
  await session.push(enter(budi), '42/support,["join_chat",{}]');
  let joined;
  while (!joined) {
    joined = (await session.packets()).map(eventOf).find((event) => event?.[0] === "joined_room");
  }
  const before = sapa.memory();
  await write(sari, joined[1].roomId);
  const grown = sapa.memory() - before;
  assert.ok(grown < 40_000, `it grew by ${grown} KiB`);
  const ids = [];
  while (ids.length < MESSAGES) {
    for (const packet of await session.packets()) {
      const [event, payload] = eventOf(packet) ?? [];
      if (event === "new_message") ids.push(payload.id);
    }
  }
  assert.deepEqual(ids, [...new Set(ids)].sort((a, b) => a - b), "once and in order");
});
