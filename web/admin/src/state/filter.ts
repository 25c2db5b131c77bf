/** Which rooms the list shows and in which order: pure values, shared by the URL, the query and live events. */
import type { Room, RoomPriority, RoomStatus } from "../api.ts";

export const STATUSES: readonly RoomStatus[] = ["OPEN", "RESOLVED", "CLOSED"];
export const PRIORITIES: readonly RoomPriority[] = ["URGENT", "HIGH", "NORMAL", "LOW"];

/** `any` shows everybody's rooms; a number is the id of an admin. */
export type AssigneeFilter = "any" | "me" | "none" | number;
export type SortOrder = "activity" | "priority";

export interface RoomFilter {
  readonly status: readonly RoomStatus[];
  readonly priority: readonly RoomPriority[];
  readonly assignee: AssigneeFilter;
  readonly search: string;
  readonly sort: SortOrder;
}

export const EVERYTHING: RoomFilter = { status: [], priority: [], assignee: "any", search: "", sort: "activity" };

const RANK: Record<RoomPriority, number> = { URGENT: 3, HIGH: 2, NORMAL: 1, LOW: 0 };

/** Whether a room passes status, priority and assignee; a search is decided by the server alone. */
export function matchesFilter(room: Room, filter: RoomFilter, me: number): boolean {
  if (filter.status.length > 0 && !filter.status.includes(room.status)) return false;
  if (filter.priority.length > 0 && !filter.priority.includes(room.priority)) return false;
  switch (filter.assignee) {
    case "any":
      return true;
    case "me":
      return room.adminId === me;
    case "none":
      return room.adminId === null;
    default:
      return room.adminId === filter.assignee;
  }
}

/** Orders rooms as the server does: newest activity first, or by priority and then activity. */
export function compareRooms(sort: SortOrder): (a: Room, b: Room) => number {
  return (a, b) => {
    if (sort === "priority" && RANK[a.priority] !== RANK[b.priority]) return RANK[b.priority] - RANK[a.priority];
    if (a.lastActivity !== b.lastActivity) return a.lastActivity < b.lastActivity ? 1 : -1;
    return b.id - a.id;
  };
}

export function isFiltered(filter: RoomFilter): boolean {
  return filter.status.length > 0 || filter.priority.length > 0 || filter.assignee !== "any" || filter.search !== "";
}

export function sameFilter(a: RoomFilter, b: RoomFilter): boolean {
  return filterToParams(a).toString() === filterToParams(b).toString();
}

/** The filter as the page's address and the API spell it; what is at its default stays out. */
export function filterToParams(filter: RoomFilter): URLSearchParams {
  const params = new URLSearchParams();
  if (filter.status.length > 0) params.set("status", filter.status.join(","));
  if (filter.priority.length > 0) params.set("priority", filter.priority.join(","));
  if (filter.assignee !== "any") params.set("assignee", String(filter.assignee));
  if (filter.search !== "") params.set("search", filter.search);
  if (filter.sort !== "activity") params.set("sort", filter.sort);
  return params;
}

/** Reads a filter from an address; what is not understood is left out. */
export function filterFromParams(params: URLSearchParams): RoomFilter {
  const list = (key: string) => (params.get(key) ?? "").toUpperCase().split(",");
  const assignee = params.get("assignee") ?? "any";
  return {
    status: STATUSES.filter((one) => list("status").includes(one)),
    priority: PRIORITIES.filter((one) => list("priority").includes(one)),
    assignee:
      assignee === "me" || assignee === "none" ? assignee : /^[1-9]\d*$/.test(assignee) ? Number(assignee) : "any",
    search: params.get("search") ?? "",
    sort: params.get("sort") === "priority" ? "priority" : "activity",
  };
}
