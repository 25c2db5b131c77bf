/** The page's address: which room is open and which filter is set, so that a link leads back. */
import { filterFromParams, filterToParams, type RoomFilter } from "../state/filter.ts";
import { Store } from "../state/store.ts";

export class Place {
  readonly roomId: Store<number | null>;
  readonly firstFilter: RoomFilter;

  constructor(private readonly page: Window) {
    const params = new URLSearchParams(page.location.search);
    this.roomId = new Store(roomIdFrom(params));
    this.firstFilter = filterFromParams(params);
    page.addEventListener("popstate", this.onPop);
  }

  /** Opening a room is a step back in the browser's history; moving between rooms is not. */
  open(roomId: number | null): void {
    const before = this.roomId.get();
    if (roomId === before) return;
    const params = new URLSearchParams(this.page.location.search);
    if (roomId === null) params.delete("room");
    else params.set("room", String(roomId));
    const step = before === null ? "pushState" : "replaceState";
    this.page.history[step](null, "", address(this.page, params));
    this.roomId.set(roomId);
  }

  showFilter(filter: RoomFilter): void {
    const params = filterToParams(filter);
    const roomId = this.roomId.get();
    if (roomId !== null) params.set("room", String(roomId));
    this.page.history.replaceState(null, "", address(this.page, params));
  }

  stop(): void {
    this.page.removeEventListener("popstate", this.onPop);
  }

  private onPop = (): void => {
    this.roomId.set(roomIdFrom(new URLSearchParams(this.page.location.search)));
  };
}

function roomIdFrom(params: URLSearchParams): number | null {
  const value = params.get("room") ?? "";
  return /^[1-9]\d{0,9}$/.test(value) ? Number(value) : null;
}

function address(page: Window, params: URLSearchParams): string {
  const query = params.toString();
  return page.location.pathname + (query ? `?${query}` : "");
}
