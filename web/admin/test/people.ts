/** Rooms and messages for the tests, each with what matters to it. */
import type { Message, Room } from "../src/api.ts";

export function room(id: number, part: Partial<Room> = {}): Room {
  const at = part.lastActivity ?? time(id);
  return {
    id,
    userId: 1000 + id,
    user: { id: 1000 + id, name: `Customer ${id}`, email: null },
    adminId: null,
    admin: null,
    status: "OPEN",
    subject: null,
    priority: "NORMAL",
    lastMessage: "hello",
    lastActivity: at,
    isRead: true,
    unreadCount: 0,
    createdAt: at,
    updatedAt: at,
    ...part,
  };
}

export function message(id: number, part: Partial<Message> = {}): Message {
  const senderId = part.senderId ?? 1001;
  return {
    id,
    chatRoomId: 1,
    senderId,
    sender: { id: senderId, name: "Somebody", role: senderId > 2000 ? "ADMIN" : "USER" },
    message: `text ${id}`,
    messageType: "TEXT",
    isRead: false,
    replyToId: null,
    reactions: [],
    deletedAt: null,
    createdAt: time(id),
    ...part,
  };
}

/** The n-th second of a quiet day. */
export function time(seconds: number): string {
  return new Date(Date.UTC(2026, 10, 20, 8, 0, 0) + seconds * 1000).toISOString();
}
