import assert from "node:assert/strict";
import test from "node:test";
import { useSapa } from "./harness/sapa.mjs";
import { Polling, Socket, sleep } from "./harness/wire.mjs";

const sapa = useSapa({ SAPA__SOCKETIO__EVENTS_PER_SECOND: "100000", SAPA__SOCKETIO__EVENTS_BURST: "100000" });

const NAMESPACES = ["/support", "/direct", "/messenger", "/desk", "/", "/nowhere"];
const EVENTS = [
  "join_chat", "send_message", "typing", "mark_messages_read", "get_active_rooms", "typing_start", "mark_message_read",
  "mark_conversation_read", "admin_broadcast", "admin_message_user", "delete_message", "add_reaction", "mark_as_read",
  "user:join", "message:send", "admin:getConversations", "conversation:getMessages", "error", "__proto__", "",
];
const FIELDS = [
  "roomId", "message", "messageId", "receiverId", "receiver_id", "content", "conversationId", "sender", "emoji",
];
const SCRAPS = [
  '"', "[", "]", "{", "}", ",", ":", "-", "\\u0000", "\\ud800", "é", "👍", "null", "1e999", "-0", "\u001e", "b",
];

/** Numbers from 0 up to 1 that are the same in every run (mulberry32). */
function numbers(seed) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Packets of a session in a namespace: mostly events, some of them damaged. */
function generator(seed, home, token) {
  const random = numbers(seed);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const value = (depth = 0) => pick([
    () => null, () => random() < 0.5, () => Math.floor(random() * 40) - 5, () => random() * 1e12, () => "text",
    () => "👍".repeat(Math.floor(random() * 50)), () => String(Math.floor(random() * 40)), () => ({}), () => [],
    () => (depth > 3 ? 1 : [value(depth + 1), value(depth + 1)]),
    () => (depth > 3 ? 1 : { [pick(FIELDS)]: value(depth + 1), [pick(FIELDS)]: value(depth + 1) }),
  ])();
  const payload = () => Object.fromEntries(Array.from({ length: 3 }, () => [pick(FIELDS), value()]));
  const damaged = (text) => {
    const at = Math.floor(random() * (text.length + 1));
    return random() < 0.5 ? text.slice(0, at) + pick(SCRAPS) + text.slice(at) : text.slice(0, at) + text.slice(at + 1);
  };
  const payloads = () => pick([[], [payload()], [payload()], [payload()], [value()], [value(), value()]]);
  const event = () => [pick(EVENTS), ...payloads()];
  const rare = [
    () => `40${prefix(pick(NAMESPACES))}${JSON.stringify(random() < 0.8 ? { token } : value())}`,
    () => `42${prefix(pick(NAMESPACES))}${JSON.stringify(event())}`,
    () => `45${Math.floor(random() * 4)}-${prefix(home)}["send_message",{"_placeholder":true,"num":0}]`,
    () => `43${prefix(home)}7${JSON.stringify([value()])}`,
    () => `41${prefix(pick(NAMESPACES))}`,
    () => String(Math.floor(random() * 8)),
    () => damaged(`42${prefix(home)}${JSON.stringify(event())}`),
  ];
  return () => {
    const ack = random() < 0.5 ? Math.floor(random() * 1000) : "";
    return random() < 0.08 ? pick(rare)() : `42${prefix(home)}${ack}${JSON.stringify(event())}`;
  };
}

const prefix = (namespace) => (namespace === "/" ? "" : `${namespace},`);

/** Plays `count` generated sessions and returns how many packets they sent. */
async function play(count, session) {
  let sent = 0;
  await Promise.all(Array.from({ length: 4 }, async (_, worker) => {
    for (let n = worker; n < count; n += 4) {
      const { token } = n % 3 === 0 ? sapa.admin() : sapa.customer();
      const home = NAMESPACES[n % 5];
      sent += await session(generator(n + 1, home, token), `40${prefix(home)}${JSON.stringify({ token })}`);
    }
  }));
  return sent;
}

async function mustServe() {
  const client = await sapa.connect("/desk", sapa.customer("Honest"));
  const answer = await client.ask("message:send", { message: "well", sender: "CUSTOMER" });
  assert.equal(answer.content, "well", JSON.stringify(answer));
}

test("generated packets by websocket neither end the server nor stop it", async () => {
  const sent = await play(120, async (packet, enter) => {
    const socket = await Socket.open(sapa.url);
    socket.send(enter);
    let n = 0;
    while (n < 40 && !socket.isClosed && socket.socket.readyState === 1) {
      socket.send(n % 50 === 49 ? Buffer.from([n, 255]) : packet());
      n += 1;
      if (n % 10 === 0) await sleep(2);
    }
    await Promise.race([socket.closed, sleep(20)]);
    socket.close();
    return n;
  });
  assert.ok(sent > 500, `only ${sent} packets were sent`);
  await mustServe();
});

test("generated packets by polling neither end the server nor stop it", async () => {
  const sent = await play(60, async (packet, enter) => {
    const session = await Polling.open(sapa.url);
    await session.push(enter);
    let n = 0;
    for (let status = 200; status === 200 && n < 40; n += 5) {
      ({ status } = await session.push(...Array.from({ length: 5 }, packet)));
    }
    return n;
  });
  assert.ok(sent > 250, `only ${sent} packets were sent`);
  await mustServe();
});
