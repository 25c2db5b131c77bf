/** What every page does with its socket: which namespace and transport, how the connection is, what went over it. */
import type { Socket } from "socket.io-client";

const SHOWN_EVENTS = 100;
const ANSWER_MS = 10_000;
const query = new URLSearchParams(location.search);

/** The page's own namespace, unless the address names another: `?namespace=/`. */
export const namespaceOr = (own: string): string => query.get("namespace") ?? own;

/** The client's own choice, unless the address names one: `?transport=polling`. */
export const transports = (): { transports?: string[] } => {
  const named = query.get("transport");
  return named ? { transports: [named] } : {};
};

/** How the connection is, in a word for the style and in words for people. */
export interface Link {
  state: "waiting" | "open" | "refused";
  text: string;
}

export const CONNECTING: Link = { state: "waiting", text: "Connecting…" };

/** Tells each change of the connection. */
export function watchLink(socket: Socket, tell: (link: Link) => void): void {
  socket.on("connect", () => {
    const { engine } = socket.io;
    const opened = () => tell({ state: "open", text: `Connected, ${engine.transport.name}` });
    opened();
    engine.on("upgrade", opened);
  });
  socket.on("disconnect", (reason) => {
    if (reason === "io server disconnect") tell({ state: "refused", text: "Ended by the server" });
    else if (reason !== "io client disconnect") tell({ state: "waiting", text: "Connection lost, coming back…" });
  });
  socket.on("connect_error", (error) => {
    // Where the network has failed, the client tries again by itself; where the server has refused, it does not.
    if (socket.active) tell({ state: "waiting", text: "No connection, trying again…" });
    else tell({ state: "refused", text: `Refused: ${error.message}` });
  });
}

/** Lists the socket's events in `#wire`, newest first. */
export function showEvents(socket: Socket): void {
  const list = document.getElementById("wire")!;
  const add = (way: string, name: string, args: unknown[]) => {
    const item = document.createElement("li");
    const bold = document.createElement("b");
    bold.textContent = `${way} ${name}`;
    item.append(bold, ` ${args.map((arg) => JSON.stringify(arg)).join(", ")}`);
    list.prepend(item);
    while (list.childElementCount > SHOWN_EVENTS) list.lastElementChild?.remove();
  };
  list.replaceChildren();
  socket.onAnyOutgoing((name: string, ...args: unknown[]) => add("sent", name, args));
  socket.onAny((name: string, ...args: unknown[]) => add("came", name, args));
}

/** An answer of the server that says no, as an event or in an acknowledgement. */
export interface Failure {
  success: false;
  code: string;
  message: string;
  errors?: Record<string, string[]>;
}

/** Sends an event and waits for its acknowledgement; rejects when none comes. */
export async function ask(socket: Socket, event: string, payload: object): Promise<{ success: true } | Failure> {
  return await socket.timeout(ANSWER_MS).emitWithAck(event, payload);
}

/** A failure in a sentence. */
export function explain({ message, code, errors }: Failure): string {
  const fields = Object.entries(errors ?? {}).map(([field, reasons]) => `${field} ${reasons.join(", ")}`);
  return fields.length > 0 ? `${fields.join("; ")} (${code})` : `${message} (${code})`;
}

/** Puts a row in its place by id: new, or instead of the one that is there. */
export function upsert<T extends { id: number }>(list: T[], row: T): T[] {
  return [...list.filter(({ id }) => id !== row.id), row].sort((a, b) => a.id - b.id);
}

/** A history, and behind it what has come since it was read. */
export function withNewer<T extends { id: number }>(history: T[], live: T[]): T[] {
  const newest = history.at(-1)?.id ?? 0;
  return [...history, ...live.filter(({ id }) => id > newest)];
}

export const timeOf = (at: string): string =>
  new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
