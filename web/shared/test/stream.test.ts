import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { backoff } from "../backoff.ts";
import { SapaClient } from "../client.ts";
import type { StreamStatus } from "../live.ts";
import { SapaStream, type SapaStreamOptions } from "../stream.ts";
import type { Frame } from "../types.ts";
import { FakeServer, frame, json, until } from "./fake-server.ts";

let server: FakeServer;
let streams: SapaStream[];

beforeEach(async () => {
  server = await FakeServer.start();
  streams = [];
});

afterEach(async () => {
  for (const stream of streams) stream.stop();
  await server.stop();
});

function listen(options: Partial<SapaStreamOptions> = {}, client = new SapaClient({ baseUrl: server.baseUrl, token: "t" })) {
  const stream = new SapaStream({ client, random: () => 0.5, ...options });
  streams.push(stream);
  const frames: Frame[] = [];
  const states: StreamStatus[] = [];
  let resets = 0;
  stream.on("frame", (each) => frames.push(each));
  stream.on("state", (state) => states.push(state.status));
  stream.on("reset", () => resets++);
  const ids = () => frames.filter((each) => each.type === "message").map((each) => each.id);
  return { stream, frames, states, ids, resets: () => resets };
}

describe("a stream", () => {
  it("sends the token as a header and delivers frames by name", async () => {
    const { stream, states } = listen();
    const texts: string[] = [];
    stream.on("message", (message) => texts.push(message.message));
    stream.start();
    await until(() => stream.state.status === "open");
    server.publish("message", server.addMessage("halo"));
    await until(() => texts.length === 1);
    expect(texts).toEqual(["halo"]);
    expect(server.requests[0]?.headers.authorization).toBe("Bearer t");
    expect(server.requests[0]?.path).toBe("/api/chat/sse");
    expect(states).toEqual(["connecting", "open"]);
  });

  it("resumes after a cut where it was: nothing lost, nothing twice, in order", async () => {
    const { stream, ids } = listen();
    stream.start();
    await until(() => server.openStreams === 1);
    server.publish("message", server.addMessage("1"));
    server.publish("message", server.addMessage("2"));
    await until(() => ids().length === 2);
    server.cut();
    server.publish("message", server.addMessage("3"));
    server.publish("message", server.addMessage("4"));
    await until(() => ids().length === 4, "the missed frames");
    expect(ids()).toEqual([1, 2, 3, 4]);
    expect(server.requests[1]?.headers["last-event-id"]).toBe("2");
  });

  it("drops what it has seen and what comes out of order", async () => {
    const { stream, ids } = listen();
    stream.start();
    await until(() => server.openStreams === 1);
    for (const id of [1, 2, 2, 1, 3]) server.raw(frame("message", { id }, id));
    await until(() => ids().includes(3));
    expect(ids()).toEqual([1, 2, 3]);
  });

  it("delivers frames without an id and skips what it cannot read", async () => {
    const { stream, frames } = listen();
    stream.start();
    await until(() => server.openStreams === 1);
    server.raw("data: {oops\n\n");
    server.raw(frame("typing", { roomId: 7, isTyping: true }));
    server.raw(frame("something_new", { a: 1 }));
    await until(() => frames.length === 3);
    expect(frames.map((each) => [each.type, each.id])).toEqual([["connected", 0], ["typing", null], ["something_new", null]]);
  });

  it("says reset when its place is too old, and goes on from the new one", async () => {
    for (let i = 0; i < 5; i++) server.publish("message", server.addMessage(String(i)));
    server.oldest = 3;
    const { stream, ids, resets } = listen();
    stream.start(1);
    await until(() => resets() === 1);
    expect(stream.lastEventId).toBe(5);
    server.publish("message", server.addMessage("new"));
    await until(() => ids().length === 1);
    expect(ids()).toEqual([6]);
  });

  it("takes a connection that goes on further ahead than asked for a reset", async () => {
    server.script("GET /api/chat/sse", (_, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.write(frame("connected", { roomId: null, room: null, replayed: 0 }, 9));
    });
    const { stream, resets } = listen();
    stream.start(4);
    await until(() => resets() === 1);
  });

  it("fails for good on 403 and 404, and does not ask again", async () => {
    for (const status of [403, 404]) {
      server.script("GET /api/chat/sse", (_, response) => json(response, status, { code: "forbidden" }));
      const { stream } = listen();
      const before = server.count("GET /api/chat/sse");
      stream.start();
      await until(() => stream.state.status === "failed");
      expect(stream.state.error?.status).toBe(status);
      await new Promise((resolve) => setTimeout(resolve, 80));
      expect(server.count("GET /api/chat/sse")).toBe(before + 1);
    }
  });

  it("asks for a new token on 401, once, and uses it", async () => {
    server.script("GET /api/chat/sse", (_, response) => json(response, 401, { code: "unauthenticated" }));
    const asked: boolean[] = [];
    const client = new SapaClient({
      baseUrl: server.baseUrl,
      getToken: ({ refresh }) => (asked.push(refresh), refresh ? "new" : "old"),
    });
    const { stream } = listen({}, client);
    stream.start();
    await until(() => stream.state.status === "open");
    expect(asked).toEqual([false, true]);
    expect(server.requests.map((each) => each.headers.authorization)).toEqual(["Bearer old", "Bearer new"]);
  });

  it("fails after a 401 that a new token does not mend; reconnect() tries anew", async () => {
    const refuse = (_: unknown, response: Parameters<typeof json>[0]) => json(response, 401, {});
    server.script("GET /api/chat/sse", refuse, refuse);
    const { stream } = listen({}, new SapaClient({ baseUrl: server.baseUrl, getToken: () => "x" }));
    stream.start();
    await until(() => stream.state.status === "failed");
    expect(server.count("GET /api/chat/sse")).toBe(2);
    stream.reconnect();
    await until(() => stream.state.status === "open");
  });

  it("waits at least as long as Retry-After asks", async () => {
    server.script("GET /api/chat/sse", (_, response) => json(response, 429, { code: "rate_limited" }, { "Retry-After": "1" }));
    const { stream } = listen();
    stream.start();
    await until(() => stream.state.status === "waiting");
    expect(stream.state.error?.code).toBe("rate_limited");
    expect(stream.state.retryInMs).toBeGreaterThanOrEqual(1000);
    stream.stop();
  });

  it("comes back after a drained answer (200 and the end) by the server's own retry", async () => {
    const drained = (_: unknown, response: Parameters<typeof json>[0]) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" });
      response.end("retry: 30\n\n");
    };
    server.script("GET /api/chat/sse", drained);
    const { stream, states } = listen();
    const waits: (number | null)[] = [];
    stream.on("state", (state) => state.status === "waiting" && waits.push(state.retryInMs));
    stream.start();
    await until(() => stream.state.status === "open");
    expect(waits).toEqual([30]);
    expect(states).toEqual(["connecting", "waiting", "connecting", "open"]);
  });

  it("reconnects when a connection goes silent", async () => {
    const { stream } = listen({ silenceMs: 60 });
    stream.start();
    await until(() => server.count("GET /api/chat/sse") >= 2, "a second connection");
    expect(stream.state.status).not.toBe("failed");
  });

  it("stays on one connection while heartbeats come", async () => {
    const { stream } = listen({ silenceMs: 120 });
    stream.start();
    await until(() => stream.state.status === "open");
    for (let i = 0; i < 8; i++) {
      server.raw(":\n\n");
      await new Promise((resolve) => setTimeout(resolve, 40));
    }
    expect(server.count("GET /api/chat/sse")).toBe(1);
  });

  it("survives a server that is away for a while", async () => {
    const { stream, ids } = listen();
    stream.start();
    await until(() => stream.state.status === "open");
    const away = (_: unknown, response: Parameters<typeof json>[0]) => response.destroy();
    server.script("GET /api/chat/sse", away, away, away);
    server.cut();
    server.publish("message", server.addMessage("while away"));
    await until(() => ids().length === 1);
    expect(stream.state).toMatchObject({ status: "open", attempt: 0 });
  });
});

describe("back-off", () => {
  it("doubles up to half a minute", () => {
    expect([0, 1, 2, 3, 9, 99].map((n) => backoff(1_000, n, () => 0.5))).toEqual([1_000, 2_000, 4_000, 8_000, 30_000, 30_000]);
  });

  it("is spread by a quarter either way", () => {
    expect(backoff(1_000, 0, () => 0)).toBe(750);
    expect(backoff(1_000, 0, () => 1)).toBe(1_250);
  });
});
