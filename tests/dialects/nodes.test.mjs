// Clients of every dialect at different nodes, and clients each of whose requests goes to another node.
import assert from "node:assert/strict";
import test, { describe } from "node:test";
import * as desk from "./flows/desk.mjs";
import * as direct from "./flows/direct.mjs";
import * as messenger from "./flows/messenger.mjs";
import * as support from "./flows/support.mjs";
import { TRANSPORTS } from "./harness/client.mjs";
import { useNodes, reaches } from "./harness/nodes.mjs";
import { quiet } from "./harness/sapa.mjs";
import { SEATS, talkInTurn } from "./harness/seats.mjs";
import { Polling } from "./harness/wire.mjs";

const { nodes, door, redis } = useNodes(2);
const dialects = Object.entries(SEATS);
const flows = { "/support": support, "/direct": direct, "/messenger": messenger, "/desk": desk };

const roomOf = async (customer) => (await nodes[0].call(customer, "GET", "/api/chat/room")).body.id;

describe("at two nodes", () => {
  for (const [asking, takeCustomer] of dialects) {
    for (const [answering, takeAdmin] of dialects) {
      test(`a customer on ${asking} is answered by an admin on ${answering}`, async () => {
        const [here, there] = nodes;
        const [budi, sari] = [here.customer("Budi"), here.admin("Sari")];
        const admin = await takeAdmin(there, sari);
        const customer = await takeCustomer(here, budi);
        const bystander = await takeCustomer(there, here.customer("Third"));
        await customer.write("is anybody there?", sari);
        await admin.hear("is anybody there?", budi);
        await admin.write("I am", budi, await roomOf(budi));
        await customer.hear("I am", sari);
        await quiet();
        assert.deepEqual(customer.heard(), ["I am"]);
        assert.deepEqual(admin.heard(), ["is anybody there?"]);
        assert.deepEqual(bystander.heard(), []);
      });
    }
  }

  test("one conversation with a seat in every dialect on both sides: each message reaches each seat once", async () => {
    const [budi, sari] = [nodes[0].customer("Budi"), nodes[0].admin("Sari")];
    const admins = await Promise.all(dialects.map(([, take], n) => take(nodes[n % 2], sari)));
    const customers = await Promise.all(dialects.map(([, take], n) => take(nodes[(n + 1) % 2], budi)));
    const roomId = await roomOf(budi);
    await talkInTurn(dialects.map(([name]) => name), customers, admins, budi, sari, roomId);
  });

  test("two customers on direct see each other type, come and go", async () => {
    const [ani, budi] = [nodes[0].customer("Ani"), nodes[0].customer("Budi")];
    const one = await nodes[0].connect("/direct", ani);
    const other = await nodes[1].connect("/direct", budi);
    await one.ask("send_message", { receiverId: budi.id, message: "hello" });
    await other.next("new_message", ({ data }) => data.message === "hello");
    one.emit("typing_start", { receiverId: budi.id });
    await other.next("user_typing", ({ isTyping }) => isTyping);
    one.close();
    await other.next("user_status_update", (each) => each.userId === ani.id && each.status === "offline");
    const again = await nodes[0].connect("/direct", ani);
    await other.next("user_status_update", (each) => each.userId === ani.id && each.status === "online");
    again.close();
  });

  test("whoever comes to write and goes at once is seen to come and to go", async () => {
    for (let n = 0; n < 15; n++) {
      const [ani, budi] = [nodes[0].customer("Ani"), nodes[0].customer("Budi")];
      const other = await nodes[1].connect("/direct", budi);
      const one = await nodes[0].connect("/direct", ani);
      await one.ask("send_message", { receiverId: budi.id, message: "hello" });
      await other.next("user_status_update", (each) => each.userId === ani.id && each.status === "online");
      one.close();
      await other.next("user_status_update", (each) => each.userId === ani.id && each.status === "offline");
    }
  });

  test("an admin ends all sockets and streams of a person, at every node and by every transport", async () => {
    const [budi, sari] = [nodes[0].customer("Budi"), nodes[0].admin("Sari")];
    const open = (who) => Promise.all(
      nodes.flatMap((node) => Object.values(TRANSPORTS).map((transports) => node.connect("/direct", who, { transports }))),
    );
    const [ended, others] = [await open(budi), await open(nodes[0].customer("Third"))];
    const gone = ended.map((client) => client.disconnected());
    const { status } = await nodes[1].call(sari, "DELETE", `/api/chat/people/${budi.id}/streams`);
    assert.equal(status, 204);
    await Promise.all(gone);
    await quiet();
    assert.ok(others.every((client) => client.socket.connected), "others were disconnected too");
  });

  test("a broadcast reaches customers at every node once", async () => {
    const sari = nodes[0].admin("Sari");
    const seats = await Promise.all(dialects.map(([, take], n) => take(nodes[n % 2], nodes[0].customer("Third"))));
    const admin = await nodes[0].connect("/direct", sari);
    await admin.ask("admin_broadcast", { message: "closed on Friday" });
    const told = (client) => ["admin_broadcast", "receive_message", "new_message", "message:received", "message"]
      .flatMap((event) => client.all(event)).filter((payload) => JSON.stringify(payload).includes("closed on Friday"));
    for (const { client } of seats) {
      for (const deadline = Date.now() + 5000; told(client).length === 0 && Date.now() < deadline; ) await quiet();
    }
    await quiet();
    for (const [n, { client }] of seats.entries()) assert.equal(told(client).length, 1, dialects[n][0]);
  });
});

describe("behind a balancer that gives each request to another node", () => {
  for (const [namespace, { play }] of Object.entries(flows)) {
    for (const [name, transports] of Object.entries(TRANSPORTS)) {
      test(`the pages of ${namespace} talk by ${name}`, () =>
        play(door, namespace, {
          transports,
          settled: async (...clients) => {
            if (name === "polling with upgrade") for (const client of clients) await client.upgraded();
            for (const client of clients) assert.equal(client.transport, transports.at(-1));
          },
        }));
    }
  }

  test("a polled session keeps the order of what it sends and of what it hears", async () => {
    const budi = door.customer("Budi");
    const client = await door.connect("/support", budi, { transports: ["polling"] });
    await client.ask("join_chat", {});
    const texts = Array.from({ length: 200 }, (_, n) => `message ${n}`);
    const asked = texts.map((message) => client.ask("send_message", { message }));
    for (const answer of await Promise.all(asked)) assert.equal(answer.success, true, JSON.stringify(answer));
    await client.next("new_message", ({ message }) => message === texts.at(-1));
    assert.deepEqual(client.all("new_message").map(({ message }) => message), texts);
  });

  test("a session that nobody has is unknown at every node", async () => {
    for (let n = 0; n < 4; n++) {
      const { status, text } = await new Polling(door.url, { sid: "AAAAAAAAAAAAAAAAAAAA" }).poll();
      assert.equal(status, 400, text);
    }
  });

  test("a second poll at once, at another node, closes the session", async () => {
    const session = await Polling.open(door.url);
    await session.push("40/support,{}");
    const polls = await Promise.all([1, 2, 3].map(() => session.poll()));
    assert.ok(polls.some(({ status }) => status === 400), JSON.stringify(polls));
    await session.mustBeGone();
  });
});

describe("when something fails", () => {
  const again = { reconnection: true, reconnectionDelay: 50, reconnectionDelayMax: 200, randomizationFactor: 0 };

  /** A page behind the balancer that joins whenever it is connected, and keeps what it was told. */
  function page(who, options) {
    const client = door.open("/support", who, { ...again, ...options });
    const shown = new Map();
    const twice = [];
    client.socket.on("connect", () => client.socket.emit("join_chat", {}));
    client.socket.on("joined_room", ({ messages }) => {
      shown.clear();
      for (const each of messages) shown.set(each.id, each.message);
    });
    client.socket.on("new_message", (message) => {
      if (shown.has(message.id)) twice.push(message.id);
      shown.set(message.id, message.message);
    });
    return Object.assign(client, { texts: () => [...shown.values()], twice });
  }

  async function pages() {
    const [budi, sari] = [door.customer("Budi"), door.admin("Sari")];
    await door.meet(sari);
    const opened = Object.entries(TRANSPORTS).flatMap(([kind, transports]) =>
      [1, 2].map(() => Object.assign(page(budi, { transports }), { kind })));
    for (const each of opened) each.joined = await each.next("joined_room");
    const { roomId } = opened[0].joined;
    const expected = [];
    const say = async (message) => {
      const key = { "idempotency-key": message };
      for (const deadline = Date.now() + 10_000; Date.now() < deadline; await quiet()) {
        const { status } = await door.call(sari, "POST", `/api/chat/rooms/${roomId}`, { message }, key).catch(() => ({}));
        if (status === 201) return expected.push(message);
      }
      throw new Error(`"${message}" was never stored`);
    };
    const agree = async () => {
      for (const each of opened) {
        for (const deadline = Date.now() + 15_000; each.texts().length < expected.length && Date.now() < deadline; ) {
          await quiet();
        }
        const state = `${each.kind}, connected: ${each.socket.connected}, heard: ${JSON.stringify(each.names())}`;
        assert.deepEqual(each.texts(), expected, state);
        assert.deepEqual(each.twice, [], state);
      }
    };
    return { say, agree };
  }

  for (const end of ["kill", "stop"]) {
    test(`a node that is gone by ${end}: its clients come to the other one, and everything is there once`, async () => {
      const { say, agree } = await pages();
      for (let n = 0; n < 10; n++) await say(`before ${n}`);
      await agree();
      for (const node of nodes) {
        await node[end]();
        try {
          for (let n = 0; n < 5; n++) await say(`without ${node.url} ${n}`);
          await agree();
        } finally {
          await node.start();
          await reaches(node, "connected");
        }
        for (let n = 0; n < 5; n++) await say(`with ${node.url} ${n}`);
        await agree();
      }
    });
  }

  test("Redis is gone for a while: clients stay or come back, and everything is there once", async () => {
    const { say, agree } = await pages();
    await redis.end();
    for (let n = 0; n < 10; n++) await say(`without ${n}`);
    for (const node of nodes) await reaches(node, "unreachable");
    await redis.start();
    for (const node of nodes) await reaches(node, "connected");
    for (let n = 0; n < 10; n++) await say(`again ${n}`);
    await agree();
    await say("the end");
    await agree();
  });
});
