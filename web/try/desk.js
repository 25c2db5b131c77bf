/** What one signed-in person sees: loaded over REST, kept current by one `EventSource`. Knows nothing of the page. */
import { call, newKey } from "./api.js";

const TYPING_REPEAT_MS = 3000;
const RELOAD_DELAY_MS = 250;

export class Desk {
  rooms = new Map();
  /** `online` or `offline`, by person, as far as the stream has told. */
  presence = new Map();
  /** Who types, by room. */
  typing = new Map();
  /** The room on screen: `{id, messages, readUpTo}`; `messages` is null until they are there. */
  open = null;
  /** `connecting`, `open`, `waiting` (the browser reconnects by itself) or `ended`. */
  stream = "connecting";

  #token;
  #on;
  #source = null;
  #lastEventId = "";
  #isLoaded = false;
  #isStopped = false;
  #reload = null;
  #unsure = null;
  #typedAt = 0;
  #isMarking = false;

  /** `on`: `{changed(), loaded(), frame({id, type, raw}), failed(error)}`. */
  constructor({ token, user }, on) {
    this.me = user;
    this.#token = token;
    this.#on = on;
  }

  get isAdmin() {
    return this.me.role === "ADMIN";
  }

  get openRoom() {
    return this.rooms.get(this.open?.id) ?? null;
  }

  start() {
    this.#source = new EventSource(`/api/chat/sse?token=${encodeURIComponent(this.#token)}`);
    this.#source.onopen = () => this.#streamIs("open");
    this.#source.onerror = () => this.#streamIs(this.#source.readyState === EventSource.CLOSED ? "ended" : "waiting");
    this.#source.onmessage = (event) => this.#receive(event);
  }

  stop() {
    this.#isStopped = true;
    this.#source.close();
    clearTimeout(this.#reload);
  }

  async show(roomId) {
    this.typed(false);
    const open = { id: roomId, messages: null, readUpTo: 0 };
    this.open = open;
    this.#changed();
    const { messages, ...room } = await this.#ask("GET", `/api/chat/rooms/${roomId}`).catch((error) => {
      if (this.open === open) this.leave();
      throw error;
    });
    this.#keep(room);
    // What a frame brought meanwhile stays: the stream tells of every later change too.
    open.messages = new Map([...messages.map((message) => [message.id, message]), ...(open.early ?? [])]);
    if (room.unreadCount === 0) open.readUpTo = this.#newestOfOthers(open);
    this.#changed();
    await this.markRead();
  }

  leave() {
    this.typed(false);
    this.open = null;
    this.#changed();
  }

  /** A customer's current room; the server makes one if there is none. */
  async showCurrent() {
    const room = await this.#ask("GET", "/api/chat/room");
    await this.show(room.id);
  }

  /** Writes into the open room, or, as a customer without one, into the current or a new one. */
  async send({ message, subject, priority }) {
    const { open } = this;
    this.#typedAt = 0;
    if (open) {
      const sent = await this.#create(`/api/chat/rooms/${open.id}`, { message });
      // The stream may have brought it already, and since then that it was read.
      if (!open.messages?.has(sent.id)) this.#put(sent);
      this.#changed();
    } else {
      const room = await this.#create("/api/chat/rooms", { message, subject: subject || undefined, priority });
      await this.show(room.id);
    }
  }

  /** `change`: `{status?, priority?}`; closing has a call of its own. */
  async manage(change) {
    const path = `/api/chat/rooms/${this.open.id}`;
    const room = await (change.status === "CLOSED"
      ? this.#ask("PATCH", `${path}/close`)
      : this.#ask("PATCH", `${path}/manage`, { body: change }));
    this.#keep(room);
    this.#changed();
  }

  /** Tells the room that this person types, again before it lapses, or no longer. */
  typed(isTyping) {
    const isTold = isTyping ? Date.now() - this.#typedAt < TYPING_REPEAT_MS : this.#typedAt === 0;
    if (!this.open || isTold) return;
    this.#typedAt = isTyping ? Date.now() : 0;
    // A hint that failed is no loss; the next one repeats it.
    this.#ask("POST", `/api/chat/rooms/${this.open.id}/typing`, { body: { isTyping } }).catch(() => {});
  }

  /** Marks what is on screen as read. */
  async markRead() {
    const { open } = this;
    const newest = open?.messages ? this.#newestOfOthers(open) : 0;
    if (document.hidden || this.#isMarking || newest <= (open?.readUpTo ?? 0)) return;
    this.#isMarking = true;
    try {
      const mark = await this.#ask("POST", `/api/chat/rooms/${open.id}/read`, { body: { messageId: newest } });
      open.readUpTo = newest;
      this.rooms.get(open.id).unreadCount = mark.unreadCount;
      this.#changed();
    } finally {
      this.#isMarking = false;
    }
    await this.markRead();
  }

  #receive(event) {
    const { type, data } = JSON.parse(event.data);
    // After a frame without an id, `lastEventId` is still that of the frame before.
    const hasId = type === "connected" || event.lastEventId !== this.#lastEventId;
    this.#lastEventId = event.lastEventId;
    this.#on.frame({ id: hasId ? event.lastEventId : null, type, raw: event.data });
    switch (type) {
      case "connected": this.#connected(data); break;
      case "message": this.#message(data); break;
      case "message_updated": this.#put(data); break;
      case "read": this.#read(data); break;
      case "room": this.#keep(data); break;
      case "typing": this.#typing(data); break;
      case "presence": this.presence.set(data.userId, data.status); break;
    }
    this.#changed();
  }

  /** A resumed stream has missed nothing; after a new or a reset one everything is loaded. */
  #connected({ reset }) {
    this.presence.clear();
    this.typing.clear();
    if (this.#isLoaded && !reset) return;
    this.#attempt(async () => {
      await this.#load();
      if (this.open) await this.show(this.open.id);
      else this.#on.loaded();
    });
  }

  #message(message) {
    const room = this.rooms.get(message.chatRoomId);
    if (room) Object.assign(room, { lastMessage: message.message, lastActivity: message.createdAt });
    this.typing.delete(message.chatRoomId);
    this.#put(message);
    this.#attempt(() => this.markRead());
    this.#loadSoon();
  }

  #read({ roomId, userId, lastReadMessageId }) {
    const byCustomer = userId === this.rooms.get(roomId)?.userId;
    if (byCustomer !== this.isAdmin) return this.#loadSoon();
    const messages = this.open?.id === roomId ? (this.open.messages?.values() ?? []) : [];
    for (const message of messages) {
      if (message.id <= lastReadMessageId && !this.#isOthers(message)) message.isRead = true;
    }
  }

  #typing({ roomId, userName, isTyping }) {
    if (isTyping) this.typing.set(roomId, userName);
    else this.typing.delete(roomId);
  }

  async #load() {
    const rooms = await this.#ask("GET", "/api/chat/rooms?limit=100");
    for (const room of rooms) this.#keep(room);
    this.#isLoaded = true;
    this.#changed();
  }

  /** The counts are the server's; one look for many frames. */
  #loadSoon() {
    this.#reload ??= setTimeout(() => {
      this.#reload = null;
      this.#attempt(() => this.#load());
    }, RELOAD_DELAY_MS);
  }

  /** Takes a room over unless what is known of it is newer. */
  #keep(room) {
    const known = this.rooms.get(room.id);
    if (!known || known.updatedAt <= room.updatedAt) this.rooms.set(room.id, room);
  }

  #put(message) {
    const { open } = this;
    if (message.chatRoomId !== open?.id) return;
    const messages = open.messages ?? (open.early ??= new Map());
    messages.set(message.id, message);
  }

  #isOthers(message) {
    return (message.sender.role === "ADMIN") !== this.isAdmin;
  }

  #newestOfOthers(open) {
    const others = [...open.messages.values()].filter((message) => this.#isOthers(message));
    return Math.max(0, ...others.map((message) => message.id));
  }

  /** Sends the same key again while it is unknown what became of the same request, so that nothing is doubled. */
  async #create(path, body) {
    const request = JSON.stringify([path, body]);
    if (this.#unsure?.request !== request) this.#unsure = { request, key: newKey() };
    try {
      const answer = await this.#ask("POST", path, { body, key: this.#unsure.key });
      this.#unsure = null;
      return answer;
    } catch (error) {
      if (!error.isUncertain) this.#unsure = null;
      throw error;
    }
  }

  #ask(method, path, options) {
    return call(method, path, { ...options, token: this.#token });
  }

  #attempt(action) {
    action().catch((error) => {
      if (!this.#isStopped) this.#on.failed(error);
    });
  }

  #streamIs(stream) {
    this.stream = stream;
    this.#changed();
  }

  #changed() {
    if (!this.#isStopped) this.#on.changed();
  }
}
