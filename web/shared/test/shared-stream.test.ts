import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SapaClient } from "../client.ts";
import { SharedStream, type SharedStreamOptions } from "../shared-stream.ts";
import type { TabChannel } from "../tabs.ts";
import type { Frame } from "../types.ts";
import { FakeChannels, FakeLocks } from "./fake-browser.ts";
import { FakeServer, json, until } from "./fake-server.ts";

let server: FakeServer;
let locks: FakeLocks;
let channels: FakeChannels;
let tabs: Tab[];

interface Tab {
  stream: SharedStream;
  frames: Frame[];
  ids(): (number | null)[];
  resets(): number;
  freeze(): void;
}

beforeEach(async () => {
  server = await FakeServer.start();
  locks = new FakeLocks();
  channels = new FakeChannels();
  tabs = [];
});

afterEach(async () => {
  for (const tab of tabs) tab.stream.stop();
  await server.stop();
});

function openTab(from?: number, options: Partial<SharedStreamOptions> = {}, token = "t"): Tab {
  const client = new SapaClient({ baseUrl: server.baseUrl, token });
  let channel: TabChannel | null = null;
  const stream = new SharedStream({
    client,
    scope: "u1",
    random: () => 0.5,
    locks,
    channel: (name) => (channel = channels.make(name)),
    ...options,
  });
  const frames: Frame[] = [];
  let resets = 0;
  stream.on("frame", (each) => frames.push(each));
  stream.on("reset", () => resets++);
  stream.start(from);
  const tab = {
    stream,
    frames,
    ids: () => frames.filter((each) => each.type === "message").map((each) => each.id),
    resets: () => resets,
    freeze: () => void (channel && channels.frozen.add(channel)),
  };
  tabs.push(tab);
  return tab;
}

const isOpen = (tab: { stream: SharedStream }) => tab.stream.state.status === "open";
const write = (text: string) => server.publish("message", server.addMessage(text));

describe("a stream that tabs share", () => {
  it("opens one connection for eight tabs, and all of them hear everything once", async () => {
    for (let i = 0; i < 8; i++) openTab();
    await until(() => tabs.every(isOpen), "eight open tabs");
    write("a");
    write("b");
    await until(() => tabs.every((tab) => tab.ids().length === 2));
    expect(tabs.map((tab) => tab.ids())).toEqual(Array(8).fill([1, 2]));
    expect(server.count("GET /api/chat/sse")).toBe(1);
    expect(tabs.filter((tab) => tab.stream.isLeader)).toHaveLength(1);
  });

  it("gives every tab a connected frame first", async () => {
    const leader = openTab();
    await until(() => isOpen(leader));
    const late = openTab();
    await until(() => isOpen(late));
    expect(late.frames.map((each) => each.type)).toEqual(["connected"]);
  });

  it("catches a late tab up from where its own page was loaded", async () => {
    const leader = openTab();
    await until(() => isOpen(leader));
    write("1");
    write("2");
    write("3");
    await until(() => leader.ids().length === 3);
    const late = openTab(1);
    await until(() => late.ids().length === 2);
    expect(late.ids()).toEqual([2, 3]);
    expect(late.resets()).toBe(0);
  });

  it("tells a late tab to load anew when what it missed is not at hand", async () => {
    for (let i = 0; i < 4; i++) write(String(i));
    const leader = openTab();
    await until(() => isOpen(leader));
    const late = openTab(1);
    await until(() => late.resets() === 1);
    expect(late.stream.lastEventId).toBe(4);
  });

  it("tells a late tab who is online", async () => {
    const leader = openTab();
    await until(() => isOpen(leader));
    server.raw(`data: ${JSON.stringify({ type: "presence", data: { userId: 9, status: "online" } })}\n\n`);
    await until(() => leader.frames.some((each) => each.type === "presence"));
    const late = openTab();
    await until(() => late.frames.some((each) => each.type === "presence"));
  });

  it("goes on when the leader closes: nothing lost, nothing twice", async () => {
    const first = openTab();
    await until(() => isOpen(first));
    const second = openTab();
    const third = openTab();
    await until(() => tabs.every(isOpen));
    write("before");
    await until(() => third.ids().length === 1);
    first.stream.stop();
    write("between");
    await until(() => second.stream.isLeader || third.stream.isLeader, "a new leader");
    await until(() => second.ids().length === 2 && third.ids().length === 2);
    write("after");
    await until(() => third.ids().length === 3 && second.ids().length === 3);
    expect(second.ids()).toEqual([1, 2, 3]);
    expect(third.ids()).toEqual([1, 2, 3]);
    expect(third.resets() + second.resets()).toBe(0);
    expect(server.count("GET /api/chat/sse")).toBe(2);
  });

  it("takes over from a leader that is frozen", async () => {
    const frozen = openTab();
    await until(() => isOpen(frozen));
    const other = openTab(undefined, { leaderSilenceMs: 60 });
    await until(() => isOpen(other));
    frozen.freeze();
    await until(() => other.stream.isLeader, "the take-over");
    await until(() => !frozen.stream.isLeader);
    write("x");
    await until(() => other.ids().length === 1);
  });

  it("lets another tab lead when one's token is refused", async () => {
    server.script("GET /api/chat/sse", (request, response) => {
      if (request.headers.authorization === "Bearer old") json(response, 401, {});
      else server.stream(request, response);
    });
    const old = openTab(undefined, {}, "old");
    const fresh = openTab(undefined, {}, "fresh");
    await until(() => isOpen(fresh));
    expect(fresh.stream.isLeader).toBe(true);
    await until(() => isOpen(old), "the tab with the old token listens to the other");
  });

  it("keeps scopes apart", async () => {
    const mine = openTab();
    const theirs = openTab(undefined, { scope: "u2" });
    await until(() => isOpen(mine) && isOpen(theirs));
    expect(server.count("GET /api/chat/sse")).toBe(2);
  });

  it("keeps a stream of its own where tabs cannot talk", async () => {
    const one = openTab(undefined, { locks: null });
    const two = openTab(undefined, { channel: null });
    await until(() => isOpen(one) && isOpen(two));
    write("x");
    await until(() => one.ids().length === 1 && two.ids().length === 1);
    expect(server.count("GET /api/chat/sse")).toBe(2);
  });

  it("tells all tabs when the server says reset", async () => {
    const leader = openTab();
    await until(() => isOpen(leader));
    const other = openTab();
    await until(() => isOpen(other));
    for (let i = 0; i < 3; i++) write(String(i));
    await until(() => other.ids().length === 3);
    server.oldest = 9;
    server.journal.push({ id: 9, type: "read", data: {} });
    server.cut();
    await until(() => leader.resets() === 1 && other.resets() === 1);
    write("again");
    await until(() => other.ids().at(-1) === 10 && leader.ids().at(-1) === 10);
  });
});
