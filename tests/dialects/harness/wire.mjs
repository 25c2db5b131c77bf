// Engine.IO as bytes: polling by `fetch`, websockets by `ws`.
import { WebSocket } from "ws";
import { sleep } from "./process.mjs";

const PATIENCE = 5_000;
const SEPARATOR = "\x1e";

/** The address of the gateway with these query parameters. */
export const address = (base, query, path = "/socket.io/") =>
  `${base}${path}?${new URLSearchParams({ EIO: "4", transport: "polling", ...query })}`;

/** `fetch` that waits no longer than a test. */
export const ask = (url, options) => fetch(url, { signal: AbortSignal.timeout(PATIENCE), ...options });

/** What a session is told at its beginning, from the text of the packet. */
export const handshakeOf = (packet) => {
  if (packet[0] !== "0") throw new Error(`not a handshake: ${packet}`);
  return JSON.parse(packet.slice(1));
};

/** A session by long polling. */
export class Polling {
  constructor(base, handshake, path) {
    Object.assign(this, { base, handshake, path, sid: handshake.sid });
  }

  static async open(base, path) {
    const answer = await ask(address(base, {}, path));
    return new Polling(base, handshakeOf(await answer.text()), path);
  }

  get address() {
    return address(this.base, { sid: this.sid }, this.path);
  }

  /** `{status, text}` of one poll. */
  async poll(options) {
    const answer = await ask(this.address, options);
    return { status: answer.status, text: await answer.text() };
  }

  /** `{status, text}` of one push of packets. */
  async push(...packets) {
    const answer = await ask(this.address, { method: "POST", body: packets.join(SEPARATOR) });
    return { status: answer.status, text: await answer.text() };
  }

  /** The packets of the next poll that has others than pings, which are answered. */
  async packets() {
    for (;;) {
      const { status, text } = await this.poll();
      if (status !== 200) throw new Error(`a poll answered ${status}: ${text}`);
      const packets = text.split(SEPARATOR);
      if (packets.includes("2")) await this.push("3");
      const others = packets.filter((packet) => packet !== "2");
      if (others.length > 0) return others;
    }
  }

  /** Fails unless the server takes no more of the session; what waited for a poll may still come. */
  async mustBeGone() {
    const polls = [];
    while (polls.length < 3) {
      const { status, text } = await this.poll();
      if (status === 400) return;
      polls.push(text);
    }
    throw new Error(`the session lives: ${polls}`);
  }
}

/** A websocket that keeps what it heard; pings are answered unless `silent`. */
export class Socket {
  constructor(url, { silent = false } = {}) {
    this.heard = [];
    this.pings = 0;
    this.socket = new WebSocket(url.replace("http", "ws"));
    this.socket.binaryType = "nodebuffer";
    this.opened = new Promise((resolve, reject) => {
      this.socket.once("open", resolve);
      this.socket.once("error", reject);
    });
    this.opened.catch(() => {});
    this.socket.on("error", () => {});
    this.closed = new Promise((resolve) => this.socket.once("close", (code) => resolve(code)));
    this.socket.on("message", (data, binary) => {
      const packet = binary ? data : data.toString();
      if (packet === "2" && !silent) {
        this.pings += 1;
        this.send("3");
        return;
      }
      this.heard.push(packet);
      this.wake?.();
    });
  }

  /** A session of its own: opened, its handshake taken. */
  static async open(base, { path, ...options } = {}) {
    const socket = new Socket(address(base, { transport: "websocket" }, path), options);
    socket.handshake = handshakeOf(await socket.next());
    return socket;
  }

  /** A session that has joined a namespace of the protocol fixture. */
  static async join(base, namespace = "/", options = {}) {
    const socket = await Socket.open(base, options);
    socket.send(namespace === "/" ? "40" : `40${namespace},`);
    socket.joined = await socket.next();
    socket.auth = await socket.next();
    return socket;
  }

  send(...packets) {
    for (const packet of packets) this.socket.send(packet);
  }

  /** The next packet, text as a string and binary as a Buffer. */
  async next() {
    const end = Date.now() + PATIENCE;
    while (this.heard.length === 0) {
      const left = end - Date.now();
      if (left <= 0) throw new Error("no packet came");
      if (this.isClosed) throw new Error("the websocket was closed");
      await Promise.race([new Promise((resolve) => (this.wake = resolve)), this.closed, sleep(left)]);
    }
    return this.heard.shift();
  }

  get isClosed() {
    return this.socket.readyState === WebSocket.CLOSED;
  }

  /** The code with which the server closes. */
  async mustClose() {
    const code = await Promise.race([this.closed, sleep(PATIENCE)]);
    if (code === undefined) throw new Error(`the websocket stays open; heard: ${this.heard}`);
    return code;
  }

  close() {
    this.socket.terminate();
  }
}

export { sleep };
