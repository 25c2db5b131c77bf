/** Stand-ins for what tabs of one browser share: locks, channels, storage. */
import type { KeyValueStorage } from "../outbox-store.ts";
import type { TabChannel, TabLocks, TabMessage } from "../tabs.ts";

interface Claim {
  grant(): void;
}

/** Web Locks with `signal` and `steal`; one object stands for one browser. */
export class FakeLocks implements TabLocks {
  #held = new Map<string, { fail(error: Error): void }>();
  #queue = new Map<string, Claim[]>();

  request(
    name: string,
    options: { signal?: AbortSignal; steal?: boolean },
    callback: () => Promise<void>,
  ): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const claim: Claim = {
        grant: () => {
          const holder = { fail: reject };
          this.#held.set(name, holder);
          void callback().then(resolve, reject).finally(() => {
            if (this.#held.get(name) === holder) this.#free(name);
          });
        },
      };
      if (options.steal) {
        this.#held.get(name)?.fail(new DOMException("stolen", "AbortError"));
        return claim.grant();
      }
      if (!this.#held.has(name)) return claim.grant();
      const queue = this.#queue.get(name) ?? [];
      this.#queue.set(name, [...queue, claim]);
      options.signal?.addEventListener("abort", () => {
        this.#queue.set(name, (this.#queue.get(name) ?? []).filter((each) => each !== claim));
        reject(new DOMException("called off", "AbortError"));
      });
    });
  }

  #free(name: string): void {
    this.#held.delete(name);
    this.#queue.get(name)?.shift()?.grant();
  }
}

/** Channels that deliver to every other one of the same name, in order, a moment later. */
export class FakeChannels {
  readonly #open = new Set<FakeChannel>();
  /** Frozen tabs: they neither hear nor speak. */
  readonly frozen = new Set<TabChannel>();

  readonly make = (name: string): FakeChannel => {
    const channel = new FakeChannel(name, this.#open, this.frozen);
    this.#open.add(channel);
    return channel;
  };
}

class FakeChannel implements TabChannel {
  onmessage: ((event: { data: TabMessage }) => void) | null = null;
  readonly #name: string;
  readonly #all: Set<FakeChannel>;
  readonly #frozen: Set<TabChannel>;

  constructor(name: string, all: Set<FakeChannel>, frozen: Set<TabChannel>) {
    this.#name = name;
    this.#all = all;
    this.#frozen = frozen;
  }

  postMessage(message: TabMessage): void {
    if (this.#frozen.has(this)) return;
    const data = structuredClone(message);
    for (const other of this.#all) {
      if (other === this || other.#name !== this.#name) continue;
      queueMicrotask(() => {
        if (this.#all.has(other) && !this.#frozen.has(other)) other.onmessage?.({ data });
      });
    }
  }

  close(): void {
    this.#all.delete(this);
  }
}

export class FakeStorage implements KeyValueStorage {
  readonly #entries = new Map<string, string>();
  isFull = false;

  get length(): number {
    return this.#entries.size;
  }

  key(index: number): string | null {
    return [...this.#entries.keys()][index] ?? null;
  }

  getItem(key: string): string | null {
    return this.#entries.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    if (this.isFull) throw new DOMException("full", "QuotaExceededError");
    this.#entries.set(key, value);
  }

  removeItem(key: string): void {
    this.#entries.delete(key);
  }
}
