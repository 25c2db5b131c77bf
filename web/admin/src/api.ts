/** The one door to the shared client: its types under the names used here, and the calls of the desk. */
import {
  type Message,
  type Room,
  type RoomChange,
  type RoomQuery,
  type SapaClient,
  SapaError,
  type Stats,
} from "../../shared/index.ts";
import type { RoomFilter } from "./state/filter.ts";

export { newKey, Outbox, readClaims, SapaClient, SapaError, SharedStream, tokenise } from "../../shared/index.ts";
export type {
  DemoPerson,
  Frame,
  LiveStream,
  Message,
  OutboxItem,
  Person,
  Priority as RoomPriority,
  Reaction,
  Room,
  RoomChange,
  RoomStatus,
  Sender,
  Stats,
  StreamState,
  User,
} from "../../shared/index.ts";

export interface LoadedRoom {
  readonly room: Room;
  readonly messages: Message[];
  readonly hasOlder: boolean;
}

/** How many messages `GET …/rooms/{id}` brings at most. */
const NEWEST = 50;

/** What the desk asks of the server. */
export class ChatApi {
  constructor(readonly client: SapaClient) {}

  async rooms(
    filter: RoomFilter,
    page: { limit: number; cursor?: string },
  ): Promise<{ rooms: Room[]; next: string | null }> {
    const answer = await this.client.listRooms({ ...toQuery(filter), ...page });
    return { rooms: answer.items, next: answer.next };
  }

  async room(id: number): Promise<LoadedRoom> {
    const { messages, lastEventId: _, ...room } = await this.client.getRoom(id);
    return { room, messages, hasOlder: messages.length >= NEWEST };
  }

  async messages(
    roomId: number,
    query: { before: number; limit: number },
  ): Promise<{ messages: Message[]; hasMore: boolean }> {
    const page = await this.client.listMessages(roomId, query);
    return { messages: page.items, hasMore: page.next !== null };
  }

  /** A customer's conversations, newest first. */
  async ofCustomer(userId: number): Promise<Room[]> {
    return (await this.client.listRooms({ userId, limit: 20 })).items;
  }

  stats(): Promise<Stats> {
    return this.client.stats();
  }

  change(roomId: number, change: RoomChange): Promise<Room> {
    return this.client.manageRoom(roomId, change);
  }
}

function toQuery(filter: RoomFilter): RoomQuery {
  const query: RoomQuery = { sort: filter.sort };
  if (filter.status.length > 0) query.status = filter.status;
  if (filter.priority.length > 0) query.priority = filter.priority;
  if (filter.assignee !== "any") query.assignee = filter.assignee;
  if (filter.search !== "") query.search = filter.search;
  return query;
}

/** Why something did not work, in words that the languages have. */
export type ApiProblem =
  "offline" | "rateLimited" | "closed" | "forbidden" | "notFound" | "input" | "tooLarge" | "unauthenticated" | "server";

export function problemOf(error: unknown): ApiProblem {
  if (!(error instanceof SapaError)) return "server";
  switch (error.code) {
    case "network":
    case "timeout":
      return "offline";
    case "rate_limited":
      return "rateLimited";
    case "room_closed":
      return "closed";
    case "forbidden":
      return "forbidden";
    case "not_found":
      return "notFound";
    case "invalid_input":
      return "input";
    case "too_large":
      return "tooLarge";
    case "unauthenticated":
      return "unauthenticated";
    default:
      return "server";
  }
}

export function nameOf(
  person: { id: number; name: string | null; email?: string | null } | null | undefined,
  fallback: (id: number) => string,
): string {
  if (!person) return "";
  return person.name?.trim() || person.email?.trim() || fallback(person.id);
}
