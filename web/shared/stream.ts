/**
 * The live stream over `fetch`. Unlike `EventSource`, it sends the token in a header instead of the
 * address, sees 401, 403 and 429 for what they are, and notices a connection that went silent.
 */
import { backoff } from "./backoff.ts";
import type { SapaClient } from "./client.ts";
import { Cursor } from "./cursor.ts";
import { Emitter } from "./emitter.ts";
import { SapaError, errorFrom, networkError } from "./error.ts";
import { IDLE, type LiveStream, type StreamEvents, type StreamState, type StreamStatus } from "./live.ts";
import { SseParser, type ServerSentEvent } from "./sse.ts";
import { watchSurroundings } from "./surroundings.ts";
import type { Frame } from "./types.ts";

export interface SapaStreamOptions {
  client: SapaClient;
  /** Absent: all rooms that the caller may see. */
  roomId?: number;
  /** Silence after which a connection counts as dead; 40,000 when absent (the server speaks every 15 s). */
  silenceMs?: number;
  /** For tests: spreads the waits. */
  random?: () => number;
}

const DEFAULT_RETRY_MS = 3_000;
/** On return to the page, a connection that was silent for longer than this is not trusted. */
const STALE_MS = 20_000;

export class SapaStream extends Emitter<StreamEvents> implements LiveStream {
  state: StreamState = IDLE;
  readonly #options: SapaStreamOptions;
  #cursor = new Cursor();
  #run: AbortController | null = null;
  #connection: AbortController | null = null;
  #wake: () => void = () => {};
  #unwatch: () => void = () => {};
  #retryMs = DEFAULT_RETRY_MS;
  #failures = 0;
  #refreshed = false;
  #hurry = false;
  #lastByteAt = 0;

  constructor(options: SapaStreamOptions) {
    super();
    this.#options = options;
  }

  get lastEventId(): number | null {
    return this.#cursor.position;
  }

  start(lastEventId?: number | null): void {
    if (this.#run) return;
    if (lastEventId !== undefined) this.#cursor.position = lastEventId;
    this.#run = new AbortController();
    this.#failures = 0;
    this.#refreshed = false;
    this.#unwatch = watchSurroundings({
      online: () => this.reconnect(),
      offline: () => this.#connection?.abort(),
      visible: () => {
        if (Date.now() - this.#lastByteAt > STALE_MS) this.reconnect();
      },
    });
    void this.#loop(this.#run.signal);
  }

  stop(): void {
    this.#run?.abort();
    this.#run = null;
    this.#connection?.abort();
    this.#wake();
    this.#unwatch();
    this.#setState("idle");
  }

  reconnect(): void {
    if (this.state.status === "failed") {
      this.#run = null;
      this.#unwatch();
      return this.start();
    }
    this.#hurry = true;
    this.#connection?.abort();
    this.#wake();
  }

  async #loop(run: AbortSignal): Promise<void> {
    while (!run.aborted) {
      this.#hurry = false;
      this.#setState("connecting");
      const error = await this.#connect().catch((cause: unknown) => asError(cause));
      if (run.aborted) return;
      if (error?.status === 401 && await this.#refresh()) continue;
      if (run.aborted) return;
      if (error && error.status >= 400 && !error.isTransient) return this.#setState("failed", { error });
      if (this.#hurry) continue;
      const ms = Math.max(error?.retryAfterMs ?? 0, backoff(this.#retryMs, this.#failures, this.#options.random));
      this.#failures++;
      this.#setState("waiting", { error: error ?? null, retryInMs: ms });
      await this.#pause(ms);
    }
  }

  /** One connection from its request to its end; answers why the server refused, if it did. */
  async #connect(): Promise<SapaError | null> {
    const connection = this.#connection = new AbortController();
    const { http } = this.#options.client;
    const headers: Record<string, string> = { Accept: "text/event-stream" };
    if (this.lastEventId !== null) headers["Last-Event-ID"] = String(this.lastEventId);
    const silence = this.#watchdog(connection);
    try {
      const url = http.url("/api/chat/sse", { roomId: this.#options.roomId });
      const response = await http.raw(url, { headers, signal: connection.signal });
      if (!response.ok) return await errorFrom(response);
      const type = response.headers.get("Content-Type") ?? "";
      if (!type.startsWith("text/event-stream") || !response.body) {
        void response.body?.cancel();
        return new SapaError({ status: 0, code: "unknown", title: `Not a stream: ${type}` });
      }
      await this.#read(response.body, connection.signal, silence.heard);
      return null;
    } finally {
      silence.end();
      connection.abort();
    }
  }

  async #read(body: ReadableStream<Uint8Array>, ended: AbortSignal, heard: () => void): Promise<void> {
    const parser = new SseParser({
      onRetry: (ms) => (this.#retryMs = ms),
      onEvent: (event) => {
        if (!ended.aborted) this.#deliver(event);
      },
    });
    const reader = body.getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      parser.push(value);
      this.emit("activity", undefined);
    }
  }

  #deliver(event: ServerSentEvent): void {
    const frame = toFrame(event);
    if (!frame) return;
    const verdict = this.#cursor.accept(frame);
    if (verdict === "drop") return;
    if (frame.type === "connected") {
      this.#failures = 0;
      this.#refreshed = false;
      this.#setState("open");
    }
    if (verdict === "reset" && frame.type === "connected") this.emit("reset", frame.data);
    this.emit("frame", frame);
    this.emit(frame.type, frame.data as never);
  }

  async #refresh(): Promise<boolean> {
    const { http } = this.#options.client;
    if (this.#refreshed || !http.canRefresh) return false;
    this.#refreshed = true;
    return (await http.token(true).catch(() => null)) !== null;
  }

  #watchdog(connection: AbortController): { heard(): void; end(): void } {
    const limit = this.#options.silenceMs ?? 40_000;
    const check = () => connection.abort();
    let timer = setTimeout(check, limit);
    return {
      heard: () => {
        this.#lastByteAt = Date.now();
        clearTimeout(timer);
        timer = setTimeout(check, limit);
      },
      end: () => clearTimeout(timer),
    };
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

  #setState(status: StreamStatus, more: Partial<StreamState> = {}): void {
    this.state = { status, attempt: this.#failures, retryInMs: null, error: null, ...more };
    this.emit("state", this.state);
  }
}

function asError(cause: unknown): SapaError {
  return cause instanceof SapaError ? cause : networkError(cause);
}

/** A frame that cannot be read is skipped: readers tolerate what they do not know. */
function toFrame(event: ServerSentEvent): Frame | null {
  try {
    const { type, data } = JSON.parse(event.data) as { type: string; data: unknown };
    if (typeof type !== "string") return null;
    const id = event.id === null || event.id === "" ? NaN : Number(event.id);
    return { id: Number.isSafeInteger(id) ? id : null, type, data } as unknown as Frame;
  } catch {
    return null;
  }
}
