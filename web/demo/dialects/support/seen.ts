/** What the support page shows, and what each event changes in it. */
import { upsert } from "../connection.ts";
import type { AdminNotification, Joined, Message, MessagesRead, Presence, Room, Typing } from "./wire.ts";

export interface Seen {
  /** An admin's list, newest first. */
  rooms: Room[];
  /** The room that is open. */
  room: Room | null;
  messages: Message[];
  /** Who types in the room, in a sentence. */
  typist: string;
  /** What has happened last, in a sentence. */
  notice: string;
  problem: string;
}

export const EMPTY: Seen = { rooms: [], room: null, messages: [], typist: "", notice: "", problem: "" };

/** One event, by what it is about. */
export type Change =
  | { rooms: Room[] }
  | { joined: Joined }
  | { message: Message }
  | { updated: Message }
  | { typing: Typing }
  | { read: MessagesRead }
  | { came: Presence }
  | { left: Presence }
  | { room: Room }
  | { news: AdminNotification }
  | { problem: string };

export function reduce(seen: Seen, change: Change): Seen {
  if ("rooms" in change) return { ...seen, rooms: change.rooms };
  if ("joined" in change) return join(seen, change.joined);
  if ("message" in change) return hear(seen, change.message);
  if ("updated" in change) return isOpen(seen, change.updated.room_id) ? keep(seen, change.updated) : seen;
  if ("typing" in change) return isOpen(seen, change.typing.roomId) ? watch(seen, change.typing) : seen;
  if ("read" in change) return isOpen(seen, change.read.roomId) ? mark(seen, change.read) : seen;
  if ("came" in change) return { ...seen, notice: `${partyOf(change.came)} is here.` };
  if ("left" in change) return { ...seen, notice: `${partyOf(change.left)} has left.` };
  if ("room" in change) return { ...seen, room: isOpen(seen, change.room.id) ? change.room : seen.room };
  if ("news" in change) return notify(seen, change.news);
  return { ...seen, problem: change.problem };
}

const isOpen = (seen: Seen, roomId: number) => seen.room?.id === roomId;
const keep = (seen: Seen, message: Message): Seen => ({ ...seen, messages: upsert(seen.messages, message) });
const partyOf = ({ userType }: Presence) => (userType === "admin" ? "The desk" : "The customer");

function watch(seen: Seen, { userName, isTyping }: Typing): Seen {
  return { ...seen, typist: isTyping ? `${userName ?? "Somebody"} is typing…` : "" };
}

function join(seen: Seen, { room, messages }: Joined): Seen {
  return { ...EMPTY, rooms: withRoom(seen.rooms, { ...room, unread_count: 0 }), room, messages };
}

function hear(seen: Seen, message: Message): Seen {
  if (isOpen(seen, message.room_id)) return { ...keep(seen, message), typist: "" };
  // An admin is notified of rooms; what is in none of them is an announcement to everybody.
  if (seen.rooms.some(({ id }) => id === message.room_id)) return seen;
  return { ...seen, notice: `${message.sender_name ?? "The desk"}: ${message.message}` };
}

/** Whoever reads has read what the other side wrote. */
function mark(seen: Seen, { userId, lastReadMessageId }: MessagesRead): Seen {
  const reader = userId === seen.room?.user_id ? "user" : "admin";
  return {
    ...seen,
    messages: seen.messages.map((each) =>
      each.sender_type !== reader && each.id <= lastReadMessageId ? { ...each, is_read: true } : each),
  };
}

function notify(seen: Seen, news: AdminNotification): Seen {
  if (news.type === "room_updated") {
    // What is on the screen is read, or will be in a moment.
    const room = isOpen(seen, news.roomId) ? { ...news.room, unread_count: 0 } : news.room;
    return { ...seen, rooms: withRoom(seen.rooms, room) };
  }
  const isElsewhere = !isOpen(seen, news.roomId);
  const rooms = seen.rooms.map((each) => (each.id === news.roomId ? {
    ...each, last_message: news.message, last_activity: news.timestamp,
    unread_count: isElsewhere ? each.unread_count + 1 : 0,
  } : each));
  return { ...seen, rooms, notice: isElsewhere ? `${news.userName ?? "A customer"} has written.` : seen.notice };
}

function withRoom(rooms: Room[], room: Room): Room[] {
  if (!rooms.some(({ id }) => id === room.id)) return [room, ...rooms];
  return rooms.map((each) => (each.id === room.id ? room : each));
}
