/** Every REST call, typed. */
import { Http, type CallOptions, type CreateOptions, type HttpOptions, type RequestInput } from "./http.ts";
import type {
  Admin, DemoPerson, GuestIdentity, Me, Message, MessageQuery, NewMessage, NewRoom, Page, ReadMark, Room,
  RoomChange, RoomQuery, RoomWithMessages, ServerConfig, Stats, User,
} from "./types.ts";

export interface SapaClientOptions extends HttpOptions {}

/** Rejects with a `SapaError`, or with the signal's reason when it was aborted. */
export class SapaClient {
  /** The requests themselves; the stream shares its token with the calls. */
  readonly http: Http;

  constructor(options: SapaClientOptions = {}) {
    this.http = new Http(options);
  }

  setToken(token: string | null): void {
    this.http.setToken(token);
  }

  /** A customer's own rooms; for an admin, everybody's. */
  listRooms(query: RoomQuery = {}, options: CallOptions = {}): Promise<Page<Room>> {
    return this.#page("/api/chat/rooms", {
      status: list(query.status),
      priority: list(query.priority),
      assignee: list(query.assignee),
      userId: query.userId,
      search: query.search,
      sort: query.sort,
      limit: query.limit,
      cursor: query.cursor,
    }, options);
  }

  /** Adds to the customer's open room, or makes one. */
  createRoom(room: NewRoom, options: CreateOptions = {}): Promise<RoomWithMessages> {
    return this.#json("POST", "/api/chat/rooms", { ...options, body: room, creates: true });
  }

  /** The customer's current room, made if there is none. */
  currentRoom(options: CallOptions = {}): Promise<RoomWithMessages> {
    return this.#json("GET", "/api/chat/room", options);
  }

  getRoom(roomId: number, options: CallOptions = {}): Promise<RoomWithMessages> {
    return this.#json("GET", `/api/chat/rooms/${roomId}`, options);
  }

  /** Oldest first; `next` is set while there are more in the direction asked for. */
  listMessages(roomId: number, query: MessageQuery = {}, options: CallOptions = {}): Promise<Page<Message>> {
    return this.#page(`/api/chat/rooms/${roomId}/messages`, { ...query }, options);
  }

  sendMessage(roomId: number, message: NewMessage, options: CreateOptions = {}): Promise<Message> {
    return this.#json("POST", `/api/chat/rooms/${roomId}`, { ...options, body: message, creates: true });
  }

  manageRoom(roomId: number, change: RoomChange, options: CallOptions = {}): Promise<Room> {
    return this.#json("PATCH", `/api/chat/rooms/${roomId}/manage`, { ...options, body: change });
  }

  /** To the caller when `adminId` is absent. */
  assignRoom(roomId: number, adminId?: number, options: CallOptions = {}): Promise<Room> {
    return this.#json("PATCH", `/api/chat/rooms/${roomId}/assign`, { ...options, body: { adminId } });
  }

  closeRoom(roomId: number, options: CallOptions = {}): Promise<Room> {
    return this.#json("PATCH", `/api/chat/rooms/${roomId}/close`, options);
  }

  /** Marks the other side's messages read, up to `messageId` or all of them. */
  markRead(roomId: number, messageId?: number, options: CallOptions = {}): Promise<ReadMark> {
    return this.#json("POST", `/api/chat/rooms/${roomId}/read`, { ...options, body: { messageId } });
  }

  async setTyping(roomId: number, isTyping: boolean, options: CallOptions = {}): Promise<void> {
    await this.#send("POST", `/api/chat/rooms/${roomId}/typing`, { ...options, body: { isTyping } });
  }

  /** Tells the other admins who looks at a room; repeat within 30 s to keep it up. */
  async setViewing(roomId: number, isViewing: boolean, options: CallOptions = {}): Promise<void> {
    await this.#send("POST", `/api/chat/rooms/${roomId}/viewing`, { ...options, body: { isViewing } });
  }

  addReaction(messageId: number, emoji: string, options: CallOptions = {}): Promise<Message> {
    return this.#json("PUT", reactionPath(messageId, emoji), options);
  }

  removeReaction(messageId: number, emoji: string, options: CallOptions = {}): Promise<Message> {
    return this.#json("DELETE", reactionPath(messageId, emoji), options);
  }

  deleteMessage(messageId: number, options: CallOptions = {}): Promise<Message> {
    return this.#json("DELETE", `/api/chat/messages/${messageId}`, options);
  }

  /** Who the token or the cookie names. */
  me(options: CallOptions = {}): Promise<Me> {
    return this.#json("GET", "/api/chat/me", options);
  }

  /** Everybody who can be assigned to a room. */
  listAdmins(options: CallOptions = {}): Promise<Admin[]> {
    return this.#json("GET", "/api/chat/admins", options);
  }

  stats(options: CallOptions = {}): Promise<Stats> {
    return this.#json("GET", "/api/chat/stats", options);
  }

  config(options: CallOptions = {}): Promise<ServerConfig> {
    return this.#json("GET", "/api/chat/config", options);
  }

  /** An identity of one's own, for a visitor without an account. */
  createGuest(guest: { name?: string; email?: string } = {}, options: CreateOptions = {}): Promise<GuestIdentity> {
    return this.#json("POST", "/api/chat/guests", { ...options, body: guest, creates: true });
  }

  /** Development only. */
  demoPeople(options: CallOptions = {}): Promise<DemoPerson[]> {
    return this.#json("GET", "/api/demo/people", options);
  }

  /** Development only. */
  demoSignIn(person: string, options: CallOptions = {}): Promise<{ token: string; user: User }> {
    return this.#json("POST", "/api/demo/sign-in", { ...options, body: { person } });
  }

  #send(method: Method, path: string, options: Extra): Promise<Response> {
    return this.http.request({ method, path, ...options });
  }

  async #json<T>(method: Method, path: string, options: Extra): Promise<T> {
    return await (await this.#send(method, path, options)).json() as T;
  }

  async #page<T>(path: string, query: RequestInput["query"], options: CallOptions): Promise<Page<T>> {
    const response = await this.#send("GET", path, { ...options, query });
    return { items: await response.json() as T[], next: nextCursor(response.headers.get("Link")) };
  }
}

type Method = RequestInput["method"];
type Extra = Omit<RequestInput, "method" | "path">;

/**
 * The cursor of the next page: the `cursor`, `before` or `after` parameter of the `Link` header's
 * `rel="next"`. It goes into the query of the same call.
 */
export function nextCursor(link: string | null): string | null {
  for (const part of (link ?? "").split(/,\s*(?=<)/)) {
    const match = /^<([^>]*)>\s*;.*\brel="?next"?/.exec(part.trim());
    if (!match) continue;
    const params = new URL(match[1]!, "http://page.invalid").searchParams;
    return params.get("cursor") ?? params.get("before") ?? params.get("after");
  }
  return null;
}

function list(value: string | number | readonly (string | number)[] | undefined): string | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.join(",") : String(value);
}

function reactionPath(messageId: number, emoji: string): string {
  return `/api/chat/messages/${messageId}/reactions/${encodeURIComponent(emoji)}`;
}
