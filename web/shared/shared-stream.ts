/**
 * One stream for all tabs: HTTP/1.1 allows six connections per host, over all tabs. The tab that
 * holds a lock leads: it keeps the stream and tells the others. When it closes, the next one leads
 * and goes on from its own place. Without locks or channels each tab keeps a stream of its own.
 */
import { Cursor } from "./cursor.ts";
import { Emitter } from "./emitter.ts";
import { newKey } from "./http.ts";
import { IDLE, type LiveStream, type StreamEvents, type StreamState } from "./live.ts";
import { SapaStream, type SapaStreamOptions } from "./stream.ts";
import { isVisible, watchSurroundings } from "./surroundings.ts";
import { Passing, RecentFrames, type TabChannel, type TabLocks, type TabMessage } from "./tabs.ts";
import type { Frame } from "./types.ts";

export interface SharedStreamOptions extends SapaStreamOptions {
  /** Tabs of the same scope share: name the person, so that two accounts never mix (`"u7"`). */
  scope: string;
  /** A visible tab that hears nothing from the leader for so long takes over; 45,000 when absent. */
  leaderSilenceMs?: number;
  /** `navigator.locks` when absent; `null` keeps a stream of one's own. */
  locks?: TabLocks | null;
  /** `BroadcastChannel` when absent; `null` keeps a stream of one's own. */
  channel?: ((name: string) => TabChannel) | null;
}

export class SharedStream extends Emitter<StreamEvents> implements LiveStream {
  state: StreamState = IDLE;
  readonly #options: SharedStreamOptions;
  readonly #name: string;
  readonly #me = newKey();
  readonly #locks: TabLocks | null;
  readonly #recent = new RecentFrames();
  readonly #passing = new Passing();
  #cursor = new Cursor();
  #channel: TabChannel | null = null;
  #session: AbortController | null = null;
  /** This tab's place in the queue for the lock; `null` after a failure of its own. */
  #queue: AbortController | null = null;
  #own: SapaStream | null = null;
  #release: () => void = () => {};
  #waiting: { from: string; position: number | null }[] = [];
  #isWelcome = false;
  #heardAt = 0;
  #saidAt = 0;

  constructor(options: SharedStreamOptions) {
    super();
    this.#options = options;
    this.#name = `sapa-stream:${options.client.http.baseUrl}:${options.scope}:${options.roomId ?? "all"}`;
    this.#locks = options.locks === undefined ? browserLocks() : options.locks;
  }

  get lastEventId(): number | null {
    return this.#cursor.position;
  }

  /** Whether this tab holds the connection. */
  get isLeader(): boolean {
    return this.#own !== null;
  }

  start(lastEventId?: number | null): void {
    if (this.#session) return;
    if (lastEventId !== undefined) this.#cursor.position = lastEventId;
    const session = this.#session = new AbortController();
    this.#channel = this.#openChannel();
    this.#setState({ ...IDLE, status: "connecting" });
    if (!this.#channel || !this.#locks) {
      this.#lead();
      return;
    }
    this.#channel.onmessage = (event) => this.#hear(event.data);
    this.#follow();
    this.#stand(session.signal);
    this.#watchLeader(session.signal);
  }

  stop(): void {
    this.#session?.abort();
    this.#session = null;
    this.#queue?.abort();
    this.#queue = null;
    this.#stepDown();
    this.#channel?.close();
    this.#channel = null;
    this.#setState(IDLE);
  }

  reconnect(): void {
    if (this.#own) return this.#own.reconnect();
    if (this.state.status === "failed") {
      this.stop();
      this.start();
    }
  }

  /** Waits for the lock, or takes it by force; while it is held, this tab leads. */
  #stand(session: AbortSignal, steal = false): void {
    this.#queue?.abort();
    const queue = this.#queue = new AbortController();
    const lead = () => new Promise<void>((resolve) => {
      if (session.aborted) return resolve();
      this.#release = resolve;
      this.#lead();
    });
    // A request that steals cannot be called off, so it takes no signal.
    this.#locks?.request(this.#name, steal ? { steal } : { signal: queue.signal }, lead).catch(() => {
      if (session.aborted || queue.signal.aborted) return;
      this.#stepDown();
      this.#follow();
      this.#stand(session);
    });
  }

  #lead(): void {
    const own = this.#own = new SapaStream(this.#options);
    own.on("frame", (frame) => this.#relay(frame));
    own.on("state", (state) => this.#changed(state));
    own.on("activity", () => this.#isAlive());
    own.start(this.#cursor.position);
    this.#say({ say: "leader" });
  }

  #stepDown(): void {
    const own = this.#own;
    this.#own = null;
    own?.stop();
    this.#release();
    this.#release = () => {};
  }

  #changed(state: StreamState): void {
    if (!this.#own) return;
    this.#setState(state);
    if (state.status === "failed") {
      // Another tab may hold a token that still counts: let it try.
      this.#own = null;
      this.#queue = null;
      this.#release();
      return;
    }
    this.#say({ say: "state", state });
  }

  #relay(frame: Frame): void {
    if (!this.#own) return;
    const verdict = this.#cursor.accept(frame);
    if (frame.type === "connected") this.#passing.clear();
    this.#passing.note(frame);
    this.#say({ say: "frame", frame });
    this.#deliver(frame, verdict);
    for (const tab of this.#waiting.splice(0)) this.#welcome(tab.from, tab.position);
  }

  #welcome(to: string, position: number | null): void {
    const head = this.#cursor.position;
    if (head === null || this.state.status !== "open") {
      this.#waiting.push({ from: to, position });
      this.#say({ say: "state", state: this.state });
      return;
    }
    const missed = position === null ? [] : position >= head ? [] : this.#recent.after(position);
    this.#say({
      say: "welcome",
      to,
      position: head,
      frames: [...(missed ?? []), ...this.#passing.frames()],
      complete: missed !== null,
      state: this.state,
    });
  }

  #hear(message: TabMessage): void {
    if (this.#own) {
      if (message.say === "hello") this.#welcome(message.from, message.position);
      return;
    }
    this.#heardAt = Date.now();
    if (message.say === "leader") this.#follow();
    else if (message.say === "state") this.#setState(message.state);
    else if (message.say === "welcome" && message.to === this.#me) this.#join(message);
    else if (message.say === "frame" && this.#isWelcome) this.#take(message.frame);
  }

  #follow(): void {
    this.#isWelcome = false;
    this.#heardAt = Date.now();
    this.#say({ say: "hello", from: this.#me, position: this.#cursor.position });
  }

  #join(welcome: TabMessage & { say: "welcome" }): void {
    const { complete, frames, position, state } = welcome;
    const known = this.#cursor.position;
    this.#isWelcome = true;
    if (!this.#queue && this.#session) this.#stand(this.#session.signal);
    this.#setState(state);
    const data = { roomId: this.#options.roomId ?? null, room: null, replayed: frames.length };
    if (complete) this.#take({ id: known ?? position, type: "connected", data });
    else this.#take({ id: position, type: "connected", data: { ...data, reset: true } });
    for (const frame of frames) this.#take(frame);
  }

  #take(frame: Frame): void {
    const isEcho = frame.type === "connected" && !frame.data.reset && (frame.id ?? 0) < (this.#cursor.position ?? 0);
    if (!isEcho) this.#deliver(frame, this.#cursor.accept(frame));
  }

  #deliver(frame: Frame, verdict: ReturnType<Cursor["accept"]>): void {
    if (verdict === "drop") return;
    if (frame.type !== "connected") this.#recent.add(frame);
    else if (verdict === "reset" || !this.#recent.after(this.#cursor.position ?? 0)) {
      this.#recent.restart(this.#cursor.position);
    }
    if (verdict === "reset" && frame.type === "connected") this.emit("reset", frame.data);
    this.emit("frame", frame);
    this.emit(frame.type, frame.data as never);
  }

  /** Told with the bytes that arrive, so that a hidden tab's slow timers do not matter. */
  #isAlive(): void {
    this.emit("activity", undefined);
    if (Date.now() - this.#saidAt < 5_000) return;
    this.#saidAt = Date.now();
    this.#say({ say: "alive" });
  }

  #watchLeader(session: AbortSignal): void {
    const limit = this.#options.leaderSilenceMs ?? 45_000;
    const check = () => {
      if (this.#own || !isVisible() || this.state.status === "failed") return;
      if (Date.now() - this.#heardAt > limit) this.#stand(session, true);
    };
    const timer = setInterval(check, limit / 4);
    const unwatch = watchSurroundings({ visible: check });
    session.addEventListener("abort", () => {
      clearInterval(timer);
      unwatch();
    });
  }

  #say(message: TabMessage): void {
    this.#channel?.postMessage(message);
  }

  #setState(state: StreamState): void {
    this.state = state;
    this.emit("state", state);
  }

  #openChannel(): TabChannel | null {
    const { channel } = this.#options;
    if (channel === null) return null;
    if (channel) return channel(this.#name);
    return typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(this.#name) as unknown as TabChannel;
  }
}

function browserLocks(): TabLocks | null {
  if (typeof navigator === "undefined" || !("locks" in navigator)) return null;
  return navigator.locks as unknown as TabLocks;
}
