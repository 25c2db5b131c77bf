/** A small Sapa over node's http: enough of section 4 and of sending to try the client against. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Message } from "../types.ts";

export interface Request {
  method: string;
  path: string;
  headers: IncomingMessage["headers"];
  body: Record<string, unknown>;
}

export type Answer = (request: Request, response: ServerResponse) => void;

export class FakeServer {
  baseUrl = "";
  /** Every request that came, oldest first. */
  readonly requests: Request[] = [];
  /** Taken one per request to that "METHOD /path", before the normal answer. */
  readonly scripted = new Map<string, Answer[]>();
  readonly messages: Message[] = [];
  retryMs = 20;
  /** Journal: frames with their ids. */
  readonly journal: { id: number; type: string; data: unknown }[] = [];
  /** The oldest cursor that can be replayed. */
  oldest = 0;
  readonly #streams = new Set<ServerResponse>();
  readonly #answered = new Map<string, Message>();
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  static async start(): Promise<FakeServer> {
    const fake = new FakeServer();
    await new Promise<void>((resolve) => fake.#server.listen(0, "127.0.0.1", resolve));
    fake.baseUrl = `http://127.0.0.1:${(fake.#server.address() as AddressInfo).port}`;
    return fake;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Answers the next request of that kind by hand. */
  script(call: string, ...answers: Answer[]): void {
    this.scripted.set(call, [...(this.scripted.get(call) ?? []), ...answers]);
  }

  count(call: string): number {
    return this.requests.filter((each) => `${each.method} ${each.path.split("?")[0]}` === call).length;
  }

  get openStreams(): number {
    return this.#streams.size;
  }

  /** Commits a frame to the journal and sends it to everybody. */
  publish(type: string, data: unknown, id = (this.journal.at(-1)?.id ?? 0) + 1): number {
    this.journal.push({ id, type, data });
    this.raw(frame(type, data, id));
    return id;
  }

  /** Writes bytes to every open stream. */
  raw(text: string): void {
    for (const stream of this.#streams) stream.write(text);
  }

  /** Ends (or resets) every open stream. */
  cut(): void {
    for (const stream of this.#streams) stream.destroy();
    this.#streams.clear();
  }

  addMessage(text: string, senderId = 1, roomId = 7): Message {
    const message: Message = {
      id: this.messages.length + 1,
      chatRoomId: roomId,
      senderId,
      sender: { id: senderId, name: "Budi", role: "USER" },
      message: text,
      messageType: "TEXT",
      isRead: false,
      replyToId: null,
      reactions: [],
      deletedAt: null,
      createdAt: new Date().toISOString(),
    };
    this.messages.push(message);
    return message;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = "";
    for await (const chunk of incoming) text += chunk;
    const request: Request = {
      method: incoming.method ?? "",
      path: incoming.url ?? "",
      headers: incoming.headers,
      body: text ? JSON.parse(text) as Record<string, unknown> : {},
    };
    this.requests.push(request);
    const call = `${request.method} ${request.path.split("?")[0]}`;
    const scripted = this.scripted.get(call)?.shift();
    if (scripted) return scripted(request, response);
    if (call === "GET /api/chat/sse") return this.stream(request, response);
    if (call === "POST /api/chat/rooms/7") return this.send(request, response);
    if (call === "POST /api/chat/rooms") return this.open(request, response);
    json(response, 200, []);
  }

  stream(request: Request, response: ServerResponse): void {
    const given = request.headers["last-event-id"];
    const head = this.journal.at(-1)?.id ?? 0;
    const isReset = given !== undefined && (Number(given) < this.oldest || Number(given) > head);
    const from = given === undefined || isReset ? head : Number(given);
    const missed = this.journal.filter((each) => each.id > from);
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`retry: ${this.retryMs}\n\n`);
    const data = { roomId: null, room: null, replayed: missed.length, ...(isReset ? { reset: true } : {}) };
    response.write(frame("connected", data, from));
    for (const each of missed) response.write(frame(each.type, each.data, each.id));
    this.#streams.add(response);
    response.on("close", () => this.#streams.delete(response));
  }

  /** Stores a message (once per key) without telling the streams. */
  store(request: Request): Message {
    const key = String(request.headers["idempotency-key"]);
    const known = this.#answered.get(key);
    if (known) return known;
    const message = this.addMessage(String(request.body["message"]));
    this.#answered.set(key, message);
    return message;
  }

  send(request: Request, response: ServerResponse): void {
    json(response, 201, this.store(request));
  }

  open(request: Request, response: ServerResponse): void {
    const message = this.store(request);
    json(response, 201, { id: 7, userId: 1, status: "OPEN", messages: [message] });
  }
}

export function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  const type = status < 400 ? "application/json" : "application/problem+json";
  response.writeHead(status, { "Content-Type": type, ...headers });
  response.end(JSON.stringify(body));
}

export function frame(type: string, data: unknown, id?: number): string {
  return `${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify({ type, data })}\n\n`;
}

/** Waits until something holds; fails after two seconds. */
export async function until(holds: () => boolean, what = "the condition"): Promise<void> {
  const end = Date.now() + 4_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
