/**
 * The rooms of the list: what is known, what is shown and in which order, kept right under live events.
 *
 * Pages arrive in order of the key, so everything up to the last loaded row is known. A room that an event
 * moves below that row is hidden until its page is loaded: it would otherwise stand in the wrong place.
 */
import type { Message, Room } from "../api.ts";
import { compareRooms, EVERYTHING, matchesFilter, type RoomFilter } from "./filter.ts";

/** What a reader of the list sees; a new object after each change. */
export interface RoomListView {
  readonly rooms: readonly Room[];
  readonly hasMore: boolean;
}

export class RoomList {
  private known = new Map<number, Room>();
  private shown: Room[] = [];
  private more = false;
  /** The last row that a page brought; live changes never move it. */
  private edge: Room | null = null;
  private filter: RoomFilter = EVERYTHING;
  private cached: RoomListView | null = null;
  /** Which of the known rooms the server found for the search. */
  private found = new Set<number>();

  constructor(private readonly me: number) {}

  get view(): RoomListView {
    this.cached ??= { rooms: this.shown.slice(), hasMore: this.more };
    return this.cached;
  }

  get(id: number): Room | undefined {
    return this.known.get(id);
  }

  /** Starts anew with the first page of a filter. Rooms known before are kept for the other panes. */
  reset(filter: RoomFilter, page: readonly Room[], hasMore: boolean): void {
    this.filter = filter;
    this.shown = [];
    this.found.clear();
    this.edge = null;
    this.append(page, hasMore);
  }

  /** Adds the next page; a room that is already shown is replaced. */
  append(page: readonly Room[], hasMore: boolean): void {
    this.more = hasMore;
    this.edge = page.at(-1) ?? this.edge;
    for (const room of page) {
      this.found.add(room.id);
      this.upsert(this.fresher(room));
    }
    this.cached = null;
  }

  /** Takes over a room's new state and puts it where it belongs. Returns what was known of it before. */
  upsert(room: Room): Room | undefined {
    const before = this.known.get(room.id);
    this.known.set(room.id, room);
    if (before) this.hide(before);
    if (this.belongs(room)) this.show(room);
    this.cached = null;
    return before;
  }

  /** Moves a room up for a new message. Returns false when the room is not known and has to be loaded. */
  applyMessage(message: Message): boolean {
    const room = this.known.get(message.chatRoomId);
    if (!room) return false;
    if (message.createdAt < room.lastActivity || isNewestOf(room, message)) return true;
    const fromCustomer = message.senderId === room.userId;
    this.upsert({
      ...room,
      lastMessage: message.message,
      lastActivity: message.createdAt,
      unreadCount: fromCustomer ? room.unreadCount + 1 : room.unreadCount,
      isRead: fromCustomer ? false : room.isRead,
    });
    return true;
  }

  /** Whether a live room that the search did not bring might belong to it. */
  isOutsideSearch(id: number): boolean {
    return this.filter.search !== "" && !this.found.has(id);
  }

  /** Rooms of one customer, newest first. */
  ofCustomer(userId: number): Room[] {
    return [...this.known.values()].filter((room) => room.userId === userId).sort(compareRooms("activity"));
  }

  /** A page may be older than what a live event told meanwhile. */
  private fresher(room: Room): Room {
    const known = this.known.get(room.id);
    if (!known || known.lastActivity < room.lastActivity) return room;
    return known.lastActivity > room.lastActivity || known.updatedAt > room.updatedAt ? known : room;
  }

  private belongs(room: Room): boolean {
    if (!matchesFilter(room, this.filter, this.me) || this.isOutsideSearch(room.id)) return false;
    if (!this.more || !this.edge) return true;
    return compareRooms(this.filter.sort)(room, this.edge) <= 0;
  }

  private show(room: Room): void {
    this.shown.splice(this.place(room), 0, room);
  }

  private hide(room: Room): void {
    const at = this.place(room);
    const exact = this.shown[at]?.id === room.id ? at : this.shown.findIndex((one) => one.id === room.id);
    if (exact >= 0) this.shown.splice(exact, 1);
  }

  /** Binary search for the first row that does not come before the room. */
  private place(room: Room): number {
    const compare = compareRooms(this.filter.sort);
    let low = 0;
    let high = this.shown.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compare(this.shown[middle]!, room) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Whether the room's state was read after the message: a page may bring it before the stream does. */
function isNewestOf(room: Room, message: Message): boolean {
  return (
    room.lastActivity === message.createdAt &&
    room.lastMessage !== null &&
    message.message.startsWith(room.lastMessage.replace(/…$/, ""))
  );
}
