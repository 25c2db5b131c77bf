/**
 * Messages on their way. Each carries an idempotency key, is kept in the storage until the server
 * has answered, is sent again with back-off for as long as that is sensible, and appears once:
 * whichever comes first, the answer or the stream's copy, takes the place of the pending one.
 */
import { backoff } from "./backoff.ts";
import type { SapaClient } from "./client.ts";
import { Emitter } from "./emitter.ts";
import { SapaError, type ErrorCode } from "./error.ts";
import { newKey } from "./http.ts";
import { OutboxStore, type KeyValueStorage } from "./outbox-store.ts";
import { watchSurroundings } from "./surroundings.ts";
import type { TabLocks } from "./tabs.ts";
import type { Message, Priority, RoomWithMessages } from "./types.ts";

export interface OutboxDraft {
  /** `null` begins a conversation (or adds to the open one). */
  roomId: number | null;
  message: string;
  replyToId?: number;
  /** For `roomId: null`. */
  subject?: string;
  priority?: Priority;
}

export interface OutboxItem extends OutboxDraft {
  /** The idempotency key. */
  key: string;
  createdAt: string;
  /** `queued`: waits for its turn or the network; `failed`: waits for the person. */
  state: "queued" | "sending" | "failed";
  error: ErrorCode | null;
  /** The newest message id known when it was written: its own id will be higher. */
  afterId: number;
  /** The message on the stream or in the history that this one became: show that one instead. */
  matchedId: number | null;
}

export interface OutboxSent {
  item: OutboxItem;
  message: Message;
  /** Set when the message began (or continued) a conversation by `roomId: null`. */
  room: RoomWithMessages | null;
}

export interface OutboxEvents {
  change: OutboxItem[];
  sent: OutboxSent;
  failed: OutboxItem;
}

export interface OutboxOptions {
  client: SapaClient;
  /** `localStorage`, or `null` to keep nothing across a reload. */
  storage: KeyValueStorage | null;
  /** Names the person: two accounts never send each other's messages. */
  scope: string;
  /** Own user id, once it is known. */
  userId?: number | null;
  /** Runs before the first message is sent; makes a guest's identity, for one. */
  prepare?: () => Promise<void>;
  /** `navigator.locks` when absent: of several tabs one sends. `null`: each for itself. */
  locks?: TabLocks | null;
  /** First wait after a failure; 1,000 when absent. */
  retryMs?: number;
  random?: () => number;
}

export class Outbox extends Emitter<OutboxEvents> {
  /** Own user id: only own messages are matched. */
  userId: number | null;
  readonly #options: OutboxOptions;
  readonly #store: OutboxStore;
  #items: OutboxItem[] = [];
  /** Keys that the storage refused: they live in this page only. */
  #unkept = new Set<string>();
  #claimed = new Set<number>();
  #newestId = 0;
  #run: AbortController | null = null;
  #isFlushing = false;
  #wake: () => void = () => {};

  constructor(options: OutboxOptions) {
    super();
    this.#options = options;
    this.userId = options.userId ?? null;
    this.#store = new OutboxStore(options.storage, `sapa-outbox:${options.client.http.baseUrl}:${options.scope}:`);
  }

  /** In the order of writing. */
  get items(): readonly OutboxItem[] {
    return this.#items;
  }

  /** Takes up what an earlier page left behind, and begins to send. */
  start(): void {
    if (this.#run) return;
    const run = this.#run = new AbortController();
    this.#reload();
    const unwatch = watchSurroundings({ online: () => this.#wake(), visible: () => this.#wake() });
    const unlisten = this.#store.watch(() => {
      this.#reload();
      void this.#flush();
    });
    run.signal.addEventListener("abort", () => (unwatch(), unlisten()));
    void this.#flush();
  }

  /** Sends no more; what is not sent stays in the storage. */
  stop(): void {
    this.#run?.abort();
    this.#run = null;
    this.#wake();
  }

  enqueue(draft: OutboxDraft): OutboxItem {
    const item: OutboxItem = {
      ...draft,
      message: draft.message.trim(),
      key: newKey(),
      createdAt: new Date().toISOString(),
      state: "queued",
      error: null,
      afterId: this.#newestId,
      matchedId: null,
    };
    this.#items.push(item);
    this.#keep(item);
    this.#changed();
    void this.#flush();
    return item;
  }

  /** Sends a failed message again, under its old key: it cannot arrive twice. */
  retry(key: string): void {
    this.#update(key, { state: "queued", error: null });
    this.#wake();
    void this.#flush();
  }

  /** Gives a failed message up. */
  discard(key: string): void {
    this.#remove(key);
  }

  /** Compares messages from the stream or the history with the pending ones. */
  observe(messages: readonly Message[]): void {
    let isChanged = false;
    for (const message of messages) {
      this.#newestId = Math.max(this.#newestId, message.id);
      if (message.senderId !== this.userId || this.#claimed.has(message.id)) continue;
      const item = this.#items.find((item) => isCopy(item, message));
      if (!item) continue;
      item.matchedId = message.id;
      this.#claimed.add(message.id);
      isChanged = true;
    }
    if (isChanged) this.#changed();
  }

  async #flush(): Promise<void> {
    const run = this.#run?.signal;
    if (!run || this.#isFlushing) return;
    this.#isFlushing = true;
    const { locks = browserLocks() } = this.#options;
    const send = () => this.#sendAll(run);
    try {
      if (!this.#next()) return;
      if (locks) await locks.request(this.#store.prefix, { signal: run }, send);
      else await send();
    } catch (error) {
      if (!run.aborted) console.error("sapa: sending stopped", error);
    } finally {
      this.#isFlushing = false;
    }
    if (!run.aborted && this.#next()) void this.#flush();
  }

  async #sendAll(run: AbortSignal): Promise<void> {
    // While this tab waited for its turn another one may have sent.
    this.#reload();
    let failures = 0;
    for (let item = this.#next(); item && !run.aborted; item = this.#next()) {
      this.#update(item.key, { state: "sending" });
      try {
        await this.#options.prepare?.();
        this.#arrived(item.key, await this.#post(item, run));
        failures = 0;
      } catch (error) {
        if (run.aborted) return this.#update(item.key, { state: "queued" });
        if (!(error instanceof SapaError) || !error.isTransient) this.#refused(item.key, error);
        else {
          this.#update(item.key, { state: "queued", error: error.code });
          const { retryMs = 1_000, random } = this.#options;
          await this.#pause(Math.max(error.retryAfterMs ?? 0, backoff(retryMs, failures++, random)));
        }
      }
    }
  }

  async #post(item: OutboxItem, signal: AbortSignal): Promise<{ message: Message; room: RoomWithMessages | null }> {
    const { client } = this.#options;
    const { roomId, message, replyToId, subject, priority } = item;
    const options = { idempotencyKey: item.key, signal };
    if (roomId !== null) {
      return { message: await client.sendMessage(roomId, { message, ...(replyToId ? { replyToId } : {}) }, options), room: null };
    }
    const room = await client.createRoom({ message, ...(subject ? { subject } : {}), ...(priority ? { priority } : {}) }, options);
    const own = room.messages.filter((each) => each.senderId === room.userId && each.message === message);
    const sent = own.at(-1) ?? room.messages.at(-1);
    if (!sent) throw new SapaError({ status: 200, code: "unknown", title: "The answer holds no message" });
    return { message: sent, room };
  }

  #arrived(key: string, { message, room }: { message: Message; room: RoomWithMessages | null }): void {
    const item = this.#items.find((each) => each.key === key);
    this.#claimed.add(message.id);
    // Another device's message was taken for this one: let a later item match it.
    if (item?.matchedId && item.matchedId !== message.id) this.#claimed.delete(item.matchedId);
    this.#newestId = Math.max(this.#newestId, message.id);
    this.userId ??= message.senderId;
    if (room) this.#moveTo(room.id);
    if (item) this.emit("sent", { item, message, room });
    this.#remove(key);
  }

  /** What was written before the conversation had an id goes into it. */
  #moveTo(roomId: number): void {
    for (const item of this.#items) {
      if (item.roomId === null && item.state === "queued") this.#update(item.key, { roomId });
    }
  }

  #refused(key: string, error: unknown): void {
    this.#update(key, { state: "failed", error: error instanceof SapaError ? error.code : "unknown" });
    const item = this.#items.find((each) => each.key === key);
    if (item) this.emit("failed", item);
  }

  #next(): OutboxItem | undefined {
    return this.#items.find((item) => item.state !== "failed");
  }

  #update(key: string, change: Partial<OutboxItem>): void {
    const item = this.#items.find((each) => each.key === key);
    if (!item) return;
    Object.assign(item, change);
    this.#keep(item);
    this.#changed();
  }

  #keep(item: OutboxItem): void {
    if (this.#store.put(item)) this.#unkept.delete(item.key);
    else this.#unkept.add(item.key);
  }

  #remove(key: string): void {
    this.#items = this.#items.filter((item) => item.key !== key);
    this.#store.remove(key);
    this.#changed();
  }

  #reload(): void {
    const kept = this.#store.load();
    if (!kept) return;
    const known = new Map(this.#items.map((item) => [item.key, item]));
    const inMemory = this.#items.filter((item) => this.#unkept.has(item.key));
    this.#items = kept.map((item) => {
      const { state, matchedId = null } = known.get(item.key) ?? {};
      return { ...item, matchedId, state: state === "sending" ? state : item.state };
    }).concat(inMemory.filter((item) => !kept.some((each) => each.key === item.key)));
    this.#changed();
  }

  #changed(): void {
    this.emit("change", [...this.#items]);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

function isCopy(item: OutboxItem, message: Message): boolean {
  return item.matchedId === null
    && message.id > item.afterId
    && (item.roomId === null || item.roomId === message.chatRoomId)
    && (item.replyToId ?? null) === message.replyToId
    && item.message === message.message;
}

function browserLocks(): TabLocks | null {
  if (typeof navigator === "undefined" || !("locks" in navigator)) return null;
  return navigator.locks as unknown as TabLocks;
}
