/** What the widget does: it opens conversations, sends, and keeps the state true to the server. */
import { SapaError, type Message, type OutboxItem, type OutboxSent, type Priority } from "../../shared/index.ts";
import { isVisible, watchSurroundings } from "../../shared/surroundings.ts";
import type { PanelHost } from "../api.ts";
import { readGuest, readPreferences, writeGuest, writeKnown, writePreferences } from "../stored.ts";
import { Alerts } from "./alerts.ts";
import { Draft } from "./draft.ts";
import { FrameReader } from "./frames.ts";
import { History, PAGE } from "./history.ts";
import { Session, type GuestDetails } from "./session.ts";
import { Store, currentRoom, unreadOf, type State } from "./state.ts";
import { merge, update } from "./thread.ts";
import { OthersTyping, OwnTyping } from "./typing.ts";

export interface FirstMessage extends GuestDetails {
  message: string;
  subject?: string;
  priority?: Priority;
}

export class Controller {
  readonly store: Store;
  readonly host: PanelHost;
  readonly alerts = new Alerts();
  readonly draft: Draft;
  readonly history: History;
  readonly ownTyping = new OwnTyping(() => this.session.client);
  readonly othersTyping = new OthersTyping(() => this.showTyping());
  session!: Session;
  /** Whether the newest message is on the screen. */
  isAtBottom = true;
  readonly #frames: FrameReader;
  #hasAsked = false;
  #reading: ReturnType<typeof setTimeout> | undefined;
  #unread = -1;

  constructor(host: PanelHost) {
    this.host = host;
    const { isMuted = false } = readPreferences(host.settings.baseUrl);
    this.alerts.isMuted = isMuted;
    this.store = new Store(emptyState(host.locale, isMuted));
    this.#frames = new FrameReader(this);
    this.history = new History(this, this.#frames);
    this.draft = new Draft(host.settings.baseUrl, () => !this.session.isVisitor);
    watchSurroundings({ visible: () => this.readSoon() });
    window.addEventListener("storage", () => {
      const guest = this.session.isVisitor ? readGuest(host.settings.baseUrl) : null;
      if (guest) this.session.adopt(guest);
    });
    this.begin();
  }

  get state(): State {
    return this.store.state;
  }

  /** Starts as whoever the settings name now. */
  begin(): void {
    this.session?.end();
    this.#frames.restart();
    const session = this.session = new Session(this.host.settings, () => this.#becameSomebody());
    const { isOpen, locale, isMuted, limits } = this.state;
    this.store.set({ ...emptyState(locale, isMuted), isOpen, limits, me: session.me, isVisitor: session.isVisitor });
    session.outbox.on("change", (pending) => this.store.set({ pending }));
    session.outbox.on("sent", (sent) => this.#sent(sent));
    session.outbox.start();
    this.#hasAsked = false;
    if (session.isVisitor) this.#setUnread(0);
    else this.#listen();
    if (isOpen) void this.#welcome();
  }

  open(): void {
    this.store.set({ isOpen: true });
    if (!this.#hasAsked) void this.#welcome();
    this.readSoon();
  }

  close(): void {
    this.ownTyping.stopped();
    this.store.set({ isOpen: false, firstUnreadId: null });
  }

  setToken(token: string): void {
    const before = this.session.me;
    const { settings } = this.host;
    settings.token = token;
    const next = new Session(settings, () => {});
    if (before !== null && next.me === before && !this.session.isGuest) {
      this.session.client.setToken(token);
      this.session.stream?.reconnect();
      for (const item of this.session.outbox.items) {
        if (item.error === "unauthenticated") this.session.outbox.retry(item.key);
      }
    } else this.begin();
  }

  logout(): void {
    for (const item of this.session.outbox.items) this.session.outbox.discard(item.key);
    this.begin();
  }

  setLocale(locale: string): void {
    this.store.set({ locale });
  }

  chooseLocale(locale: string): void {
    writePreferences(this.host.settings.baseUrl, { isMuted: this.alerts.isMuted, locale });
    this.host.setLocale(locale);
  }

  toggleMuted(): void {
    const isMuted = this.alerts.isMuted = !this.alerts.isMuted;
    writePreferences(this.host.settings.baseUrl, { ...readPreferences(this.host.settings.baseUrl), isMuted });
    this.store.set({ isMuted });
    this.alerts.beep();
  }

  begun(first: FirstMessage): void {
    const { message, subject, priority, ...details } = first;
    this.session.details = details;
    this.store.set({ screen: "chat", roomId: null, messages: [], hasOlder: false, replyTo: null, firstUnreadId: null });
    this.session.outbox.enqueue({ roomId: null, message, ...(subject ? { subject } : {}), ...(priority ? { priority } : {}) });
  }

  send(message: string): void {
    const { replyTo, roomId } = this.state;
    this.ownTyping.sent();
    this.store.set({ replyTo: null, firstUnreadId: null });
    this.isAtBottom = true;
    this.session.outbox.enqueue({ roomId, message, ...(replyTo ? { replyToId: replyTo.id } : {}) });
    if (this.state.isDetached) void this.history.newest();
  }

  retry(item: OutboxItem): void {
    this.session.outbox.retry(item.key);
  }

  discard(item: OutboxItem): void {
    this.session.outbox.discard(item.key);
    if (this.state.roomId === null && !this.state.pending.length) this.newConversation();
  }

  /** From the list into a conversation. */
  enter(roomId: number): Promise<void> | void {
    if (this.state.roomId === roomId && !this.state.isDetached) {
      this.store.set({ screen: "chat" });
      return this.readSoon();
    }
    return this.history.open(roomId);
  }

  tryAgain(): void {
    this.store.set({ screen: "loading" });
    if (this.session.isVisitor) void this.#welcome();
    else {
      this.session.stream?.reconnect();
      void this.history.reload();
    }
  }

  newConversation(): void {
    this.store.set({ screen: "form", roomId: null, messages: [], replyTo: null });
  }

  showList(): void {
    this.ownTyping.stopped();
    this.store.set({ screen: "list" });
  }

  async react(message: Message, emoji: string): Promise<void> {
    const { client } = this.session;
    const isMine = message.reactions.some((each) => each.emoji === emoji && each.userIds.includes(this.state.me ?? 0));
    await this.#change(isMine ? client.removeReaction(message.id, emoji) : client.addReaction(message.id, emoji));
  }

  async remove(message: Message): Promise<void> {
    await this.#change(this.session.client.deleteMessage(message.id));
  }

  setRooms(rooms: State["rooms"]): void {
    const sorted = [...rooms].sort((a, b) => b.lastActivity.localeCompare(a.lastActivity));
    this.store.set({ rooms: sorted });
    this.#setUnread(unreadOf(sorted));
  }

  showTyping(): void {
    this.store.set({ typing: this.othersTyping.in(this.state.roomId) });
  }

  /** Somebody who looks at the newest message has read it. */
  readSoon(): void {
    this.#reading ??= setTimeout(() => {
      this.#reading = undefined;
      void this.#read();
    }, 250);
  }

  fail(error: unknown, session = this.session): void {
    if (session !== this.session) return;
    const is401 = error instanceof SapaError && error.status === 401;
    if (is401 && session.isGuest) {
      // The guest's token no longer counts: begin anew as a visitor.
      writeGuest(this.host.settings.baseUrl, null);
      writeKnown(this.host.settings.baseUrl, null);
      return this.begin();
    }
    this.host.emit("error", error instanceof Error ? error : new Error(String(error)));
    if (this.state.screen === "loading") this.store.set({ screen: is401 ? "sign-in" : "failed" });
  }

  #becameSomebody(): void {
    this.store.set({ isVisitor: false, me: this.session.me });
    this.#listen();
  }

  #listen(): void {
    const { session } = this;
    const { stream } = session;
    if (!stream) return;
    stream.on("frame", (frame) => session === this.session && this.#frames.read(frame));
    stream.on("state", (connection) => {
      if (session !== this.session) return;
      this.store.set({ connection });
      if (connection.status === "failed") this.fail(connection.error, session);
    });
    stream.start();
    // Not held up by a stream that cannot connect: history shows even then.
    setTimeout(() => session === this.session && this.state.screen === "loading" && void this.history.reload(), 1_500);
  }

  /** How long a message may be; and for a visitor, whether guests may write here at all. */
  async #welcome(): Promise<void> {
    const { session } = this;
    this.#hasAsked = true;
    try {
      const { guests, limits } = await session.client.config();
      if (session !== this.session) return;
      this.store.set({ limits: { message: limits.messageChars, subject: limits.subjectChars } });
      if (!session.isVisitor) return;
      const next = this.state.pending.length ? "chat" : "form";
      this.store.set({ screen: guests.enabled ? next : "sign-in" });
    } catch (error) {
      this.#hasAsked = false;
      if (session.isVisitor) this.fail(error, session);
    }
  }

  #sent({ item, message, room }: OutboxSent): void {
    this.session.remember();
    if (room) {
      const { messages, ...bare } = room;
      this.setRooms([bare, ...this.state.rooms.filter((each) => each.id !== room.id)]);
      if (this.state.roomId === null && this.state.screen === "chat") {
        this.session.me ??= room.userId;
        this.store.set({ roomId: room.id, me: this.session.me, messages: merge([], messages), hasOlder: messages.length >= PAGE });
      }
    }
    if (this.state.roomId === (item.roomId ?? room?.id) && !this.state.isDetached) {
      this.store.set({ messages: merge(this.state.messages, [message]) });
    }
  }

  async #change(call: Promise<Message>): Promise<void> {
    try {
      this.store.set({ messages: update(this.state.messages, await call) });
    } catch (error) {
      this.host.emit("error", error as Error);
    }
  }

  async #read(): Promise<void> {
    const { isOpen, screen, roomId, messages } = this.state;
    const room = currentRoom(this.state);
    if (!isOpen || screen !== "chat" || !room?.unreadCount || !isVisible() || !this.isAtBottom) return;
    const last = messages.findLast((each) => each.senderId !== this.state.me);
    if (!last || roomId === null) return;
    try {
      const mark = await this.session.client.markRead(roomId, last.id);
      this.setRooms(this.state.rooms.map((each) => (each.id === roomId ? { ...each, unreadCount: mark.unreadCount } : each)));
    } catch {
      // Told again with the next message or the next look.
    }
  }

  #setUnread(count: number): void {
    if (count === this.#unread) return;
    this.#unread = count;
    this.host.setUnread(count);
    this.alerts.count(count);
  }
}

function emptyState(locale: string, isMuted: boolean): State {
  return {
    isOpen: false, locale, screen: "loading", isVisitor: true, me: null,
    limits: { message: 4_000, subject: 200 },
    rooms: [], roomId: null, messages: [], hasOlder: false, isLoadingOlder: false, isDetached: false,
    newCount: 0, firstUnreadId: null, pending: [], replyTo: null, typing: [], online: [],
    connection: { status: "idle", attempt: 0, retryInMs: null, error: null }, isMuted,
  };
}
