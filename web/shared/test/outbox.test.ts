import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SapaClient } from "../client.ts";
import { Outbox, type OutboxOptions, type OutboxSent } from "../outbox.ts";
import { FakeLocks, FakeStorage } from "./fake-browser.ts";
import { FakeServer, json, until, type Answer } from "./fake-server.ts";

let server: FakeServer;
let storage: FakeStorage;
let boxes: Outbox[];

beforeEach(async () => {
  server = await FakeServer.start();
  storage = new FakeStorage();
  boxes = [];
});

afterEach(async () => {
  for (const box of boxes) box.stop();
  await server.stop();
});

function open(options: Partial<OutboxOptions> = {}) {
  const client = new SapaClient({ baseUrl: server.baseUrl, token: "t", retries: 0 });
  const box = new Outbox({ client, storage, scope: "u1", userId: 1, locks: null, retryMs: 15, random: () => 0.5, ...options });
  const sent: OutboxSent[] = [];
  box.on("sent", (each) => sent.push(each));
  boxes.push(box);
  box.start();
  return { box, sent };
}

const SEND = "POST /api/chat/rooms/7";
const hangUp: Answer = (_, response) => response.destroy();
const pending = (box: Outbox) => box.items.map((item) => [item.message, item.state]);

describe("an outbox", () => {
  it("shows a message at once and lets it go when the server has it", async () => {
    const { box, sent } = open();
    box.enqueue({ roomId: 7, message: "  halo " });
    expect(box.items).toHaveLength(1);
    await until(() => sent.length === 1);
    expect(sent[0]?.message.message).toBe("halo");
    expect(box.items).toHaveLength(0);
    expect(storage.length).toBe(0);
  });

  it("sends in the order of writing, one after the other", async () => {
    const { box, sent } = open();
    for (const text of ["a", "b", "c"]) box.enqueue({ roomId: 7, message: text });
    await until(() => sent.length === 3);
    expect(server.messages.map((each) => each.message)).toEqual(["a", "b", "c"]);
  });

  it("tries again under the same key until the network is back: one message", async () => {
    server.script(SEND, hangUp, hangUp, (request, response) => {
      // Stored, but the answer is lost.
      server.store(request);
      response.destroy();
    });
    const { box, sent } = open();
    box.enqueue({ roomId: 7, message: "penting" });
    await until(() => sent.length === 1);
    expect(server.messages).toHaveLength(1);
    const keys = new Set(server.requests.map((each) => each.headers["idempotency-key"]));
    expect(keys.size).toBe(1);
    expect(server.count(SEND)).toBe(4);
  });

  it("waits as long as a 429 asks", async () => {
    server.script(SEND, (_, response) => json(response, 429, { code: "rate_limited" }, { "Retry-After": "0.2" }));
    const { box, sent } = open();
    const begin = Date.now();
    box.enqueue({ roomId: 7, message: "x" });
    await until(() => sent.length === 1);
    expect(Date.now() - begin).toBeGreaterThanOrEqual(190);
  });

  it("keeps a refused message for the person to decide, and goes on with the next", async () => {
    server.script(SEND, (_, response) => json(response, 409, { code: "room_closed" }));
    const { box, sent } = open();
    const refused = box.enqueue({ roomId: 7, message: "late" });
    box.enqueue({ roomId: 7, message: "next" });
    await until(() => sent.length === 1);
    expect(pending(box)).toEqual([["late", "failed"]]);
    expect(box.items[0]?.error).toBe("room_closed");
    box.retry(refused.key);
    await until(() => sent.length === 2);
    expect(box.items).toHaveLength(0);
  });

  it("forgets a message that is discarded", async () => {
    server.script(SEND, (_, response) => json(response, 400, { code: "invalid_input" }));
    const { box } = open();
    const { key } = box.enqueue({ roomId: 7, message: "x" });
    await until(() => box.items[0]?.state === "failed");
    box.discard(key);
    expect(box.items).toHaveLength(0);
    expect(storage.length).toBe(0);
  });

  it("loses nothing in a reload, and sends it once", async () => {
    server.script(SEND, (request, response) => {
      server.store(request);
      response.destroy();
    });
    const first = open({ retryMs: 60_000 });
    first.box.enqueue({ roomId: 7, message: "in flight" });
    await until(() => server.messages.length === 1);
    first.box.stop();
    const { box, sent } = open();
    expect(box.items.map((item) => item.message)).toEqual(["in flight"]);
    await until(() => sent.length === 1);
    expect(server.messages).toHaveLength(1);
  });

  it("hides the pending one when the stream's copy comes before the answer", async () => {
    let answer = () => {};
    server.script(SEND, (request, response) => {
      const message = server.store(request);
      answer = () => json(response, 201, message);
    });
    const { box, sent } = open();
    box.enqueue({ roomId: 7, message: "halo" });
    await until(() => server.messages.length === 1);
    box.observe([server.messages[0]!]);
    expect(box.items[0]?.matchedId).toBe(1);
    answer();
    await until(() => sent.length === 1);
    expect(box.items).toHaveLength(0);
  });

  it("matches equal texts one to one, and never with an older message", async () => {
    server.script(SEND, () => {});
    const { box } = open();
    const old = server.addMessage("ok");
    box.observe([old]);
    box.enqueue({ roomId: 7, message: "ok" });
    box.enqueue({ roomId: 7, message: "ok" });
    box.observe([old]);
    expect(box.items.map((item) => item.matchedId)).toEqual([null, null]);
    box.observe([server.addMessage("ok")]);
    expect(box.items.map((item) => item.matchedId)).toEqual([2, null]);
    box.observe([server.addMessage("ok", 2), server.addMessage("ok", 1, 8)]);
    expect(box.items.map((item) => item.matchedId)).toEqual([2, null]);
  });

  it("begins a conversation with the first message and puts the next ones into it", async () => {
    const { box, sent } = open({ userId: null });
    box.enqueue({ roomId: null, message: "first", subject: "Order 12", priority: "HIGH" });
    box.enqueue({ roomId: null, message: "second" });
    await until(() => sent.length === 2);
    expect(sent[0]?.room?.id).toBe(7);
    expect(server.requests.map((each) => [each.path, each.body])).toEqual([
      ["/api/chat/rooms", { message: "first", subject: "Order 12", priority: "HIGH" }],
      ["/api/chat/rooms/7", { message: "second" }],
    ]);
    expect(box.userId).toBe(1);
  });

  it("prepares before it sends (a guest's identity), and tries that again too", async () => {
    let asked = 0;
    const { box, sent } = open({
      prepare: async () => {
        if (++asked === 1) throw (await import("../error.ts")).networkError(new Error("offline"));
      },
    });
    box.enqueue({ roomId: null, message: "hi" });
    await until(() => sent.length === 1);
    expect(asked).toBe(2);
    expect(server.messages).toHaveLength(1);
  });

  it("lets one of two tabs send", async () => {
    const locks = new FakeLocks();
    const one = open({ locks });
    const two = open({ locks });
    server.script(SEND, (request, response) => setTimeout(() => json(response, 201, server.store(request)), 30));
    one.box.enqueue({ roomId: 7, message: "from one" });
    two.box.enqueue({ roomId: 7, message: "from two" });
    await until(() => server.messages.length === 2);
    await until(() => one.box.items.length + two.box.items.length === 0);
    expect(server.count(SEND)).toBe(2);
  });

  it("sends even when the storage is full", async () => {
    storage.isFull = true;
    const { box, sent } = open();
    box.enqueue({ roomId: 7, message: "x" });
    box.enqueue({ roomId: 7, message: "y" });
    await until(() => sent.length === 2);
    expect(server.messages.map((each) => each.message)).toEqual(["x", "y"]);
  });

  it("keeps two people's messages apart", async () => {
    server.script(SEND, hangUp);
    const first = open({ retryMs: 60_000 });
    first.box.enqueue({ roomId: 7, message: "mine" });
    await until(() => server.count(SEND) === 1);
    const other = open({ scope: "u2", userId: 2 });
    expect(other.box.items).toHaveLength(0);
  });
});
