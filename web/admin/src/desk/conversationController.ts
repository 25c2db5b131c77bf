/** The conversations that were opened: loads them, pages upwards, and takes live frames. */
import type { ApiProblem, ChatApi, Message, Room } from "../api.ts";
import { problemOf } from "../api.ts";
import {
  type Conversation,
  EMPTY_CONVERSATION,
  markRead,
  mergeMessages,
  replaceMessage,
} from "../state/conversation.ts";
import { Store } from "../state/store.ts";

export interface ConversationState extends Conversation {
  readonly roomId: number;
  readonly phase: "loading" | "ready" | "failed";
  readonly problem: ApiProblem | null;
  readonly isLoadingOlder: boolean;
  /** The first message that was unread when the room was opened: the "new messages" line stands above it. */
  readonly unreadFrom: number | null;
}

/** How many conversations stay in memory; the one opened longest ago is forgotten. */
const KEPT = 12;
const PAGE = 100;
/** A conversation that was left keeps only its end; what was above is loaded again on the way up. */
const KEPT_MESSAGES = 200;

export class ConversationController {
  private readonly open_ = new Map<number, Store<ConversationState>>();

  constructor(
    private readonly api: ChatApi,
    private readonly onRoom: (room: Room, messages: readonly Message[]) => void,
  ) {}

  /** The state of a room, loaded when it is not there yet. */
  open(roomId: number): Store<ConversationState> {
    const known = this.open_.get(roomId);
    if (known) {
      this.open_.delete(roomId);
      this.open_.set(roomId, known);
      if (known.get().phase === "failed") void this.load(roomId);
      return known;
    }
    const store = new Store<ConversationState>({
      ...EMPTY_CONVERSATION,
      roomId,
      phase: "loading",
      problem: null,
      isLoadingOlder: false,
      unreadFrom: null,
    });
    this.open_.set(roomId, store);
    for (const oldest of this.open_.keys()) if (this.open_.size > KEPT) this.open_.delete(oldest);
    void this.load(roomId);
    return store;
  }

  get(roomId: number): ConversationState | undefined {
    return this.open_.get(roomId)?.get();
  }

  async load(roomId: number): Promise<void> {
    const store = this.open_.get(roomId);
    if (!store) return;
    try {
      const { room, messages, hasOlder } = await this.api.room(roomId);
      const unread = messages.find((one) => one.senderId === room.userId && !one.isRead && !one.deletedAt);
      store.update((state) => {
        const isGap =
          state.messages.length > 0 && messages.length > 0 && messages[0]!.id > state.messages.at(-1)!.id && hasOlder;
        const known = isGap ? [] : state.messages;
        return {
          ...state,
          messages: mergeMessages(known, messages),
          hasOlder: known.length > 0 && known[0]!.id < (messages[0]?.id ?? Infinity) ? state.hasOlder : hasOlder,
          phase: "ready",
          problem: null,
          unreadFrom: state.phase === "ready" ? state.unreadFrom : (unread?.id ?? null),
        };
      });
      this.onRoom(room, messages);
    } catch (error) {
      store.update((state) => ({
        ...state,
        phase: state.messages.length > 0 ? "ready" : "failed",
        problem: problemOf(error),
      }));
    }
  }

  async loadOlder(roomId: number): Promise<void> {
    const store = this.open_.get(roomId);
    const state = store?.get();
    const oldest = state?.messages[0];
    if (!store || !state || !oldest || !state.hasOlder || state.isLoadingOlder) return;
    store.update((now) => ({ ...now, isLoadingOlder: true }));
    try {
      const page = await this.api.messages(roomId, { before: oldest.id, limit: PAGE });
      store.update((now) => ({
        ...now,
        messages: mergeMessages(now.messages, page.messages),
        hasOlder: page.hasMore,
        isLoadingOlder: false,
      }));
    } catch {
      store.update((now) => ({ ...now, isLoadingOlder: false }));
    }
  }

  /** Loads everything back to the beginning, or until `most` messages are there. */
  async loadAll(roomId: number, most: number): Promise<void> {
    for (;;) {
      const before = this.get(roomId);
      if (!before?.hasOlder || before.messages.length >= most) return;
      await this.loadOlder(roomId);
      if (this.get(roomId)?.messages.length === before.messages.length) return;
    }
  }

  /** After a reset of the stream everything that is open may have a hole: load it anew. */
  reloadAll(): void {
    for (const roomId of this.open_.keys()) void this.load(roomId);
  }

  applyMessage(message: Message): void {
    this.open_
      .get(message.chatRoomId)
      ?.update((state) => ({ ...state, messages: mergeMessages(state.messages, [message]) }));
  }

  applyUpdate(message: Message): void {
    this.open_
      .get(message.chatRoomId)
      ?.update((state) => ({ ...state, messages: replaceMessage(state.messages, message) }));
  }

  applyRead(roomId: number, reader: { userId: number; isCustomer: boolean }, customerId: number, upTo: number): void {
    this.open_.get(roomId)?.update((state) => {
      const messages = markRead(state.messages, reader, customerId, upTo);
      return messages === state.messages ? state : { ...state, messages };
    });
  }

  /** The room is no longer looked at. */
  leave(roomId: number): void {
    this.clearUnreadLine(roomId);
    this.open_
      .get(roomId)
      ?.update((state) =>
        state.messages.length <= KEPT_MESSAGES
          ? state
          : { ...state, messages: state.messages.slice(-KEPT_MESSAGES), hasOlder: true },
      );
  }

  /** Takes the "new messages" line away, once the room was answered or left. */
  clearUnreadLine(roomId: number): void {
    this.open_.get(roomId)?.update((state) => (state.unreadFrom === null ? state : { ...state, unreadFrom: null }));
  }
}
