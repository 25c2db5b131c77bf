/** The `text/event-stream` format, read piece by piece as bytes arrive. */

export interface ServerSentEvent {
  /** The `id:` of this very event; what came earlier does not linger. */
  id: string | null;
  event: string;
  data: string;
}

export interface SseHandlers {
  onEvent(event: ServerSentEvent): void;
  onRetry(ms: number): void;
}

/** Lines end with CR, LF or CRLF; a block that is unfinished at the end counts for nothing. */
export class SseParser {
  readonly #handlers: SseHandlers;
  readonly #decoder = new TextDecoder();
  #rest = "";
  #data: string[] = [];
  #event = "";
  #id: string | null = null;

  constructor(handlers: SseHandlers) {
    this.#handlers = handlers;
  }

  push(bytes: Uint8Array): void {
    const text = this.#rest + this.#decoder.decode(bytes, { stream: true });
    let start = 0;
    for (let i = 0; i < text.length; i++) {
      const sign = text[i];
      if (sign !== "\n" && sign !== "\r") continue;
      // A CR at the very end may be the first half of a CRLF: decide with the next bytes.
      if (sign === "\r" && i + 1 === text.length) break;
      this.#line(text.slice(start, i));
      if (sign === "\r" && text[i + 1] === "\n") i++;
      start = i + 1;
    }
    this.#rest = text.slice(start);
  }

  #line(line: string): void {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#event = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    else if (field === "retry" && /^\d+$/.test(value)) this.#handlers.onRetry(Number(value));
  }

  #dispatch(): void {
    const { onEvent } = this.#handlers;
    if (this.#data.length) {
      onEvent({ id: this.#id, event: this.#event || "message", data: this.#data.join("\n") });
    }
    this.#data = [];
    this.#event = "";
    this.#id = null;
  }
}
