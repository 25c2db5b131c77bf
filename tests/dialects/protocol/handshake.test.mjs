import assert from "node:assert/strict";
import test from "node:test";
import { TEXT, same } from "../harness/expect.mjs";
import { useProtocolServer } from "../harness/sapa.mjs";
import { Polling, Socket, address, ask } from "../harness/wire.mjs";

const server = useProtocolServer();
const told = { sid: TEXT, pingInterval: 300, pingTimeout: 200, maxPayload: 1_000_000 };

test("a polling session is told its limits and that it may upgrade", async () => {
  const answer = await ask(address(server.url));
  assert.equal(answer.status, 200);
  assert.match(answer.headers.get("content-type"), /^text\/plain; *charset=utf-8$/i);
  const text = await answer.text();
  assert.equal(text[0], "0");
  same(JSON.parse(text.slice(1)), { ...told, upgrades: ["websocket"] });
});

test("a websocket session is told its limits and has nothing to upgrade to", async () => {
  const socket = await Socket.open(server.url);
  same(socket.handshake, { ...told, upgrades: [] });
  socket.close();
});

test("no two sessions share an id, and none can be guessed from another", async () => {
  const sessions = await Promise.all(Array.from({ length: 20 }, () => Polling.open(server.url)));
  const ids = sessions.map((session) => session.sid);
  assert.equal(new Set(ids).size, 20);
  for (const id of ids) assert.ok(id.length >= 20 && /^[\w-]+$/.test(id), id);
  const common = ids.filter((id) => id.slice(0, 8) === ids[0].slice(0, 8));
  assert.equal(common.length, 1, "ids begin alike");
});

test("the path works with and without its last slash", async () => {
  for (const path of ["/socket.io/", "/socket.io"]) {
    const answer = await ask(address(server.url, {}, path));
    assert.equal(answer.status, 200, path);
  }
});

const mistakes = [
  ["no protocol version", "?transport=polling", {}, 5],
  ["a protocol version that is a word", "?EIO=abc&transport=polling", {}, 5],
  ["an older protocol version", "?EIO=3&transport=polling", {}, 5],
  ["no transport", "?EIO=4", {}, 0],
  ["an unknown transport", "?EIO=4&transport=abc", {}, 0],
  ["a transport that is a property of every object", "?EIO=4&transport=constructor", {}, 0],
  ["a websocket without an upgrade", "?EIO=4&transport=websocket", {}, 3],
  ["an unknown session", "?EIO=4&transport=polling&sid=nobody", {}, 1],
  ["an empty session", "?EIO=4&transport=polling&sid=", {}, undefined],
  ["packets for an unknown session", "?EIO=4&transport=polling&sid=nobody", { method: "POST", body: "40" }, 1],
  ["a handshake by POST", "?EIO=4&transport=polling", { method: "POST", body: "40" }, 2],
  ["a handshake by PUT", "?EIO=4&transport=polling", { method: "PUT", body: "40" }, 2],
  ["a handshake by DELETE", "?EIO=4&transport=polling", { method: "DELETE" }, 2],
];

for (const [what, query, options, code] of mistakes) {
  test(`${what} is refused with ${code === undefined ? "400 or a new session" : `code ${code}`}`, async () => {
    const answer = await ask(`${server.url}/socket.io/${query}`, options);
    if (code === undefined) return assert.ok([200, 400].includes(answer.status), `status ${answer.status}`);
    assert.equal(answer.status, 400);
    assert.match(answer.headers.get("content-type"), /^application\/json/);
    same(await answer.json(), { code, message: TEXT });
  });
}

test("a websocket of an unknown session, version or transport never opens a session", async () => {
  const queries = [
    { transport: "websocket", sid: "nobody" },
    { transport: "websocket", EIO: "3" },
    { transport: "websocket", EIO: "abc" },
    { transport: "abc" },
  ];
  for (const query of queries) {
    const socket = new Socket(address(server.url, query));
    await socket.mustClose();
    assert.deepEqual(socket.heard, [], JSON.stringify(query));
  }
});

test("an odd query is refused or understood, never the server's fault", async () => {
  const queries = [
    "", "?", "?EIO=4&EIO=5&transport=polling", "?EIO=4&transport=polling&transport=websocket",
    "?EIO=%34&transport=%70olling", "?EIO=4&transport=polling&t=abc&b64=1&j=0", "?EIO=04&transport=polling",
    "?EIO=4&transport=polling&sid=%00", "?EIO=4&transport=polling&sid=%ff%fe", "?EIO=4&transport=polling&sid=../../etc",
    `?EIO=4&transport=polling&sid=${"x".repeat(8000)}`,
  ];
  for (const query of queries) {
    const { status } = await ask(`${server.url}/socket.io/${query}`);
    assert.ok([200, 400, 414, 431].includes(status), `${query.slice(0, 60)}: status ${status}`);
  }
  for (const method of ["HEAD", "PATCH", "DELETE"]) {
    const { status } = await ask(`${server.url}/socket.io/?EIO=4&transport=polling`, { method });
    assert.ok(status === 400 || status === 405, `${method}: status ${status}`);
  }
});

test("a session takes no packets by PUT", async () => {
  const session = await Polling.open(server.url);
  const answer = await ask(session.address, { method: "PUT", body: "40" });
  assert.ok([400, 405].includes(answer.status), `status ${answer.status}`);
});
