/** A customer and the desk, over the desk dialect. */
import type { User } from "../../../shared/index.ts";
import { CONNECTING, explain, showEvents, upsert, watchLink } from "../connection.ts";
import { choosePerson, nameOf, type Session } from "../people.ts";
import { drawHead, drawLines, drawLink, drawNotice, drawProblem, drawRows, onWritten, showChat } from "../screen.ts";
import { ChatService, Refused, type Conversation, type Message, type Role } from "./socket.ts";

/** Where a customer's page keeps the number of the conversation, by person. */
const keptAt = (me: User) => `sapa-demo-desk-conversation-${me.id}`;

/** One person at this page, from signing in until somebody else does. */
class Page {
  readonly #me: User;
  readonly #role: Role;
  readonly #service: ChatService;
  readonly #online = new Set<number>();
  #conversations: Conversation[] = [];
  #open: number | null = null;
  #messages: Message[] = [];

  constructor({ token, me }: Session) {
    this.#me = me;
    this.#role = me.role === "ADMIN" ? "ADMIN" : "CUSTOMER";
    this.#service = new ChatService(token, { userId: me.id, userName: nameOf(me), role: this.#role });
    if (this.#role === "CUSTOMER") this.#open = Number(sessionStorage.getItem(keptAt(me))) || null;
    showChat(this.#role === "ADMIN");
    drawLink(CONNECTING);
    this.#listen();
    this.#draw();
  }

  async send(text: string): Promise<boolean> {
    drawProblem("");
    if (this.#role === "ADMIN" && this.#open === null) {
      drawProblem("Choose a conversation first.");
      return false;
    }
    return await this.#attempt(async () => this.#take(await this.#service.send(text, this.#open)));
  }

  close(): void {
    this.#service.close();
  }

  #listen(): void {
    const { socket } = this.#service;
    watchLink(socket, drawLink);
    showEvents(socket);
    socket.on("connect", () => void this.#attempt(() => this.#load()));
    socket.on("message:received", (message) => {
      this.#take(message);
      // Asking for the messages is how this dialect says that they are read.
      if (message.sender !== this.#role && message.conversationId === this.#open) {
        void this.#attempt(() => this.#show(message.conversationId));
      }
    });
    socket.on("message:updated", (message) => {
      if (message.conversationId === this.#open) this.#messages = upsert(this.#messages, message);
      this.#draw();
    });
    socket.on("messages:read", ({ conversationId, userId, lastReadMessageId }) => {
      if (conversationId !== this.#open) return;
      const reader = userId === this.#customer() ? "CUSTOMER" : "ADMIN";
      this.#messages = this.#messages.map((each) =>
        each.sender !== reader && each.id <= lastReadMessageId ? { ...each, isRead: true } : each);
      this.#draw();
    });
    socket.on("conversation:updated", (conversation) => this.#keep(conversation));
    socket.on("admin:online", () => drawNotice("The desk is online."));
    socket.on("user:online", ({ userId, role }) => {
      this.#online.add(userId);
      if (this.#role === "CUSTOMER" && role === "ADMIN") drawNotice("The desk is online.");
      this.#draw();
    });
    socket.on("user:offline", ({ userId }) => {
      this.#online.delete(userId);
      this.#draw();
    });
    socket.on("message:error", (failure) => drawProblem(explain(failure)));
  }

  /** What is there at a connection, the first or a later one. */
  async #load(): Promise<void> {
    if (this.#role === "ADMIN") this.#conversations = await this.#service.conversations();
    if (this.#open !== null) await this.#show(this.#open);
    this.#draw();
  }

  async #show(conversationId: number): Promise<void> {
    if (this.#open !== conversationId) this.#messages = [];
    this.#open = conversationId;
    const messages = await this.#service.messages(conversationId);
    if (this.#open !== conversationId) return;
    this.#messages = messages;
    this.#conversations = this.#conversations.map((each) =>
      each.id === conversationId ? { ...each, unreadCount: 0 } : each);
    this.#draw();
  }

  #take(message: Message): void {
    // An announcement to everybody stands in a conversation of the admin's own.
    if (message.sender === "ADMIN" && message.conversation?.userId === message.senderId) {
      return drawNotice(`${message.senderName ?? "The desk"}: ${message.content}`);
    }
    if (this.#role === "CUSTOMER") {
      this.#open = message.conversationId;
      sessionStorage.setItem(keptAt(this.#me), String(message.conversationId));
    }
    if (message.conversationId === this.#open) this.#messages = upsert(this.#messages, message);
    if (message.conversation) this.#keep(message.conversation);
    this.#draw();
  }

  #keep(told: Conversation): void {
    // What is on the screen is read, or will be in a moment.
    const conversation = told.id === this.#open ? { ...told, unreadCount: 0 } : told;
    this.#conversations = [conversation, ...this.#conversations.filter(({ id }) => id !== conversation.id)]
      .sort((a, b) => b.updatedAt.localeCompare(a.updatedAt));
    this.#draw();
  }

  /** Whose conversation is open. */
  #customer(): number | undefined {
    return this.#role === "CUSTOMER" ? this.#me.id : this.#conversations.find(({ id }) => id === this.#open)?.userId;
  }

  async #attempt(work: () => Promise<void> | void): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      drawProblem(error instanceof Refused ? explain(error.failure) : "The server has not answered.");
      return false;
    }
  }

  #draw(): void {
    const current = this.#conversations.find(({ id }) => id === this.#open);
    drawRows(this.#conversations.map((each) => ({
      key: each.id, title: nameOf(each.user), detail: each.lastMessage ?? "no message yet", unread: each.unreadCount,
      tag: each.status, isOnline: this.#online.has(each.userId),
    })), this.#open, (id) => void this.#attempt(() => this.#show(id)));
    const title = current ? nameOf(current.user) : "Choose a conversation";
    drawHead(this.#role === "ADMIN" ? title : "Kopi Sapa", current?.status ?? "");
    drawLines(this.#messages.map((each) => ({
      name: each.senderName ?? each.sender, isOwn: each.sender === this.#role, isRead: each.isRead,
      text: each.content, at: each.createdAt,
    })));
  }
}

let page: Page | null = null;
onWritten(async (text) => (await page?.send(text)) ?? false);
void choosePerson((session) => {
  page?.close();
  drawProblem("");
  drawNotice("");
  page = new Page(session);
});
