/** What each frame of the stream changes. */
import type { Frame, Message, Presence, ReadEvent, Room } from "../../shared/index.ts";
import { isVisible } from "../../shared/surroundings.ts";
import type { Controller } from "./controller.ts";
import { KEPT, markRead, merge, trim, update } from "./thread.ts";

export class FrameReader {
  readonly #to: Controller;
  readonly #held = new Map<number, { loads: number; frames: Frame[] }>();
  /** Up to which event a room's loaded state already speaks. */
  /** How many messages came, ever. */
  messageCount = 0;
  #hasConnected = false;
  readonly #loadedAt = new Map<number, number>();

  constructor(controller: Controller) {
    this.#to = controller;
  }

  /** For another person everything begins anew. */
  restart(): void {
    this.#loadedAt.clear();
    this.#held.clear();
    this.#hasConnected = false;
  }

  /** A room is being loaded: what the stream tells of it meanwhile has to wait for the answer. */
  hold(roomId: number): void {
    const held = this.#held.get(roomId) ?? { loads: 0, frames: [] };
    held.loads++;
    this.#held.set(roomId, held);
  }

  /** The answer is in the state: what it does not know yet comes on top. */
  release(roomId: number): void {
    const held = this.#held.get(roomId);
    if (!held || --held.loads > 0) return;
    this.#held.delete(roomId);
    for (const frame of held.frames) this.read(frame);
  }

  loaded(roomId: number, eventId: number): void {
    this.#loadedAt.set(roomId, eventId);
  }

  read(frame: Frame): void {
    const held = this.#held.get(roomOf(frame) ?? 0);
    if (held) return void held.frames.push(frame);
    switch (frame.type) {
      case "connected": return this.#connected(frame.data.reset === true);
      case "message": return this.#message(frame.data, this.#isNews(frame.id, frame.data.chatRoomId));
      case "message_updated": return this.#updated(frame.id, frame.data);
      case "read": return this.#read(frame.id, frame.data);
      case "room": return this.#room(frame.id, frame.data);
      case "typing": return frame.data.userId === this.#to.state.me ? undefined : this.#to.othersTyping.heard(frame.data);
      case "presence": return this.#presence(frame.data);
      default: return;
    }
  }

  /** A resumed stream tells all that was missed; any other begins with loading. */
  #connected(isReset: boolean): void {
    const isResumed = this.#hasConnected && !isReset;
    this.#hasConnected = true;
    this.#to.store.set({ online: [] });
    if (!isResumed) void this.#to.history.reload();
  }

  #isNews(eventId: number | null, roomId: number): boolean {
    return (eventId ?? Infinity) > (this.#loadedAt.get(roomId) ?? 0);
  }

  #message(message: Message, isNews: boolean): void {
    const to = this.#to;
    const { state, session } = to;
    this.messageCount++;
    to.othersTyping.stopped(message.senderId);
    session.outbox.observe([message]);
    if (!isNews) return;
    const isOwn = message.senderId === state.me;
    if (message.chatRoomId === state.roomId) this.#append(message, isOwn);
    else if (!state.rooms.some((each) => each.id === message.chatRoomId)) void to.history.reload();
    this.#preview(message, isOwn);
    if (isOwn) return;
    to.host.emit("message", message);
    to.alerts.announce(message.id, state.isOpen && isVisible());
    to.readSoon();
  }

  #append(message: Message, isOwn: boolean): void {
    const to = this.#to;
    const { state } = to;
    const isBehind = !to.isAtBottom && !isOwn;
    const newCount = isBehind ? state.newCount + 1 : state.newCount;
    if (state.isDetached || (!to.isAtBottom && state.messages.length > 2 * KEPT)) {
      return to.store.set({ newCount, isDetached: true });
    }
    const merged = merge(state.messages, [message]);
    const { list, isTrimmed } = to.isAtBottom ? trim(merged) : { list: merged, isTrimmed: false };
    const isUnseen = !isOwn && (!state.isOpen || !isVisible());
    to.store.set({
      messages: list,
      newCount,
      hasOlder: state.hasOlder || isTrimmed,
      firstUnreadId: state.firstUnreadId ?? (isUnseen ? message.id : null),
    });
  }

  #preview(message: Message, isOwn: boolean): void {
    this.#to.setRooms(this.#to.state.rooms.map((room) => room.id !== message.chatRoomId ? room : {
      ...room,
      lastMessage: message.message,
      lastActivity: message.createdAt,
      unreadCount: room.unreadCount + (isOwn ? 0 : 1),
    }));
  }

  #updated(eventId: number | null, message: Message): void {
    if (message.chatRoomId !== this.#to.state.roomId || !this.#isNews(eventId, message.chatRoomId)) return;
    this.#to.store.set({ messages: update(this.#to.state.messages, message) });
  }

  #read(eventId: number | null, { roomId, userId, lastReadMessageId }: ReadEvent): void {
    if (!this.#isNews(eventId, roomId)) return;
    const { state, store } = this.#to;
    if (roomId === state.roomId) store.set({ messages: markRead(state.messages, userId, lastReadMessageId) });
    if (userId !== state.me) return;
    this.#to.setRooms(state.rooms.map((room) => (room.id === roomId ? { ...room, unreadCount: 0 } : room)));
  }

  #room(eventId: number | null, room: Room): void {
    if (!this.#isNews(eventId, room.id)) return;
    const { rooms } = this.#to.state;
    // The frame's own count may speak of messages that are still to come on the stream, and count again.
    const { unreadCount } = rooms.find((each) => each.id === room.id) ?? { unreadCount: 0 };
    this.#to.setRooms([{ ...room, unreadCount }, ...rooms.filter((each) => each.id !== room.id)]);
  }

  #presence({ userId, role, status }: Presence): void {
    if (role !== "ADMIN") return;
    const others = this.#to.state.online.filter((each) => each !== userId);
    this.#to.store.set({ online: status === "online" ? [...others, userId] : others });
  }
}

/** The room of a change that is kept; typing and presence pass at once. */
function roomOf(frame: Frame): number | null {
  switch (frame.type) {
    case "message":
    case "message_updated": return frame.data.chatRoomId;
    case "read": return frame.data.roomId;
    case "room": return frame.data.id;
    default: return null;
  }
}
