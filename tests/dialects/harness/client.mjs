// The official client with a record of everything that it heard.
import { io } from "socket.io-client";

const PATIENCE = 5_000;

/** What each name means for the official client. */
export const TRANSPORTS = {
  websocket: ["websocket"],
  polling: ["polling"],
  "polling with upgrade": ["polling", "websocket"],
};

export class Client {
  constructor(socket) {
    this.socket = socket;
    this.record = [];
    this.waiting = new Set();
    socket.onAny((event, ...args) => {
      this.record.push({ event, args, taken: false });
      for (const wake of [...this.waiting]) wake();
    });
  }

  /** Resolves when the namespace is joined, throws the `connect_error` otherwise. */
  connected() {
    if (this.socket.connected) return Promise.resolve(this);
    return deadline("the connection", (resolve, reject) => {
      this.socket.once("connect", () => resolve(this));
      this.socket.once("connect_error", reject);
    });
  }

  /** The `connect_error` of a connection that must fail. */
  refused() {
    return deadline("the refusal", (resolve, reject) => {
      this.socket.once("connect_error", resolve);
      this.socket.once("connect", () => reject(new Error("was let in")));
    });
  }

  /** The reason of the next disconnection. */
  disconnected(within = PATIENCE) {
    if (!this.socket.connected) return Promise.resolve("earlier");
    return deadline("the disconnection", (resolve) => this.socket.once("disconnect", resolve), within);
  }

  /** Takes the first argument of the earliest event of that name that was not taken yet. */
  next(event, suits = () => true, within = PATIENCE) {
    const take = () => {
      const found = this.record.find((each) => !each.taken && each.event === event && suits(...each.args));
      if (found) found.taken = true;
      return found;
    };
    const there = take();
    if (there) return Promise.resolve(there.args[0]);
    let wake;
    const heard = deadline(
      () => `\`${event}\`; heard: ${JSON.stringify(this.record.map(({ event, args }) => [event, ...args]))}`,
      (resolve) => {
        wake = () => {
          const found = take();
          if (found) resolve(found.args[0]);
        };
        this.waiting.add(wake);
      },
      within,
    );
    return heard.finally(() => this.waiting.delete(wake));
  }

  /** The first arguments of all events of that name, taken or not. */
  all(event) {
    return this.record.filter((each) => each.event === event).map((each) => each.args[0]);
  }

  /** The names of all events in order, without those given. */
  names(...without) {
    return this.record.map((each) => each.event).filter((event) => !without.includes(event));
  }

  emit(event, ...args) {
    this.socket.emit(event, ...args);
    return this;
  }

  /** Emits with an acknowledgement and resolves with what it was given. */
  ask(event, ...args) {
    return this.socket.timeout(PATIENCE).emitWithAck(event, ...args);
  }

  get transport() {
    return this.socket.io.engine.transport.name;
  }

  /** Resolves once the client has moved from polling to its websocket. */
  upgraded() {
    const { engine } = this.socket.io;
    if (engine.transport.name === "websocket") return Promise.resolve();
    return deadline("the upgrade", (resolve) => engine.once("upgrade", resolve));
  }

  close() {
    this.socket.close();
  }
}

/** A client that begins to connect. `auth` replaces the token of the person. */
export function open(url, namespace, token, { transports = ["websocket"], ...options } = {}) {
  const socket = io(`${url}${namespace}`, {
    transports,
    auth: token === undefined ? {} : { token },
    forceNew: true,
    reconnection: false,
    ...options,
  });
  return new Client(socket);
}

function deadline(what, executor, within = PATIENCE) {
  return new Promise((resolve, reject) => {
    const name = () => (typeof what === "function" ? what() : what);
    const timer = setTimeout(() => reject(new Error(`no sign within ${within} ms of ${name()}`)), within);
    const settle = (done) => (value) => {
      clearTimeout(timer);
      done(value);
    };
    executor(settle(resolve), settle(reject));
  });
}
