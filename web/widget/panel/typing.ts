/** Typing, both ways: one's own is told sparingly, the others' fades by itself. */
import type { SapaClient, Typing } from "../../shared/index.ts";

const REPEAT_MS = 3_000;
const IDLE_MS = 2_000;
const FADE_MS = 5_500;

/** Tells the server that somebody types: at most every three seconds, and once when they stop. */
export class OwnTyping {
  readonly #client: () => SapaClient;
  #roomId: number | null = null;
  #toldAt = 0;
  #idle: ReturnType<typeof setTimeout> | undefined;

  constructor(client: () => SapaClient) {
    this.#client = client;
  }

  pressed(roomId: number): void {
    if (this.#roomId !== roomId) this.#toldAt = 0;
    this.#roomId = roomId;
    if (Date.now() - this.#toldAt >= REPEAT_MS) {
      this.#toldAt = Date.now();
      this.#tell(true);
    }
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.stopped(), IDLE_MS);
  }

  stopped(): void {
    clearTimeout(this.#idle);
    if (this.#toldAt) this.#tell(false);
    this.#toldAt = 0;
  }

  /** A message went out, which ends typing by itself. */
  sent(): void {
    clearTimeout(this.#idle);
    this.#toldAt = 0;
  }

  #tell(isTyping: boolean): void {
    // Not worth a retry or a word: the next press tells again.
    if (this.#roomId !== null) this.#client().setTyping(this.#roomId, isTyping).catch(() => {});
  }
}

/** Who types on the other side, by room. */
export class OthersTyping {
  readonly #onChange: () => void;
  readonly #typing = new Map<number, { event: Typing; timer: ReturnType<typeof setTimeout> }>();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  heard(event: Typing): void {
    this.stopped(event.userId, false);
    if (event.isTyping) {
      this.#typing.set(event.userId, { event, timer: setTimeout(() => this.stopped(event.userId), FADE_MS) });
    }
    this.#onChange();
  }

  stopped(userId: number, tell = true): void {
    clearTimeout(this.#typing.get(userId)?.timer);
    if (this.#typing.delete(userId) && tell) this.#onChange();
  }

  in(roomId: number | null): { userId: number; name: string }[] {
    return [...this.#typing.values()]
      .filter(({ event }) => event.roomId === roomId)
      .map(({ event }) => ({ userId: event.userId, name: event.userName ?? "" }));
  }
}
