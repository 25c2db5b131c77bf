/** The shapes that the API speaks: rooms, messages and the frames of a stream. */

export type Role = "USER" | "ADMIN";
export type RoomStatus = "OPEN" | "CLOSED" | "RESOLVED";
export type Priority = "LOW" | "NORMAL" | "HIGH" | "URGENT";
export type MessageType = "TEXT" | "IMAGE" | "FILE";

/** A customer or an admin, as a room names them. */
export interface Person {
  id: number;
  name: string | null;
  email: string | null;
}

/** A person together with what they may do. */
export interface User extends Person {
  role: Role;
}

/** The caller. */
export interface Me extends User {
  /** When the token ends. */
  expiresAt: string | null;
}

/** Somebody a room can be assigned to. */
export interface Admin extends Person {
  online: boolean;
}

/** Who wrote a message. */
export interface Sender {
  id: number;
  name: string | null;
  role: Role;
}

/** One emoji under a message, in the order of first use. */
export interface Reaction {
  emoji: string;
  count: number;
  userIds: number[];
}

export interface Message {
  id: number;
  chatRoomId: number;
  senderId: number;
  sender: Sender;
  /** Empty when `deletedAt` is set. */
  message: string;
  messageType: MessageType;
  isRead: boolean;
  replyToId: number | null;
  reactions: Reaction[];
  deletedAt: string | null;
  createdAt: string;
}

export interface Room {
  id: number;
  userId: number;
  user: Person;
  adminId: number | null;
  admin: Person | null;
  status: RoomStatus;
  subject: string | null;
  priority: Priority;
  lastMessage: string | null;
  lastActivity: string;
  isRead: boolean;
  /** Unread by the caller. */
  unreadCount: number;
  createdAt: string;
  updatedAt: string;
}

/** A room with its newest messages, oldest first. */
export interface RoomWithMessages extends Room {
  messages: Message[];
  /** Where a stream that misses nothing after this answer begins. */
  lastEventId?: number;
}

export interface Stats {
  total: number;
  open: number;
  closed: number;
  resolved: number;
  unread: number;
  byPriority: Record<Priority, number>;
  unassigned: number;
  onlineAdmins: number;
}

export interface ReadMark {
  roomId: number;
  lastReadMessageId: number | null;
  unreadCount: number;
}

export interface ServerConfig {
  guests: { enabled: boolean };
  demo: { enabled: boolean };
  limits: { messageChars: number; subjectChars: number };
  version: string;
}

export interface GuestIdentity {
  token: string;
  user: User;
  expiresAt: string;
}

export interface DemoPerson {
  person: string;
  user: User;
}

/** One page of a list; `next` is the cursor of the following one. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface RoomQuery {
  status?: RoomStatus | readonly RoomStatus[];
  priority?: Priority | readonly Priority[];
  assignee?: "me" | "none" | number | readonly ("me" | "none" | number)[];
  /** One customer's rooms. */
  userId?: number;
  search?: string;
  sort?: "activity" | "priority";
  /** 1 to 100; 50 when absent. */
  limit?: number;
  cursor?: string;
}

export interface MessageQuery {
  before?: number;
  after?: number;
  /** 1 to 200; 50 when absent. */
  limit?: number;
}

export interface NewRoom {
  message: string;
  subject?: string;
  priority?: Priority;
}

export interface NewMessage {
  message: string;
  messageType?: MessageType;
  replyToId?: number;
}

export interface RoomChange {
  status?: RoomStatus;
  priority?: Priority;
  /** `null` unassigns. */
  adminId?: number | null;
}

export interface Connected {
  /** `null` on a stream of several rooms. */
  roomId: number | null;
  room: Room | null;
  replayed: number;
  /** The cursor could not be resumed: load everything anew. */
  reset?: boolean;
}

export interface Typing {
  roomId: number;
  userId: number;
  userName: string | null;
  role: Role;
  isTyping: boolean;
}

export interface Presence {
  userId: number;
  role: Role;
  status: "online" | "offline";
  lastSeen: string | null;
}

export interface ReadEvent {
  roomId: number;
  userId: number;
  lastReadMessageId: number;
}

/** An admin looks at a room (sent to other admins). */
export interface Viewing {
  roomId: number;
  userId: number;
  userName: string | null;
  isViewing: boolean;
}

/** What each type of frame carries. */
export interface FrameData {
  connected: Connected;
  message: Message;
  message_updated: Message;
  read: ReadEvent;
  room: Room;
  typing: Typing;
  presence: Presence;
  viewing: Viewing;
}

export type FrameType = keyof FrameData;

/** One frame of a stream. `id` is `null` for what is not kept (typing, presence, viewing). */
export type Frame = {
  [T in FrameType]: { id: number | null; type: T; data: FrameData[T] };
}[FrameType];
