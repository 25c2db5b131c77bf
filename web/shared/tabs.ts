/** What tabs say to each other about the stream that they share. */
import type { StreamState } from "./live.ts";
import type { Frame } from "./types.ts";

export type TabMessage =
  /** A tab wants to listen, having seen everything up to `position`. */
  | { say: "hello"; from: string; position: number | null }
  /** The leader's answer: what that tab has missed, and how things stand. */
  | { say: "welcome"; to: string; position: number; frames: Frame[]; complete: boolean; state: StreamState }
  /** Somebody leads from now on; who listens says hello again. */
  | { say: "leader" }
  | { say: "frame"; frame: Frame }
  | { say: "state"; state: StreamState }
  /** The leader's connection shows signs of life. */
  | { say: "alive" };

/** The part of `BroadcastChannel` that is used. */
export interface TabChannel {
  postMessage(message: TabMessage): void;
  onmessage: ((event: { data: TabMessage }) => void) | null;
  close(): void;
}

/** The part of `navigator.locks` that is used. */
export interface TabLocks {
  request(
    name: string,
    options: { signal?: AbortSignal; steal?: boolean },
    callback: () => Promise<void>,
  ): Promise<unknown>;
}

/** The newest frames with an id, and from where on they are complete. */
export class RecentFrames {
  readonly #limit: number;
  #frames: Frame[] = [];
  #from: number | null = null;

  constructor(limit = 300) {
    this.#limit = limit;
  }

  /** Forgets everything: from `position` on all frames will be added. */
  restart(position: number | null): void {
    this.#frames = [];
    this.#from = position;
  }

  add(frame: Frame): void {
    if (frame.id === null) return;
    this.#frames.push(frame);
    if (this.#frames.length > this.#limit) this.#from = this.#frames.shift()?.id ?? this.#from;
  }

  /** Everything after `position`, or `null` when that reaches too far back. */
  after(position: number): Frame[] | null {
    if (this.#from === null || position < this.#from) return null;
    return this.#frames.filter((frame) => (frame.id ?? 0) > position);
  }
}

/** Who is online and who types: told to a tab that joins late. */
export class Passing {
  #presence = new Map<number, Frame>();

  clear(): void {
    this.#presence.clear();
  }

  note(frame: Frame): void {
    if (frame.type !== "presence") return;
    if (frame.data.status === "online") this.#presence.set(frame.data.userId, frame);
    else this.#presence.delete(frame.data.userId);
  }

  frames(): Frame[] {
    return [...this.#presence.values()];
  }
}
