/** What the direct page shows, and what each event changes in it. */
import { upsert, withNewer } from "../connection.ts";
import type { Conversation, Message, MessageRead, StatusUpdate, Typing } from "./wire.ts";

/** The conversation on the screen, and whom one writes to in it. */
export interface Open {
  conversation: Conversation;
  receiverId: number | null;
}

export interface Seen {
  conversations: Conversation[];
  open: Open | null;
  messages: Message[];
  /** Who types in the conversation, in a sentence. */
  typist: string;
  problem: string;
}

export const EMPTY: Seen = { conversations: [], open: null, messages: [], typist: "", problem: "" };

/** One event or answer, by what it is about. */
export type Change =
  | { conversations: Conversation[] }
  | { open: Open }
  | { history: Message[]; of: number }
  | { message: Message }
  | { deleted: number }
  | { typing: Typing }
  | { read: MessageRead }
  | { status: StatusUpdate }
  | { problem: string };

/** How the page of one person changes. */
export const reducerOf = (me: number) => (seen: Seen, change: Change): Seen => {
  if ("conversations" in change) return { ...seen, conversations: change.conversations };
  if ("open" in change) return { ...EMPTY, conversations: seen.conversations, open: change.open };
  if ("history" in change) return isOpen(seen, change.of) ? fill(seen, change.history) : seen;
  if ("message" in change) return isOpen(seen, change.message.conversationId) ? keep(seen, change.message) : seen;
  if ("deleted" in change) return remove(seen, change.deleted);
  if ("typing" in change) return isOpen(seen, change.typing.conversationId) ? watch(seen, change.typing) : seen;
  if ("read" in change) return isOpen(seen, change.read.conversationId) ? mark(seen, change.read, me) : seen;
  if ("status" in change) return greet(seen, change.status);
  return { ...seen, problem: change.problem };
};

const isOpen = (seen: Seen, id: number | null) => seen.open?.conversation.id === id;

function fill(seen: Seen, history: Message[]): Seen {
  return { ...seen, messages: withNewer(history, seen.messages) };
}

function watch(seen: Seen, { senderName, isTyping }: Typing): Seen {
  return { ...seen, typist: isTyping ? `${senderName ?? "Somebody"} is typing…` : "" };
}

function keep(seen: Seen, message: Message): Seen {
  return { ...seen, messages: upsert(seen.messages, message), typist: "" };
}

function remove(seen: Seen, deleted: number): Seen {
  const without = (each: Message) => (each.id === deleted ? { ...each, isDeleted: true, message: "" } : each);
  return { ...seen, messages: seen.messages.map(without) };
}

/** Whoever reads has read everything up to that message. */
function mark(seen: Seen, { messageId, readBy }: MessageRead, me: number): Seen {
  if (readBy === me) return seen;
  const isNews = (each: Message) => each.senderId === me && each.id <= messageId;
  return { ...seen, messages: seen.messages.map((each) => (isNews(each) ? { ...each, isRead: true } : each)) };
}

function greet(seen: Seen, { userId, isOnline, lastSeen }: StatusUpdate): Seen {
  const conversations = seen.conversations.map((each) =>
    each.participant?.id === userId ? { ...each, participant: { ...each.participant, isOnline, lastSeen } } : each);
  return { ...seen, conversations };
}
