/** One conversation as values: merging pages with live frames, read marks, and the rows that are drawn. */
import type { Message, OutboxItem } from "../api.ts";

export interface Conversation {
  /** By id, oldest first, each once. */
  readonly messages: readonly Message[];
  readonly hasOlder: boolean;
}

export const EMPTY_CONVERSATION: Conversation = { messages: [], hasOlder: false };

/** Puts messages into their place; one with a known id replaces the old one, unless it would undo a deletion. */
export function mergeMessages(known: readonly Message[], incoming: readonly Message[]): readonly Message[] {
  if (incoming.length === 0) return known;
  const last = known.at(-1);
  if (incoming.length === 1 && (!last || incoming[0]!.id > last.id)) return [...known, incoming[0]!];
  const byId = new Map(known.map((one) => [one.id, one]));
  for (const one of incoming) {
    const old = byId.get(one.id);
    byId.set(one.id, old ? reconcile(old, one) : one);
  }
  return [...byId.values()].sort((a, b) => a.id - b.id);
}

function reconcile(old: Message, next: Message): Message {
  const keep = old.deletedAt && !next.deletedAt ? old : next;
  return old.isRead && !keep.isRead ? { ...keep, isRead: true } : keep;
}

/** Replaces a message that is loaded; one that is not stays out, it comes with its page. */
export function replaceMessage(known: readonly Message[], message: Message): readonly Message[] {
  return known.some((one) => one.id === message.id) ? mergeMessages(known, [message]) : known;
}

/** Marks as read, up to an id, everything that the reader did not write. */
export function markRead(
  known: readonly Message[],
  reader: { userId: number; isCustomer: boolean },
  customerId: number,
  upTo: number,
): readonly Message[] {
  let changed = false;
  const next = known.map((one) => {
    const fromCustomer = one.senderId === customerId;
    if (one.isRead || one.id > upTo || fromCustomer === reader.isCustomer) return one;
    changed = true;
    return { ...one, isRead: true };
  });
  return changed ? next : known;
}

/** How many messages of the customer nobody of the desk has read. */
export function unreadOf(messages: readonly Message[], customerId: number): number {
  return messages.filter((one) => one.senderId === customerId && !one.isRead && !one.deletedAt).length;
}

export type Row =
  | {
      readonly kind: "message";
      readonly key: string;
      readonly message: Message;
      readonly startsGroup: boolean;
      readonly endsGroup: boolean;
      readonly day: string | null;
      readonly startsUnread: boolean;
    }
  | { readonly kind: "outgoing"; readonly key: string; readonly outgoing: OutboxItem; readonly day: string | null };

const GROUP_MS = 5 * 60_000;

/**
 * What is drawn, top to bottom. Messages of one person within five minutes form a group; a day line stands
 * before the first message of each local day; `unreadFrom` is the id under the "new messages" line.
 */
export function timeline(
  messages: readonly Message[],
  outgoing: readonly OutboxItem[],
  unreadFrom: number | null,
): Row[] {
  const rows: Row[] = [];
  let previous: Message | null = null;
  let lastDay = "";
  for (const [index, message] of messages.entries()) {
    const day = localDay(message.createdAt);
    const next = messages[index + 1];
    const startsDay = day !== lastDay;
    rows.push({
      kind: "message",
      key: `m${message.id}`,
      message,
      day: startsDay ? message.createdAt : null,
      startsUnread: message.id === unreadFrom,
      startsGroup: startsDay || message.id === unreadFrom || !belongTogether(previous, message),
      endsGroup: !next || next.id === unreadFrom || localDay(next.createdAt) !== day || !belongTogether(message, next),
    });
    previous = message;
    lastDay = day;
  }
  for (const one of outgoing) {
    const day = localDay(one.createdAt);
    rows.push({ kind: "outgoing", key: `o${one.key}`, outgoing: one, day: day === lastDay ? null : one.createdAt });
    lastDay = day;
  }
  return rows;
}

function belongTogether(a: Message | null, b: Message): boolean {
  return a !== null && a.senderId === b.senderId && Date.parse(b.createdAt) - Date.parse(a.createdAt) < GROUP_MS;
}

/** The local calendar day of a time, as a comparable text. */
export function localDay(iso: string): string {
  const date = new Date(iso);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}
