import assert from "node:assert/strict";
import test, { describe } from "node:test";
import { joinAs } from "./flows/desk.mjs";
import { includes } from "./harness/expect.mjs";
import { quiet, useSapa } from "./harness/sapa.mjs";
import { inSeconds, sign } from "./harness/tokens.mjs";

const sapa = useSapa();
const NAMESPACES = ["/support", "/direct", "/messenger", "/desk", "/"];

const claims = (changes) => ({ sub: "77", name: "Eve", role: "ADMIN", exp: inSeconds(3600), ...changes });
const head = (alg) => Buffer.from(JSON.stringify({ alg, typ: "JWT" })).toString("base64url");
const body = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

const badTokens = {
  "no token": undefined,
  "an empty token": "",
  "a token that is null": null,
  "a token that is a number": 7,
  "a token that is an object": { sub: "1", role: "ADMIN" },
  "a token that is a list": ["a", "b"],
  "a token that is true": true,
  "a text that is no token": "let me in",
  "a token of another secret": sign(claims(), "another-secret-that-is-long-enough-to-be-one"),
  "an expired token": sign(claims({ exp: inSeconds(-10) })),
  "a token without an end": sign(claims({ exp: undefined })),
  "a token without a person": sign(claims({ sub: undefined })),
  "a token of an unknown role": sign(claims({ role: "ROOT" })),
  "an unsigned token": `${head("none")}.${body(claims())}.`,
  "a token of 60,000 letters": "x".repeat(60_000),
};

for (const namespace of NAMESPACES) {
  describe(`on ${namespace}`, () => {
    for (const [what, token] of Object.entries(badTokens)) {
      test(`${what} is refused as unauthenticated`, async () => {
        const auth = token === undefined ? {} : { token };
        const error = await sapa.open(namespace, undefined, { auth }).refused();
        assert.ok(error.message.length > 0);
        includes(error.data, { code: "unauthenticated" });
      });
    }

    test("a token beside the handshake's auth does not count", async () => {
      const { token } = sapa.admin();
      const options = { auth: {}, query: { token }, extraHeaders: { authorization: `Bearer ${token}` } };
      includes((await sapa.open(namespace, undefined, options).refused()).data, { code: "unauthenticated" });
    });
  });
}

test("an unknown namespace is refused by name", async () => {
  for (const namespace of ["/admin", "/Support", "/support/", "/__proto__"]) {
    const error = await sapa.open(namespace, sapa.customer()).refused();
    // The official protocol suite allows no `data` beside this message.
    assert.deepEqual([error.message, error.data], ["Invalid namespace", undefined]);
  }
});

test("an event before the namespace was joined reaches nothing", async () => {
  const client = sapa.open("/support", "wrong");
  client.emit("get_active_rooms");
  await client.refused();
  await quiet();
  assert.deepEqual(client.names(), []);
});

const OK = "ok";
const FORBIDDEN = "forbidden";
const INVALID = "invalid_input";

const writing = (conversationId, sender) => ({ conversationId, message: "from outside", sender });

/**
 * What each event does for the owner of a conversation with the desk, for another customer and for an admin. The scene
 * has the conversation's `roomId`, the owner's `messageId`, the people, and the `sender` that the caller may claim.
 */
const TABLE = {
  "/support": [
    ["join_chat", "the room", ({ roomId }) => ({ roomId }), OK, FORBIDDEN, OK],
    ["send_message", "in the room", ({ roomId }) => ({ roomId, message: "from outside" }), OK, FORBIDDEN, OK],
    ["typing", "in the room", ({ roomId }) => ({ roomId, isTyping: true }), OK, FORBIDDEN, OK],
    ["mark_messages_read", "of the room", ({ roomId }) => ({ roomId }), OK, FORBIDDEN, OK],
    ["get_active_rooms", "", () => ({}), FORBIDDEN, FORBIDDEN, OK],
  ],
  "/direct": [
    ["send_message", "to the admin", ({ admin }) => ({ receiverId: admin.id, message: "hi" }), OK, OK, INVALID],
    ["send_message", "to the owner", ({ owner }) => ({ receiverId: owner.id, message: "hi" }), INVALID, OK, OK],
    ["typing_start", "to the admin", ({ admin }) => ({ receiverId: admin.id }), OK, OK, INVALID],
    ["typing_stop", "to the admin", ({ admin }) => ({ receiverId: admin.id }), OK, OK, INVALID],
    ["mark_message_read", "", ({ messageId }) => ({ messageId }), OK, FORBIDDEN, OK],
    ["mark_conversation_read", "", ({ roomId }) => ({ conversationId: roomId }), OK, FORBIDDEN, OK],
    ["admin_broadcast", "", () => ({ message: "to all" }), FORBIDDEN, FORBIDDEN, OK],
    ["admin_message_user", "", ({ owner }) => ({ userId: owner.id, message: "hi" }), FORBIDDEN, FORBIDDEN, OK],
    ["add_reaction", "", ({ messageId }) => ({ messageId, emoji: "👍" }), OK, FORBIDDEN, OK],
    ["remove_reaction", "", ({ messageId }) => ({ messageId, emoji: "👍" }), OK, FORBIDDEN, OK],
    ["delete_message", "", ({ messageId }) => ({ messageId }), OK, FORBIDDEN, OK],
  ],
  "/messenger": [
    ["send_message", "to the admin", ({ admin }) => ({ receiver_id: admin.id, content: "hi" }), OK, OK, INVALID],
    ["send_message", "to the owner", ({ owner }) => ({ receiver_id: owner.id, content: "hi" }), INVALID, OK, OK],
    ["mark_as_read", "", ({ messageId }) => ({ message_id: messageId }), OK, FORBIDDEN, OK],
  ],
  "/desk": [
    ["user:join", "as the owner", ({ owner }) => joinAs(owner), OK, FORBIDDEN, FORBIDDEN],
    ["user:join", "as the admin", ({ admin }) => joinAs(admin), FORBIDDEN, FORBIDDEN, OK],
    ["message:send", "as oneself", ({ roomId, sender }) => writing(roomId, sender), OK, FORBIDDEN, OK],
    ["message:send", "as an admin", ({ roomId }) => writing(roomId, "ADMIN"), FORBIDDEN, FORBIDDEN, OK],
    ["conversation:getMessages", "", ({ roomId }) => ({ conversationId: roomId }), OK, FORBIDDEN, OK],
    ["admin:getConversations", "", () => ({}), FORBIDDEN, FORBIDDEN, OK],
  ],
};

for (const [namespace, rows] of Object.entries(TABLE)) {
  for (const [event, what, payload, ...outcomes] of rows) {
    for (const [n, role] of ["owner", "another customer", "admin"].entries()) {
      test(`${namespace} ${event} ${what} by ${role}: ${outcomes[n]}`.replace("  ", " "), async () => {
        const scene = await conversation(namespace);
        const caller = [scene.owner, scene.stranger, scene.admin][n];
        const sender = caller === scene.admin ? "ADMIN" : "CUSTOMER";
        const client = caller === scene.stranger ? scene.strangers : await sapa.connect(namespace, caller);
        const before = await stateOf(scene);
        const answer = await client.ask(event, payload({ ...scene, sender }));
        if (outcomes[n] === OK) return assert.notEqual(answer?.success, false, JSON.stringify(answer));
        includes(answer, { success: false, event, code: outcomes[n] });
        await quiet();
        assert.deepEqual(await stateOf(scene), before, "the refused event changed something");
        const heardOfIt = scene.owners.names().filter((name) => !ASIDE.includes(name));
        assert.deepEqual(heardOfIt, [], "the owner hears of the refused event");
        if (client !== scene.strangers) assert.deepEqual(scene.strangers.names(), []);
      });
    }
  }
}

const ASIDE = ["user_status_update", "user_joined", "user_left", "user:online", "user:offline", "admin:online"];

/** A customer's conversation with the desk, with one message of each side, and a stranger who listens. */
async function conversation(namespace) {
  const [owner, stranger, admin] = [sapa.customer("Owner"), sapa.customer("Stranger"), sapa.admin("Sari")];
  await sapa.meet(owner, stranger, admin);
  const { body: room } = await sapa.call(owner, "POST", "/api/chat/rooms", { message: "mine" });
  await sapa.call(admin, "POST", `/api/chat/rooms/${room.id}`, { message: "yours" });
  const owners = await sapa.connect(namespace, owner);
  const strangers = await sapa.connect(namespace, stranger);
  return { owner, stranger, admin, roomId: room.id, messageId: room.messages[0].id, owners, strangers };
}

/** All that an outsider might have changed. */
async function stateOf({ admin, roomId }) {
  const { body } = await sapa.call(admin, "GET", `/api/chat/rooms/${roomId}`);
  const { lastEventId, ...room } = body;
  return room;
}

test("a conversation that is going on is heard by no other customer, on any namespace", async () => {
  const [owner, admin] = [sapa.customer("Owner"), sapa.admin("Sari")];
  await sapa.meet(admin);
  const strangers = await Promise.all(NAMESPACES.map((each) => sapa.connect(each, sapa.customer("Stranger"))));
  const ownersDirect = await sapa.connect("/direct", owner);
  const ownersDesk = await sapa.connect("/desk", owner);
  const [support, direct, desk] = await Promise.all(["/support", "/direct", "/desk"].map((each) => {
    return sapa.connect(each, admin);
  }));
  const { data } = await ownersDirect.ask("send_message", { receiverId: admin.id, message: "secret" });
  const { id, conversationId } = data;
  await support.ask("join_chat", { roomId: conversationId });
  await support.ask("typing", { roomId: conversationId, isTyping: true });
  await desk.ask("message:send", { conversationId, message: "hush", sender: "ADMIN" });
  await ownersDesk.ask("conversation:getMessages", { conversationId });
  await direct.ask("add_reaction", { messageId: id, emoji: "👍" });
  await direct.ask("mark_conversation_read", { conversationId });
  await direct.ask("delete_message", { messageId: id });
  await sapa.call(admin, "PATCH", `/api/chat/rooms/${conversationId}/manage`, { priority: "HIGH" });
  ownersDirect.close();
  await quiet();
  for (const [n, stranger] of strangers.entries()) assert.deepEqual(stranger.names(), [], NAMESPACES[n]);
});

test("a conversation of two customers is closed to a third, and to admins", async () => {
  const [ani, budi, eve, sari] = [sapa.customer("Ani"), sapa.customer("Budi"), sapa.customer("Eve"), sapa.admin()];
  await sapa.meet(budi);
  const one = await sapa.connect("/direct", ani);
  const { data } = await one.ask("send_message", { receiverId: budi.id, message: "just us" });
  const { conversationId, id } = data;
  for (const outsider of [eve, sari]) {
    const direct = await sapa.connect("/direct", outsider);
    const refused = [
      await direct.ask("mark_message_read", { messageId: id }),
      await direct.ask("mark_conversation_read", { conversationId }),
      await direct.ask("delete_message", { messageId: id }),
      await direct.ask("add_reaction", { messageId: id, emoji: "👍" }),
      await direct.ask("send_message", { receiverId: budi.id, message: "me too", replyTo: id }),
    ];
    assert.deepEqual(refused.map(({ code }) => code), [...Array(4).fill("forbidden"), "invalid_input"]);
    const support = await sapa.connect("/support", outsider);
    const desk = await sapa.connect("/desk", outsider);
    for (const answer of [
      await support.ask("join_chat", { roomId: conversationId }),
      await support.ask("send_message", { roomId: conversationId, message: "me too" }),
      await desk.ask("conversation:getMessages", { conversationId }),
    ]) {
      assert.ok(["forbidden", "not_found"].includes(answer.code), JSON.stringify(answer));
    }
    for (const path of [`/api/v0/chat/conversation/${conversationId}/messages`, `/api/chat/rooms/${conversationId}`]) {
      assert.ok([403, 404].includes((await sapa.call(outsider, "GET", path)).status), path);
    }
  }
  await quiet();
  assert.deepEqual(one.names("user_status_update"), ["message_sent"]);
});

test("conversations of others are in no list", async () => {
  const [ani, budi, eve, sari] = [sapa.customer("Ani"), sapa.customer("Budi"), sapa.customer("Eve"), sapa.admin()];
  await sapa.meet(budi, eve);
  const one = await sapa.connect("/direct", ani);
  const { data } = await one.ask("send_message", { receiverId: budi.id, message: "just us" });
  const listed = async (who, path) => JSON.stringify((await sapa.call(who, "GET", path)).body);
  for (const path of ["/api/v0/chat/conversations", "/api/chats/", "/api/chats/unread", "/api/chat/rooms"]) {
    for (const outsider of [eve, sari]) assert.ok(!(await listed(outsider, path)).includes("just us"), path);
  }
  const support = await sapa.connect("/support", sari);
  const active = (await support.ask("get_active_rooms")).data;
  assert.ok(!active.some((room) => room.id === data.conversationId));
  const desk = await sapa.connect("/desk", sari);
  const conversations = await desk.ask("admin:getConversations", {});
  assert.ok(!conversations.some((each) => each.id === data.conversationId));
});
