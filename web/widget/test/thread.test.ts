import { describe, expect, it } from "vitest";
import type { Message, OutboxItem } from "../../shared/index.ts";
import { day } from "../panel/i18n/index.ts";
import { KEPT, markRead, merge, toRows, trim, update } from "../panel/thread.ts";

const ME = 1;

function message(id: number, more: Partial<Message> = {}): Message {
  const senderId = more.senderId ?? ME;
  return {
    id, chatRoomId: 7, senderId, sender: { id: senderId, name: null, role: "USER" }, message: `m${id}`,
    messageType: "TEXT", isRead: false, replyToId: null, reactions: [], deletedAt: null,
    createdAt: new Date(2026, 10, 21, 9, 0, id).toISOString(), ...more,
  };
}

function pending(key: string, more: Partial<OutboxItem> = {}): OutboxItem {
  return {
    key, roomId: 7, message: key, createdAt: new Date(2026, 10, 21, 9, 1).toISOString(),
    state: "queued", error: null, afterId: 0, matchedId: null, ...more,
  };
}

const kinds = (rows: ReturnType<typeof toRows>) => rows.map((row) => row.kind);

describe("merging", () => {
  it("keeps the order of the ids and replaces what is known", () => {
    const list = merge([message(2), message(4)], [message(3), message(1), message(4, { message: "new" })]);
    expect(list.map((each) => each.id)).toEqual([1, 2, 3, 4]);
    expect(list[3]?.message).toBe("new");
  });

  it("takes the same message twice for one", () => {
    expect(merge(merge([], [message(1)]), [message(1)])).toHaveLength(1);
  });

  it("updates only what is in the list", () => {
    expect(update([message(1)], message(2))).toEqual([message(1)]);
  });

  it("marks read what the other side has read, and no more", () => {
    const list = markRead([message(1), message(2, { senderId: 9 }), message(3), message(4)], 9, 3);
    expect(list.map((each) => each.isRead)).toEqual([true, false, true, false]);
  });

  it("stays bounded through a day of 20,000 messages", () => {
    let list: Message[] = [];
    let most = 0;
    for (let id = 1; id <= 20_000; id++) {
      list = trim(merge(list, [message(id)])).list;
      most = Math.max(most, list.length);
    }
    expect(most).toBeLessThanOrEqual(KEPT);
    expect(list.at(-1)?.id).toBe(20_000);
  });
});

describe("rows", () => {
  it("draws a line for each day", () => {
    const yesterday = message(1, { createdAt: new Date(2026, 10, 20, 23, 59).toISOString() });
    expect(kinds(toRows([yesterday, message(2)], [], ME, null))).toEqual(["day", "message", "day", "message"]);
  });

  it("groups one person's bubbles within five minutes", () => {
    const late = message(4, { createdAt: new Date(2026, 10, 21, 9, 20).toISOString() });
    const rows = toRows([message(1), message(2), message(3, { senderId: 9 }), late], [], ME, null)
      .flatMap((row) => (row.kind === "message" ? [[row.isFirst, row.isLast, row.isOwn]] : []));
    expect(rows).toEqual([[true, false, true], [false, true, true], [true, true, false], [true, true, true]]);
  });

  it("draws the line of the first unread message", () => {
    expect(kinds(toRows([message(1), message(2, { senderId: 9 })], [], ME, 2))).toEqual(["day", "message", "new", "message"]);
  });

  it("shows a pending message until the one that it became is there", () => {
    const gone = pending("a", { matchedId: 1 });
    expect(kinds(toRows([message(1)], [gone, pending("b")], ME, null))).toEqual(["day", "message", "pending"]);
    expect(kinds(toRows([], [gone], ME, null))).toEqual(["day", "pending"]);
  });
});

describe("days", () => {
  const now = new Date(2026, 10, 21, 8);
  it("are named in both languages", () => {
    expect(day("id", new Date(2026, 10, 21, 1).toISOString(), now)).toBe("Hari ini");
    expect(day("en", new Date(2026, 10, 20, 23).toISOString(), now)).toBe("Yesterday");
    expect(day("en", new Date(2025, 0, 2).toISOString(), now)).toMatch(/2025/);
    expect(day("id", new Date(2026, 2, 2).toISOString(), now)).not.toMatch(/2026/);
  });
});
