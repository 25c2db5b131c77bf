import { describe, expect, it } from "vitest";
import type { OutboxItem } from "../src/api.ts";
import { markRead, mergeMessages, replaceMessage, timeline } from "../src/state/conversation.ts";
import { message, time } from "./people.ts";

const CUSTOMER = 1001;
const ADMIN = 2001;
const ids = (messages: readonly { id: number }[]) => messages.map((one) => one.id);

describe("merging pages and live frames", () => {
  it("keeps each message once, by id", () => {
    const merged = mergeMessages(
      [message(3), message(4)],
      [message(1), message(2), message(3), message(4), message(5)],
    );
    expect(ids(merged)).toEqual([1, 2, 3, 4, 5]);
  });

  it("appends a newer one without touching the others", () => {
    const known = [message(1), message(2)];
    const merged = mergeMessages(known, [message(3)]);
    expect(merged[0]).toBe(known[0]);
    expect(ids(merged)).toEqual([1, 2, 3]);
  });

  it("puts one that comes late into its place", () => {
    expect(ids(mergeMessages([message(1), message(5)], [message(3)]))).toEqual([1, 3, 5]);
  });

  it("never brings back a deleted text nor an unread mark", () => {
    const known = [message(1, { deletedAt: time(9), message: "" }), message(2, { isRead: true })];
    const merged = mergeMessages(known, [message(1), message(2)]);
    expect(merged[0]).toMatchObject({ message: "", deletedAt: time(9) });
    expect(merged[1]!.isRead).toBe(true);
  });

  it("ignores an update of a message that is not loaded", () => {
    const known = [message(5)];
    expect(replaceMessage(known, message(2))).toBe(known);
  });
});

describe("read marks", () => {
  const messages = [
    message(1, { senderId: CUSTOMER }),
    message(2, { senderId: ADMIN }),
    message(3, { senderId: ADMIN }),
  ];

  it("of the customer cover the desk's messages up to the id", () => {
    const marked = markRead(messages, { userId: CUSTOMER, isCustomer: true }, CUSTOMER, 2);
    expect(marked.map((one) => one.isRead)).toEqual([false, true, false]);
  });

  it("of an admin cover the customer's messages", () => {
    const marked = markRead(messages, { userId: ADMIN, isCustomer: false }, CUSTOMER, 3);
    expect(marked.map((one) => one.isRead)).toEqual([true, false, false]);
  });

  it("that change nothing give the same list back", () => {
    expect(markRead(messages, { userId: CUSTOMER, isCustomer: true }, CUSTOMER, 1)).toBe(messages);
  });
});

describe("what is drawn", () => {
  it("groups messages of one person within five minutes", () => {
    const rows = timeline(
      [message(1), message(2), message(3, { senderId: ADMIN }), message(4, { senderId: ADMIN, createdAt: time(1000) })],
      [],
      null,
    );
    expect(rows.map((row) => row.kind === "message" && [row.startsGroup, row.endsGroup])).toEqual([
      [true, false],
      [false, true],
      [true, true],
      [true, true],
    ]);
  });

  it("stands a day line before the first message of each day only", () => {
    const rows = timeline([message(1), message(2), message(3, { createdAt: time(2 * 86_400) })], [], null);
    expect(rows.map((row) => row.day !== null)).toEqual([true, false, true]);
  });

  it("splits a group at the line of new messages", () => {
    const rows = timeline([message(1), message(2)], [], 2);
    expect(rows.map((row) => row.kind === "message" && [row.startsUnread, row.startsGroup, row.endsGroup])).toEqual([
      [false, true, true],
      [true, true, true],
    ]);
  });

  it("puts messages on their way at the end, under keys of their own", () => {
    const waiting: OutboxItem = {
      key: "k1",
      roomId: 1,
      message: "soon",
      createdAt: time(5),
      state: "sending",
      error: null,
      afterId: 2,
      matchedId: null,
    };
    expect(timeline([message(1), message(2)], [waiting], null).map((row) => row.key)).toEqual(["m1", "m2", "ok1"]);
  });
});
