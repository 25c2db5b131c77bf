/** The rows and events of the support dialect, as this page reads them. */
export interface Room {
  id: number;
  user_id: number;
  user_name: string | null;
  admin_name: string | null;
  status: "active" | "resolved" | "closed";
  subject: string | null;
  last_message: string | null;
  last_activity: string;
  unread_count: number;
}

export interface Message {
  id: number;
  room_id: number;
  sender_id: number;
  sender_type: "user" | "admin";
  sender_name: string | null;
  message: string;
  is_read: boolean;
  deleted_at: string | null;
  created_at: string;
}

export interface Joined {
  roomId: number;
  room: Room;
  messages: Message[];
}

export interface Typing {
  roomId: number;
  userId: number;
  userName: string | null;
  isTyping: boolean;
}

export interface MessagesRead {
  roomId: number;
  userId: number;
  lastReadMessageId: number;
}

export interface Presence {
  userId: number;
  userType: "user" | "admin";
  lastSeen: string | null;
}

export type AdminNotification =
  | { type: "new_message"; roomId: number; userName: string | null; message: string; timestamp: string }
  | { type: "room_updated"; roomId: number; room: Room };
