import assert from "node:assert/strict";
import test, { describe } from "node:test";
import { TEXT, includes } from "./harness/expect.mjs";
import { quiet, useSapa } from "./harness/sapa.mjs";
import { inSeconds, sign } from "./harness/tokens.mjs";

const sapa = useSapa();

const EVENTS = {
  "/support": ["join_chat", "send_message", "typing", "mark_messages_read", "get_active_rooms"],
  "/direct": [
    "send_message", "typing_start", "typing_stop", "mark_message_read", "mark_conversation_read", "admin_broadcast",
    "admin_message_user", "delete_message", "add_reaction", "remove_reaction",
  ],
  "/messenger": ["send_message", "mark_as_read"],
  "/desk": ["user:join", "message:send", "admin:getConversations", "conversation:getMessages"],
};

const nested = (depth) => (depth === 0 ? "deep" : { a: nested(depth - 1), b: [depth] });

const SHAPES = {
  "null": [null],
  "a text": ["text"],
  "a number": [7],
  "a fraction": [0.5],
  "true": [true],
  "an empty list": [[]],
  "a list of objects": [[{ message: "x" }, { roomId: 1 }]],
  "nothing": [],
  "two arguments": [{}, { message: "second" }],
  "binary": [Buffer.from([1, 2, 3])],
  "binary within": [{ message: Buffer.from("x"), content: Buffer.from("y"), receiverId: Buffer.from("1") }],
  "fields of every wrong kind": [allFields({ a: 1 })],
  "fields of null": [allFields(null)],
  "fields of lists": [allFields([1])],
  "fields of true": [allFields(true)],
  "ids below zero": [allFields(-1)],
  "ids beyond 32 bits": [allFields(2 ** 40)],
  "ids beyond every integer": [allFields("9".repeat(400))],
  "ids that are fractions": [allFields(1.5)],
  "ids with signs": [allFields("1; DROP TABLE ChatRoom")],
  "names of prototypes": [JSON.parse('{"__proto__":{"role":"ADMIN"},"constructor":{"prototype":{"role":"ADMIN"}}}')],
  "a hundred levels": [nested(100)],
  "five thousand fields": [Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`field${n}`, n]))],
};

/** Every field that some dialect reads, with that value. */
function allFields(value) {
  const names = [
    "roomId", "message", "messageType", "replyToId", "isTyping", "messageId", "receiverId", "replyTo", "conversationId",
    "userId", "emoji", "receiver_id", "content", "message_id", "userName", "role", "sender", "before", "limit",
  ];
  return Object.fromEntries(names.map((name) => [name, value]));
}

const CODES = [
  "invalid_input", "unauthenticated", "forbidden", "not_found", "room_closed", "rate_limited", "unavailable",
  "unknown_event",
];

const errorEvent = (namespace) => (namespace === "/desk" ? "message:error" : "error");

/** Two people on the namespace who go on talking whatever happens beside them. */
async function honestPair(namespace) {
  const [budi, sari] = [sapa.customer("Honest"), sapa.admin("Sari")];
  await sapa.meet(budi, sari);
  const desk = await sapa.connect("/desk", budi);
  const stream = await sapa.stream(sari);
  const listener = await sapa.connect(namespace, sapa.customer("Listener"));
  let sent = 0;
  return {
    listener,
    goesOn: async () => {
      sent += 1;
      const message = await desk.ask("message:send", { message: `still here ${sent}`, sender: "CUSTOMER" });
      assert.equal(message.content, `still here ${sent}`, JSON.stringify(message));
      await stream.next("message", (each) => each.message === `still here ${sent}`);
      assert.equal(desk.socket.connected, true);
    },
  };
}

for (const [namespace, events] of Object.entries(EVENTS)) {
  describe(`on ${namespace}`, () => {
    for (const event of events) {
      test(`${event} answers every wrong shape with what is wrong and does nothing by halves`, async () => {
        const honest = await honestPair(namespace);
        const client = await sapa.connect(namespace, sapa.customer("Mallory"));
        for (const [what, args] of Object.entries(SHAPES)) {
          const answer = await client.ask(event, ...args);
          if (answer?.success !== false) continue;
          includes(answer, { success: false, event, message: TEXT, code: (code) => CODES.includes(code) }, what);
          await client.next(errorEvent(namespace), (error) => error.event === event && error.code === answer.code);
        }
        assert.equal(client.socket.connected, true, "the connection was lost");
        await honest.goesOn();
        assert.deepEqual(honest.listener.names(), []);
      });
    }

    test("events that do not exist are unknown, whatever they are called", async () => {
      const client = await sapa.connect(namespace, sapa.customer());
      const names = ["nope", "__proto__", "constructor", "toString", "hasOwnProperty", "", "new_message"];
      for (const name of [...names, "x".repeat(10_000)]) {
        includes(await client.ask(name, {}), { success: false, code: "unknown_event", message: TEXT });
      }
      includes(await client.next(errorEvent(namespace)), { event: "nope", code: "unknown_event" });
    });

    test("an event without an acknowledgement is answered by an error event alone", async () => {
      const client = await sapa.connect(namespace, sapa.customer());
      client.emit(events[0] === "join_chat" ? "send_message" : events[0], null);
      includes(await client.next(errorEvent(namespace)), { success: false, code: (code) => CODES.includes(code) });
      assert.equal(client.socket.connected, true);
    });

    test("a refused event is told to nobody else of the same person's", async () => {
      const budi = sapa.customer();
      const [one, other] = [await sapa.connect(namespace, budi), await sapa.connect(namespace, budi)];
      await one.ask("no_such_event", {});
      await quiet();
      assert.deepEqual(other.names(), []);
    });
  });
}

const writers = {
  "/support": (text) => ["send_message", { message: text }],
  "/messenger": (text, admin) => ["send_message", { receiver_id: admin.id, content: text }],
  "/direct": (text, admin) => ["send_message", { receiverId: admin.id, message: text }],
  "/desk": (text) => ["message:send", { message: text, sender: "CUSTOMER" }],
};
const textIn = (answer) => answer.data?.message ?? answer.data?.content ?? answer.content;

for (const [namespace, write] of Object.entries(writers)) {
  test(`${namespace}: texts of every script are kept letter by letter, markup is text`, async () => {
    const [budi, sari] = [sapa.customer(), sapa.admin()];
    await sapa.meet(sari);
    const client = await sapa.connect(namespace, budi);
    const texts = [
      "👩‍🚀🏳️‍🌈", "e\u0301 é", "漢字 العربية עברית", "\u202eoverride", "a\u2028line", "<script>alert(1)</script>",
      "'; DROP TABLE ChatMessage; --", "{{7*7}}", "\\u0000", "a\r\nb", "x".repeat(4000), "👍".repeat(4000),
    ];
    for (const text of texts) {
      const answer = await client.ask(...write(text, sari));
      assert.equal(textIn(answer), text, JSON.stringify(answer).slice(0, 200));
    }
  });

  test(`${namespace}: what cannot be stored is refused`, async () => {
    const [budi, sari] = [sapa.customer(), sapa.admin()];
    await sapa.meet(sari);
    const client = await sapa.connect(namespace, budi);
    for (const text of ["a\0b", "x".repeat(10_000), "x".repeat(4001), "👍".repeat(4001), "\u2003 \t", "", "\0"]) {
      const answer = await client.ask(...write(text, sari));
      includes(answer, { success: false, code: "invalid_input", message: TEXT });
      const field = namespace === "/messenger" ? "content" : "message";
      assert.deepEqual(Object.keys(answer.errors), [field]);
    }
  });

  test(`${namespace}: half of a surrogate pair is refused or replaced`, async () => {
    const [budi, sari] = [sapa.customer(), sapa.admin()];
    await sapa.meet(sari);
    const honest = await honestPair(namespace);
    const client = await sapa.connect(namespace, budi);
    const asked = client.ask(...write("\ud83d", sari));
    const answer = await Promise.race([asked, client.disconnected()]).catch(() => "silent");
    if (typeof answer === "object" && answer.success !== false) assert.equal(textIn(answer), "\ufffd");
    await honest.goesOn();
  });
}

test("a payload above the limit ends that connection and no other", async () => {
  const honest = await honestPair("/support");
  for (const transports of [["websocket"], ["polling"]]) {
    const client = await sapa.connect("/support", sapa.customer(), { transports });
    client.emit("send_message", { message: "x".repeat(2_000_000) });
    await client.disconnected();
    assert.deepEqual(client.all("new_message"), []);
    await honest.goesOn();
  }
});

test("claims in a payload that disagree with the token count for nothing", async () => {
  const [budi, sari] = [sapa.customer("Budi"), sapa.admin("Sari")];
  await sapa.meet(sari);
  const lie = { senderId: sari.id, sender_id: sari.id, senderName: "Sari", userId: sari.id, role: "ADMIN", token: "x" };
  const support = await sapa.connect("/support", budi);
  const sent = await support.ask("send_message", { message: "I am Sari", sender_type: "admin", ...lie });
  includes(sent.data, { sender_id: budi.id, sender_type: "user", sender_name: "Budi" });
  const direct = await sapa.connect("/direct", budi);
  const claim = { receiverId: sari.id, message: "it is I", senderRole: "admin", ...lie };
  const said = await direct.ask("send_message", claim);
  includes(said.data, { senderId: budi.id, senderRole: "user", senderName: "Budi" });
  const auth = { token: budi.token, userId: sari.id, role: "ADMIN" };
  const claimed = await sapa.open("/support", undefined, { auth }).connected();
  includes(await claimed.ask("get_active_rooms"), { success: false, code: "forbidden" });
});

test("a connection ends when its token expires, and comes back with a new one", async () => {
  for (const transports of [["websocket"], ["polling"]]) {
    const budi = sapa.customer("Budi");
    const { id, name, email } = budi;
    let token = sign({ sub: String(id), name, email, role: "USER", exp: inSeconds(2) });
    const auth = (give) => give({ token });
    const options = { auth, transports, reconnection: true, reconnectionDelay: 50, reconnectionDelayMax: 100 };
    const client = await sapa.open("/support", undefined, options).connected();
    await client.ask("join_chat", {});
    token = budi.token;
    const began = Date.now();
    const reason = await client.disconnected(6000);
    assert.ok(["transport close", "transport error", "ping timeout"].includes(reason), reason);
    assert.ok(Date.now() - began < 4500, "it ended late");
    await client.connected();
    includes(await client.ask("send_message", { message: "I am back" }), { success: true });
  }
});

test("hundreds of connections that join and leave at once do no harm", async () => {
  const honest = await honestPair("/support");
  const people = Array.from({ length: 100 }, () => sapa.customer());
  const clients = people.map((each, n) => sapa.open(Object.keys(EVENTS)[n % 4], each));
  await Promise.all(clients.map((client) => client.connected()));
  for (const client of clients) client.close();
  await honest.goesOn();
});
