/** Carries the frames of the stream to whom they concern, many at once when many come. */
import type { Frame, LiveStream, Message, Outbox, Room } from "../api.ts";
import { nameOf } from "../api.ts";
import { expire, nextExpiry, NOBODY, type People, setPresence, setTyping, setViewing } from "../state/people.ts";
import { Store } from "../state/store.ts";
import type { ConversationController } from "./conversationController.ts";
import type { ListController } from "./listController.ts";
import type { StatsController } from "./statsController.ts";

export interface Surroundings {
  readonly me: number;
  readonly list: ListController;
  readonly conversations: ConversationController;
  readonly stats: StatsController;
  readonly outbox: Pick<Outbox, "observe">;
  /** A message has come that was not known before. */
  readonly onMessage: (message: Message, room: Room | undefined) => void;
  /** A colleague came or went. */
  readonly onAdmin: (userId: number) => void;
  readonly onNewRoom: (room: Room) => void;
  readonly personNumber: (id: number) => string;
}

/** A single frame is drawn at once; of a burst, what came in this time is drawn together. */
const BREATH_MS = 120;

export class LiveFeed {
  readonly people = new Store<People>(NOBODY);
  private queue: Frame[] = [];
  private isScheduled = false;
  private flushedAt = -Infinity;
  private expiry: ReturnType<typeof setTimeout> | undefined;
  /** The newest message seen per room, to tell whether a read mark covers all. */
  private newest = new Map<number, number>();

  constructor(private readonly around: Surroundings) {}

  listen(stream: LiveStream): () => void {
    return stream.on("frame", (frame) => {
      this.queue.push(frame);
      if (this.isScheduled) return;
      this.isScheduled = true;
      const wait = this.flushedAt + BREATH_MS - performance.now();
      if (wait > 0) setTimeout(this.flush, wait);
      // A hidden page has no animation frames.
      else if (document.visibilityState === "visible") requestAnimationFrame(this.flush);
      else queueMicrotask(this.flush);
    });
  }

  stop(): void {
    clearTimeout(this.expiry);
  }

  private flush = (): void => {
    this.isScheduled = false;
    this.flushedAt = performance.now();
    const frames = this.queue;
    this.queue = [];
    for (const frame of frames) this.take(frame);
    this.around.list.publish();
    this.expireLater();
  };

  private take(frame: Frame): void {
    const now = Date.now();
    switch (frame.type) {
      case "connected":
        this.people.set(NOBODY);
        break;
      case "message":
        this.onMessage(frame.data);
        break;
      case "message_updated":
        this.around.conversations.applyUpdate(frame.data);
        if (frame.data.deletedAt) this.around.list.refresh(frame.data.chatRoomId);
        this.around.stats.touch();
        break;
      case "room":
        this.onRoom(frame.data);
        break;
      case "read":
        this.onRead(frame.data.roomId, frame.data.userId, frame.data.lastReadMessageId);
        break;
      case "typing": {
        const { roomId, userId, userName, role, isTyping } = frame.data;
        if (userId !== this.around.me)
          this.people.update((people) =>
            setTyping(
              people,
              roomId,
              { userId, userName: this.name(userId, userName), isAdmin: role === "ADMIN" },
              isTyping,
              now,
            ),
          );
        break;
      }
      case "viewing": {
        const { roomId, userId, userName, isViewing } = frame.data;
        if (userId !== this.around.me)
          this.people.update((people) =>
            setViewing(people, roomId, { userId, userName: this.name(userId, userName) }, isViewing, now),
          );
        break;
      }
      case "presence": {
        const { userId, role, status, lastSeen } = frame.data;
        this.people.update((people) => setPresence(people, userId, { isOnline: status === "online", lastSeen }));
        if (role === "ADMIN") {
          this.around.stats.touch();
          this.around.onAdmin(userId);
        }
        break;
      }
    }
  }

  private onMessage(message: Message): void {
    const { list, conversations, stats, outbox, onMessage } = this.around;
    this.newest.set(message.chatRoomId, message.id);
    this.people.update((people) =>
      setTyping(people, message.chatRoomId, { userId: message.senderId, userName: "", isAdmin: false }, false, 0),
    );
    conversations.applyMessage(message);
    outbox.observe([message]);
    list.applyMessage(message);
    stats.touch();
    onMessage(message, list.room(message.chatRoomId));
  }

  private onRoom(room: Room): void {
    const before = this.around.list.applyRoom(room);
    this.around.stats.move(before, this.around.list.room(room.id) ?? room);
    if (!before && room.createdAt === room.updatedAt) this.around.onNewRoom(room);
  }

  private onRead(roomId: number, userId: number, upTo: number): void {
    const { list, conversations, stats } = this.around;
    const room = list.room(roomId);
    stats.touch();
    if (!room) return;
    const isCustomer = userId === room.userId;
    conversations.applyRead(roomId, { userId, isCustomer }, room.userId, upTo);
    if (isCustomer) return;
    const newest = this.newest.get(roomId);
    if (newest !== undefined && upTo >= newest) list.setUnread(roomId, 0);
    else list.refresh(roomId);
  }

  private name(userId: number, name: string | null): string {
    return nameOf({ id: userId, name }, this.around.personNumber);
  }

  private expireLater(): void {
    clearTimeout(this.expiry);
    const next = nextExpiry(this.people.get());
    if (next === null) return;
    this.expiry = setTimeout(
      () => {
        this.people.update((people) => expire(people, Date.now()));
        this.expireLater();
      },
      Math.max(50, next - Date.now()),
    );
  }
}
