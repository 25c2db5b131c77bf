/** Where pending messages live: one entry each, so that tabs never overwrite each other's. */
import type { OutboxItem } from "./outbox.ts";

/** The part of `localStorage` that is used. */
export interface KeyValueStorage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export class OutboxStore {
  readonly prefix: string;
  readonly #storage: KeyValueStorage | null;

  constructor(storage: KeyValueStorage | null, prefix: string) {
    this.#storage = storage;
    this.prefix = prefix;
  }

  /** In the order of writing; `null` where nothing is kept. */
  load(): OutboxItem[] | null {
    if (!this.#storage) return null;
    const items: OutboxItem[] = [];
    for (let i = 0; i < this.#storage.length; i++) {
      const name = this.#storage.key(i);
      if (!name?.startsWith(this.prefix)) continue;
      const item = parse(this.#storage.getItem(name));
      if (item) items.push(item);
    }
    return items.sort((a, b) => a.createdAt.localeCompare(b.createdAt) || a.key.localeCompare(b.key));
  }

  /** `false` when the storage is full or forbidden: the message is sent all the same. */
  put(item: OutboxItem): boolean {
    const kept = { ...item, matchedId: null, state: item.state === "failed" ? "failed" : "queued" };
    try {
      this.#storage?.setItem(this.prefix + item.key, JSON.stringify(kept));
      return true;
    } catch {
      return false;
    }
  }

  remove(key: string): void {
    this.#storage?.removeItem(this.prefix + key);
  }

  /** Calls when another tab changed something, until the returned function is called. */
  watch(onChange: () => void): () => void {
    if (!this.#storage || typeof window === "undefined") return () => {};
    const listen = (event: StorageEvent) => {
      if (event.key === null || event.key.startsWith(this.prefix)) onChange();
    };
    window.addEventListener("storage", listen);
    return () => window.removeEventListener("storage", listen);
  }
}

function parse(text: string | null): OutboxItem | null {
  try {
    const item = JSON.parse(text ?? "null") as OutboxItem | null;
    return item && typeof item.message === "string" && typeof item.key === "string" ? item : null;
  } catch {
    return null;
  }
}
