/** Tells the others that this admin looks at a room or types in it. */
import type { SapaClient } from "../api.ts";

const VIEWING_EVERY_MS = 20_000;
const TYPING_EVERY_MS = 3_000;
const TYPING_IDLE_MS = 2_500;

/** `POST …/viewing` every 20 s while a room is open and the page is visible. */
export class ViewingBeacon {
  private roomId: number | null = null;
  private told: number | null = null;
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(
    private readonly client: Pick<SapaClient, "setViewing">,
    private readonly page: Document,
  ) {
    page.addEventListener("visibilitychange", this.update);
  }

  look(roomId: number | null): void {
    this.roomId = roomId;
    this.update();
  }

  stop(): void {
    this.page.removeEventListener("visibilitychange", this.update);
    this.look(null);
  }

  private update = (): void => {
    const wanted = this.page.visibilityState === "visible" ? this.roomId : null;
    if (wanted === this.told) return;
    clearInterval(this.timer);
    if (this.told !== null) this.tell(this.told, false);
    this.told = wanted;
    if (wanted === null) return;
    this.tell(wanted, true);
    this.timer = setInterval(() => this.tell(wanted, true), VIEWING_EVERY_MS);
  };

  private tell(roomId: number, isViewing: boolean): void {
    // A lost call costs a colleague the hint for some seconds; the next one brings it.
    this.client.setViewing(roomId, isViewing).catch(() => undefined);
  }
}

/** `POST …/typing`, at most every 3 s while keys are pressed, and once at the end. */
export class TypingBeacon {
  private roomId: number | null = null;
  private toldAt = 0;
  private idle: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: Pick<SapaClient, "setTyping">,
    private readonly now: () => number = Date.now,
  ) {}

  typed(roomId: number): void {
    if (this.roomId !== null && this.roomId !== roomId) this.end();
    if (this.roomId === null || this.now() - this.toldAt >= TYPING_EVERY_MS) {
      this.roomId = roomId;
      this.toldAt = this.now();
      this.tell(roomId, true);
    }
    clearTimeout(this.idle);
    this.idle = setTimeout(() => this.end(), TYPING_IDLE_MS);
  }

  /** The text is empty, or the room was left. */
  end(): void {
    const { roomId } = this;
    this.forget();
    if (roomId !== null) this.tell(roomId, false);
  }

  /** A message was sent: the server ended the typing by itself. */
  forget(): void {
    clearTimeout(this.idle);
    this.roomId = null;
    this.toldAt = 0;
  }

  private tell(roomId: number, isTyping: boolean): void {
    this.client.setTyping(roomId, isTyping).catch(() => undefined);
  }
}
