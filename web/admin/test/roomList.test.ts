import { describe, expect, it } from "vitest";
import { EVERYTHING } from "../src/state/filter.ts";
import { RoomList } from "../src/state/roomList.ts";
import { message, room, time } from "./people.ts";

const ME = 2001;
const ids = (list: RoomList) => list.view.rooms.map((one) => one.id);

function listOf(...rooms: ReturnType<typeof room>[]): RoomList {
  const list = new RoomList(ME);
  list.reset(EVERYTHING, rooms, false);
  return list;
}

describe("the list under live events", () => {
  it("puts the room of a new message on top and counts it as unread", () => {
    const list = listOf(room(3), room(2), room(1));
    list.applyMessage(message(50, { chatRoomId: 1, senderId: 1001, createdAt: time(90) }));
    expect(ids(list)).toEqual([1, 3, 2]);
    expect(list.get(1)).toMatchObject({
      unreadCount: 1,
      isRead: false,
      lastMessage: "text 50",
      lastActivity: time(90),
    });
  });

  it("does not count an admin's message as unread", () => {
    const list = listOf(room(1));
    list.applyMessage(message(50, { chatRoomId: 1, senderId: ME, createdAt: time(90) }));
    expect(list.get(1)?.unreadCount).toBe(0);
  });

  it("counts a message once when the loaded page already has it", () => {
    const list = listOf(room(1, { lastMessage: "text 50", lastActivity: time(90), unreadCount: 1 }));
    list.applyMessage(message(50, { chatRoomId: 1, createdAt: time(90) }));
    expect(list.get(1)?.unreadCount).toBe(1);
  });

  it("says so when the room of a message is not known", () => {
    expect(listOf(room(1)).applyMessage(message(50, { chatRoomId: 9 }))).toBe(false);
  });

  it("takes a room out when it no longer passes the filter, and back in when it does", () => {
    const list = new RoomList(ME);
    list.reset({ ...EVERYTHING, status: ["OPEN"] }, [room(2), room(1)], false);
    list.upsert(room(2, { status: "RESOLVED" }));
    expect(ids(list)).toEqual([1]);
    list.upsert(room(2));
    expect(ids(list)).toEqual([2, 1]);
  });

  it("follows an assignment under the filter Me", () => {
    const list = new RoomList(ME);
    list.reset({ ...EVERYTHING, assignee: "me" }, [room(1, { adminId: ME })], false);
    list.upsert(room(2, { adminId: ME }));
    list.upsert(room(1, { adminId: 2002 }));
    expect(ids(list)).toEqual([2]);
  });

  it("keeps urgent rooms on top in the order by priority", () => {
    const list = new RoomList(ME);
    list.reset({ ...EVERYTHING, sort: "priority" }, [room(2, { priority: "HIGH" }), room(3)], false);
    list.upsert(room(1, { priority: "URGENT" }));
    list.applyMessage(message(70, { chatRoomId: 3, createdAt: time(99) }));
    expect(ids(list)).toEqual([1, 2, 3]);
  });

  it("shows a new object after a change and the same one without", () => {
    const list = listOf(room(1));
    const before = list.view;
    expect(list.view).toBe(before);
    list.upsert(room(2));
    expect(list.view).not.toBe(before);
  });
});

describe("the list and its pages", () => {
  it("hides a room below the last loaded row until its page comes", () => {
    const list = new RoomList(ME);
    list.reset(EVERYTHING, [room(9), room(8)], true);
    list.upsert(room(3));
    expect(ids(list)).toEqual([9, 8]);
    list.append([room(7), room(3)], false);
    expect(ids(list)).toEqual([9, 8, 7, 3]);
  });

  it("shows a room once that moved up between two pages", () => {
    const list = new RoomList(ME);
    list.reset(EVERYTHING, [room(9), room(8)], true);
    list.upsert(room(3, { lastActivity: time(100), updatedAt: time(100) }));
    list.append([room(7), room(3)], false);
    expect(ids(list)).toEqual([3, 9, 8, 7]);
  });

  it("keeps what a live event told when an older page arrives later", () => {
    const list = listOf(room(1, { unreadCount: 1 }));
    list.applyMessage(message(50, { chatRoomId: 1, createdAt: time(90) }));
    list.reset(EVERYTHING, [room(1, { unreadCount: 1 })], false);
    expect(list.get(1)?.unreadCount).toBe(2);
  });

  it("leaves it to the server whether a live room belongs to a search", () => {
    const list = new RoomList(ME);
    list.reset({ ...EVERYTHING, search: "resi" }, [room(2)], false);
    list.upsert(room(5));
    expect(ids(list)).toEqual([2]);
    expect(list.isOutsideSearch(5)).toBe(true);
    list.upsert(room(2, { status: "CLOSED" }));
    expect(ids(list)).toEqual([2]);
  });

  it("stays ordered and free of doubles under many random events", () => {
    const list = new RoomList(ME);
    list.reset(
      EVERYTHING,
      Array.from({ length: 200 }, (_, n) => room(200 - n)),
      false,
    );
    let seed = 7;
    const random = (below: number) => (seed = (seed * 48271) % 2147483647) % below;
    for (let n = 0; n < 2000; n++)
      list.applyMessage(message(1000 + n, { chatRoomId: 1 + random(200), createdAt: time(1000 + random(50)) }));
    const shown = list.view.rooms;
    expect(new Set(shown.map((one) => one.id)).size).toBe(200);
    for (const [n, one] of shown.entries())
      if (n > 0) expect(shown[n - 1]!.lastActivity >= one.lastActivity).toBe(true);
  });
});
