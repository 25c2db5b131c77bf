/** Loads conversations, and keeps what the stream says meanwhile. */
import type { Message } from "../../shared/index.ts";
import type { Controller } from "./controller.ts";
import type { FrameReader } from "./frames.ts";
import type { Session } from "./session.ts";
import type { State } from "./state.ts";
import { merge } from "./thread.ts";

/** The newest page of a room, as the server cuts it. */
export const PAGE = 50;

export class History {
  readonly #to: Controller;
  readonly #frames: FrameReader;

  constructor(controller: Controller, frames: FrameReader) {
    this.#to = controller;
    this.#frames = frames;
  }

  /** Loads rooms and the conversation anew; what the stream says meanwhile is merged in. */
  async reload(): Promise<void> {
    const { session } = this.#to;
    try {
      const rooms = await this.#loadRooms(session);
      if (session !== this.#to.session) return;
      this.#to.setRooms(rooms);
      if (rooms.length) session.remember();
      const { screen, roomId } = this.#to.state;
      const isNew = screen === "loading" || screen === "failed" || screen === "sign-in";
      if (roomId !== null) await this.open(roomId, screen === "list" ? "list" : "chat");
      else if (isNew && rooms[0]) await this.open(rooms[0].id);
      else if (isNew) this.#to.store.set({ screen: this.#to.state.pending.length ? "chat" : "form" });
    } catch (error) {
      this.#to.fail(error, session);
    }
  }

  async open(roomId: number, screen: "chat" | "list" = "chat"): Promise<void> {
    const { session } = this.#to;
    const isOther = this.#to.state.roomId !== roomId;
    if (isOther) this.#to.store.set({ roomId, messages: [], replyTo: null, newCount: 0, typing: [], screen: "loading", isDetached: false });
    this.#frames.hold(roomId);
    try {
      const { messages, lastEventId, ...room } = await session.client.getRoom(roomId);
      if (session !== this.#to.session || this.#to.state.roomId !== roomId) return;
      this.#frames.loaded(roomId, lastEventId ?? 0);
      const isWhole = isOther || this.#to.isAtBottom || !overlap(this.#to.state.messages, messages);
      session.me ??= room.userId;
      session.outbox.userId ??= room.userId;
      session.outbox.observe(messages);
      const unread = messages.find((each) => each.senderId !== session.me && !each.isRead);
      this.#to.store.set({
        me: session.me,
        messages: isWhole ? messages : merge(this.#to.state.messages, messages),
        hasOlder: isWhole ? messages.length >= PAGE : this.#to.state.hasOlder,
        screen,
        isDetached: false,
        newCount: 0,
        firstUnreadId: isOther || !this.#to.state.isOpen ? unread?.id ?? null : this.#to.state.firstUnreadId,
      });
      this.#to.setRooms([room, ...this.#to.state.rooms.filter((each) => each.id !== roomId)]);
      this.#to.showTyping();
    } catch (error) {
      this.#to.fail(error, session);
    } finally {
      if (session === this.#to.session) this.#frames.release(roomId);
    }
    this.#to.readSoon();
  }

  async older(): Promise<void> {
    const { roomId, messages, hasOlder, isLoadingOlder } = this.#to.state;
    const oldest = messages[0];
    if (roomId === null || !hasOlder || isLoadingOlder || !oldest) return;
    this.#to.store.set({ isLoadingOlder: true });
    try {
      const page = await this.#to.session.client.listMessages(roomId, { before: oldest.id, limit: PAGE });
      if (this.#to.state.roomId !== roomId) return;
      this.#to.store.set({ messages: merge(this.#to.state.messages, page.items), hasOlder: page.items.length >= PAGE });
    } catch (error) {
      this.#to.host.emit("error", error as Error);
    } finally {
      this.#to.store.set({ isLoadingOlder: false });
    }
  }

  /** Back to the newest message, loading it if it was let go. */
  async newest(): Promise<void> {
    this.#to.isAtBottom = true;
    const { isDetached, roomId } = this.#to.state;
    if (isDetached && roomId !== null) await this.open(roomId);
    this.#to.store.set({ newCount: 0 });
    this.#to.readSoon();
  }

  /** A list that a message has overtaken counts it wrongly, so it is asked for again. */
  async #loadRooms(session: Session): Promise<State["rooms"]> {
    for (let tries = 0; ; tries++) {
      const { messageCount } = this.#frames;
      const { items } = await session.client.listRooms({ limit: 20 });
      if (messageCount === this.#frames.messageCount || tries === 3) return items;
    }
  }
}

function overlap(list: readonly Message[], news: readonly Message[]): boolean {
  const last = list.at(-1)?.id ?? 0;
  return news.some((each) => each.id === last);
}
