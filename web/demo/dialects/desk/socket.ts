/** The desk dialect as a service: one socket, typed calls, typed events. */
import { io, type Socket } from "socket.io-client";
import { namespaceOr, transports, type Failure } from "../connection.ts";

const ANSWER_MS = 10_000;

export type Role = "CUSTOMER" | "ADMIN";

export interface Conversation {
  id: number;
  userId: number;
  user: { id: number; name: string | null; email: string | null };
  status: "OPEN" | "PENDING" | "CLOSED";
  unreadCount: number;
  lastMessage: string | null;
  updatedAt: string;
}

export interface Message {
  id: number;
  conversationId: number;
  sender: Role;
  senderId: number;
  senderName: string | null;
  content: string;
  isRead: boolean;
  createdAt: string;
  conversation?: Conversation;
}

interface ServerEvents {
  "message:received": (message: Message) => void;
  "message:updated": (message: Message) => void;
  "messages:read": (mark: { conversationId: number; userId: number; lastReadMessageId: number }) => void;
  "message:error": (failure: Failure) => void;
  "conversation:updated": (conversation: Conversation) => void;
  "admin:online": () => void;
  "user:online": (person: { userId: number; role: Role }) => void;
  "user:offline": (person: { userId: number; role: Role }) => void;
}

type Answer<T> = (answer: T | Failure) => void;

interface ClientEvents {
  "user:join": (who: { userId: number; userName: string; role: Role }, done?: Answer<object>) => void;
  "message:send": (message: { conversationId?: number; message: string; sender: Role }, done: Answer<Message>) => void;
  "admin:getConversations": (nothing: object, done: Answer<Conversation[]>) => void;
  "conversation:getMessages": (wanted: { conversationId: number }, done: Answer<Message[]>) => void;
}

/** A refusal, with the server's code. */
export class Refused extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

export class ChatService {
  readonly socket: Socket<ServerEvents, ClientEvents>;
  readonly #role: Role;

  /** Connects as a person, and says who that is at every connection. */
  constructor(token: string, user: { userId: number; userName: string; role: Role }) {
    this.#role = user.role;
    this.socket = io(namespaceOr("/desk"), {
      auth: { token },
      transports: ["websocket", "polling"],
      ...transports(),
      reconnection: true,
      reconnectionDelay: 1000,
    });
    this.socket.on("connect", () => this.socket.emit("user:join", user));
  }

  /** A customer's first message needs no conversation: it makes one. */
  async send(text: string, conversationId: number | null): Promise<Message> {
    const message = { message: text, sender: this.#role, ...(conversationId === null ? {} : { conversationId }) };
    return answered(await this.socket.timeout(ANSWER_MS).emitWithAck("message:send", message));
  }

  async conversations(): Promise<Conversation[]> {
    return answered(await this.socket.timeout(ANSWER_MS).emitWithAck("admin:getConversations", {}));
  }

  /** The newest messages, oldest first. Whoever asks has read them. */
  async messages(conversationId: number): Promise<Message[]> {
    return answered(await this.socket.timeout(ANSWER_MS).emitWithAck("conversation:getMessages", { conversationId }));
  }

  close(): void {
    this.socket.close();
  }
}

function answered<T>(answer: T | Failure): T {
  const refusal = answer as Partial<Failure>;
  if (refusal.success === false) throw new Refused(answer as Failure);
  return answer as T;
}
