/** Unsent text, kept per room and person in the browser, for a fortnight. */
import { Store } from "./store.ts";

export interface DraftStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

export interface Draft {
  readonly text: string;
  readonly replyToId: number | null;
  readonly at: number;
}

type Drafts = Record<string, Draft>;

const KEEP_MS = 14 * 24 * 3_600_000;
const MOST = 200;

export class DraftBox {
  /** Counts the rooms that gained or lost a draft or changed it, for those who show it. */
  readonly changes = new Store(0);
  private drafts: Drafts;
  private readonly key: string;

  constructor(
    private readonly storage: DraftStorage | null,
    me: number,
    private readonly now: () => number = Date.now,
  ) {
    this.key = `sapa.admin.drafts.${me}`;
    this.drafts = prune(read(storage, this.key), now());
  }

  get(roomId: number): Draft | null {
    return this.drafts[roomId] ?? null;
  }

  /** Keeps a draft, or forgets it when there is nothing left of it. */
  set(roomId: number, text: string, replyToId: number | null): void {
    const { [roomId]: old, ...others } = this.drafts;
    const isEmpty = text.trim() === "" && replyToId === null;
    if (isEmpty && !old) return;
    const next = isEmpty ? others : { ...others, [roomId]: { text, replyToId, at: this.now() } };
    this.drafts = prune(next, this.now());
    this.write();
    this.changes.update((count) => count + 1);
  }

  private write(): void {
    try {
      if (Object.keys(this.drafts).length === 0) this.storage?.removeItem(this.key);
      else this.storage?.setItem(this.key, JSON.stringify(this.drafts));
    } catch {
      // A full or forbidden storage costs the draft after a reload, never the typing.
    }
  }
}

function read(storage: DraftStorage | null, key: string): Drafts {
  try {
    const value: unknown = JSON.parse(storage?.getItem(key) ?? "{}");
    if (typeof value !== "object" || value === null) return {};
    return Object.fromEntries(Object.entries(value).filter((pair): pair is [string, Draft] => isDraft(pair[1])));
  } catch {
    return {};
  }
}

function isDraft(value: unknown): value is Draft {
  const draft = value as Draft | null;
  return typeof draft === "object" && draft !== null && typeof draft.text === "string" && typeof draft.at === "number";
}

function prune(drafts: Drafts, now: number): Drafts {
  const young = Object.entries(drafts).filter(([, draft]) => now - draft.at < KEEP_MS);
  young.sort(([, a], [, b]) => b.at - a.at);
  return Object.fromEntries(young.slice(0, MOST));
}
