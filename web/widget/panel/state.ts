/** All that the views show, and the smallest store that tells them of a change. */
import type { Message, OutboxItem, Room, StreamState } from "../../shared/index.ts";

export type Screen = "loading" | "failed" | "sign-in" | "form" | "list" | "chat";

export interface State {
  isOpen: boolean;
  locale: string;
  screen: Screen;
  /** A visitor who has no identity yet. */
  isVisitor: boolean;
  me: number | null;
  limits: { message: number; subject: number };
  rooms: Room[];
  /** The conversation on the screen; `null` while its first message is on the way. */
  roomId: number | null;
  messages: Message[];
  hasOlder: boolean;
  isLoadingOlder: boolean;
  /** Newer ones are not in the list: it had grown too long while somebody read further up. */
  isDetached: boolean;
  /** Came in while somebody read further up. */
  newCount: number;
  firstUnreadId: number | null;
  pending: OutboxItem[];
  replyTo: Message | null;
  typing: { userId: number; name: string }[];
  /** Admins who are online, by id. */
  online: number[];
  connection: StreamState;
  isMuted: boolean;
}

export class Store {
  state: State;
  readonly #listeners = new Set<() => void>();

  constructor(state: State) {
    this.state = state;
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    for (const listener of this.#listeners) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }
}

export function currentRoom(state: State): Room | null {
  return state.rooms.find((room) => room.id === state.roomId) ?? null;
}

export function unreadOf(rooms: readonly Room[]): number {
  return rooms.reduce((sum, room) => sum + room.unreadCount, 0);
}
