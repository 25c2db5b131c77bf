/** The messages of one conversation as a list to show: merged, grouped, kept within bounds. */
import type { Message, OutboxItem } from "../../shared/index.ts";
import { isSameDay } from "./i18n/index.ts";

/** A tab that is open for a day stays light: more than this is let go and paged in again. */
export const KEPT = 400;
const TRIMMED = 150;
/** Bubbles of one person within this time stand together. */
const GROUP_MS = 5 * 60_000;

/** Adds or replaces by id; the list stays in the order of the ids. */
export function merge(list: readonly Message[], news: readonly Message[]): Message[] {
  const last = list.at(-1)?.id ?? 0;
  if (news.length === 1 && news[0]!.id > last) return [...list, news[0]!];
  const byId = new Map(list.map((each) => [each.id, each]));
  for (const each of news) byId.set(each.id, each);
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

/** Replaces a message that is in the list. */
export function update(list: readonly Message[], news: Message): Message[] {
  return list.map((each) => (each.id === news.id ? news : each));
}

/** Lets the oldest go when there are too many; whether any went. */
export function trim(list: Message[]): { list: Message[]; isTrimmed: boolean } {
  if (list.length <= KEPT) return { list, isTrimmed: false };
  return { list: list.slice(-TRIMMED), isTrimmed: true };
}

/** What the other side has read, up to `lastId`. */
export function markRead(list: readonly Message[], readerId: number, lastId: number): Message[] {
  return list.map((each) => (each.id <= lastId && each.senderId !== readerId && !each.isRead ? { ...each, isRead: true } : each));
}

export type Row =
  | { kind: "day"; key: string; time: string }
  | { kind: "new"; key: string }
  | { kind: "message"; key: string; message: Message; isOwn: boolean; isFirst: boolean; isLast: boolean }
  | { kind: "pending"; key: string; item: OutboxItem; isFirst: boolean; isLast: boolean };

interface Entry {
  row: Row & { kind: "message" | "pending" };
  sender: number;
  time: Date;
}

/** Day lines, the line before the first unread one, and which bubbles stand together. */
export function toRows(
  messages: readonly Message[],
  pending: readonly OutboxItem[],
  me: number | null,
  firstUnreadId: number | null,
): Row[] {
  const known = new Set(messages.map((each) => each.id));
  const entries: Entry[] = messages.map((message) => ({
    row: { kind: "message", key: `m${message.id}`, message, isOwn: message.senderId === me, isFirst: true, isLast: true },
    sender: message.senderId,
    time: new Date(message.createdAt),
  }));
  for (const item of pending) {
    if (item.matchedId !== null && known.has(item.matchedId)) continue;
    entries.push({ row: { kind: "pending", key: item.key, item, isFirst: true, isLast: true }, sender: me ?? 0, time: new Date(item.createdAt) });
  }
  const rows: Row[] = [];
  entries.forEach((entry, i) => {
    const before = entries[i - 1];
    const isNewDay = !before || !isSameDay(before.time, entry.time);
    const isUnread = entry.row.kind === "message" && entry.row.message.id === firstUnreadId;
    if (isNewDay) rows.push({ kind: "day", key: `d${entry.time.toDateString()}`, time: entry.time.toISOString() });
    if (isUnread) rows.push({ kind: "new", key: "new" });
    const isTogether = !isNewDay && !isUnread && before.sender === entry.sender
      && entry.time.getTime() - before.time.getTime() < GROUP_MS;
    if (isTogether) {
      entry.row.isFirst = false;
      before.row.isLast = false;
    }
    rows.push(entry.row);
  });
  return rows;
}
