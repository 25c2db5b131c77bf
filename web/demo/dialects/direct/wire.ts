/** The rows and events of the direct dialect, as this page reads them. */
export interface Person {
  id: number;
  name: string | null;
  role: "user" | "admin";
  isOnline: boolean;
  lastSeen: string | null;
}

export interface Message {
  id: number;
  conversationId: number;
  senderId: number;
  senderName: string | null;
  senderRole: "user" | "admin";
  message: string;
  replyTo: number | null;
  isRead: boolean;
  isDeleted: boolean;
  isBroadcast: boolean;
  reactions: { emoji: string; count: number; userIds: number[] }[];
  createdAt: string;
}

export interface Conversation {
  id: number;
  type: "direct" | "support" | "broadcast";
  participant: Person | null;
  lastMessage: Message | null;
  lastMessageAt: string | null;
  unreadCount: number;
  status: "open" | "resolved" | "closed";
}

/** How a new or changed message arrives. */
export interface Told<T> {
  success: true;
  data: T;
}

export interface Typing {
  senderId: number;
  senderName: string | null;
  conversationId: number | null;
  isTyping: boolean;
}

export interface MessageRead {
  messageId: number;
  conversationId: number;
  readBy: number;
}

export interface StatusUpdate {
  userId: number;
  isOnline: boolean;
  lastSeen: string | null;
}
