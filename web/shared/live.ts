/** What every kind of stream offers: one connection of one's own, or one that tabs share. */
import type { SapaError } from "./error.ts";
import type { Connected, Frame, FrameData } from "./types.ts";

export type StreamStatus = "idle" | "connecting" | "open" | "waiting" | "failed";

export interface StreamState {
  status: StreamStatus;
  /** Connections that failed in a row. */
  attempt: number;
  /** When the next attempt is due, for `waiting`. */
  retryInMs: number | null;
  /** Why it waits or has failed for good. */
  error: SapaError | null;
}

export type StreamEvents = {
  /** Every frame, in order and once; unknown types too. */
  frame: Frame;
  /** What was missed cannot be replayed: load everything anew. */
  reset: Connected;
  state: StreamState;
  /** Bytes arrived, a heartbeat counts. */
  activity: void;
} & FrameData;

/** A stream of frames that heals itself. */
export interface LiveStream {
  readonly state: StreamState;
  /** The id up to which everything was seen. */
  readonly lastEventId: number | null;
  on<K extends keyof StreamEvents>(name: K, listener: (value: StreamEvents[K]) => void): () => void;
  /** Goes on after `lastEventId` (from a `getRoom`), or begins with what happens from now on. */
  start(lastEventId?: number | null): void;
  stop(): void;
  /** Tries again at once: after a final failure, with a new token. */
  reconnect(): void;
}

export const IDLE: StreamState = { status: "idle", attempt: 0, retryInMs: null, error: null };
