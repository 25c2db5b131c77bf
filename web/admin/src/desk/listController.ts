/** Loads the list of rooms page by page and keeps it right under live events. */
import type { ChatApi, Message, Room } from "../api.ts";
import { type RoomFilter, sameFilter } from "../state/filter.ts";
import { PendingChanges } from "../state/pending.ts";
import { RoomList, type RoomListView } from "../state/roomList.ts";
import { Store } from "../state/store.ts";

export interface ListState extends RoomListView {
  readonly filter: RoomFilter;
  readonly phase: "loading" | "ready" | "failed";
  readonly isLoadingMore: boolean;
}

const PAGE = 50;
/** More unknown rooms than this at once are fetched as a page instead of one by one. */
const SINGLE_FETCHES = 8;

export class ListController {
  readonly state: Store<ListState>;
  /** What was changed here and has no answer yet. */
  readonly pending = new PendingChanges();
  private readonly rooms: RoomList;
  private next: string | null = null;
  /** Grows with each new first page, so that answers of an older one are thrown away. */
  private generation = 0;
  private wanted = new Set<number>();
  private isFetching = false;
  private searchTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly api: ChatApi,
    me: number,
    filter: RoomFilter,
  ) {
    this.rooms = new RoomList(me);
    this.state = new Store<ListState>({ ...this.rooms.view, filter, phase: "loading", isLoadingMore: false });
  }

  room(id: number): Room | undefined {
    return this.rooms.get(id);
  }

  ofCustomer(userId: number): Room[] {
    return this.rooms.ofCustomer(userId);
  }

  setFilter(filter: RoomFilter): void {
    if (sameFilter(filter, this.state.get().filter)) return;
    this.state.update((state) => ({ ...state, filter }));
    void this.reload();
  }

  /** Loads the first page; what was shown stays until it arrives. */
  async reload(): Promise<void> {
    const generation = ++this.generation;
    const { filter } = this.state.get();
    this.state.update((state) => ({
      ...state,
      phase: state.rooms.length > 0 ? state.phase : "loading",
      isLoadingMore: false,
    }));
    try {
      const page = await this.api.rooms(filter, { limit: PAGE });
      if (generation !== this.generation) return;
      this.next = page.next;
      this.rooms.reset(filter, page.rooms, page.next !== null);
      this.publish({ phase: "ready" });
    } catch {
      if (generation === this.generation) this.publish({ phase: "failed" });
    }
  }

  async loadMore(): Promise<void> {
    const { isLoadingMore, filter } = this.state.get();
    if (isLoadingMore || this.next === null) return;
    const generation = this.generation;
    this.state.update((state) => ({ ...state, isLoadingMore: true }));
    try {
      const page = await this.api.rooms(filter, { limit: PAGE, cursor: this.next });
      if (generation !== this.generation) return;
      this.next = page.next;
      this.rooms.append(page.rooms, page.next !== null);
    } catch {
      // The next scroll asks again.
    }
    if (generation === this.generation) this.publish({ isLoadingMore: false });
  }

  /** Takes over a room's state, under what was changed here meanwhile; returns what was known before. */
  applyRoom(room: Room): Room | undefined {
    const before = this.rooms.upsert(this.pending.over(room));
    this.searchAgainFor(room.id);
    return before;
  }

  applyMessage(message: Message): void {
    if (!this.rooms.applyMessage(message)) this.refresh(message.chatRoomId);
    this.searchAgainFor(message.chatRoomId);
  }

  setUnread(roomId: number, unreadCount: number): void {
    const room = this.rooms.get(roomId);
    if (room && room.unreadCount !== unreadCount)
      this.rooms.upsert({ ...room, unreadCount, isRead: unreadCount === 0 });
  }

  /** Asks the server for a room whose state is not known here. */
  refresh(roomId: number): void {
    this.wanted.add(roomId);
    if (!this.isFetching) void this.fetchWanted();
  }

  /** Shows what changed since the last call. */
  publish(changes: Partial<ListState> = {}): void {
    const { view } = this.rooms;
    const shown = this.state.get();
    const isSame = view.rooms === shown.rooms && view.hasMore === shown.hasMore && Object.keys(changes).length === 0;
    if (!isSame) this.state.set({ ...shown, ...view, ...changes });
  }

  private async fetchWanted(): Promise<void> {
    this.isFetching = true;
    while (this.wanted.size > 0) {
      const ids = [...this.wanted];
      this.wanted.clear();
      if (ids.length > SINGLE_FETCHES) {
        await this.reload();
      } else {
        const rooms = await Promise.allSettled(ids.map((id) => this.api.room(id)));
        for (const result of rooms) if (result.status === "fulfilled") this.rooms.upsert(result.value.room);
        this.publish();
      }
    }
    this.isFetching = false;
  }

  /** Whether a changed room belongs to a search is for the server to say, once things are quiet. */
  private searchAgainFor(roomId: number): void {
    if (!this.rooms.isOutsideSearch(roomId)) return;
    clearTimeout(this.searchTimer);
    this.searchTimer = setTimeout(() => void this.reload(), 800);
  }
}
