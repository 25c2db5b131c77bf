/** One person's connection: client, stream and outbox belong together and end together. */
import { Outbox, SapaClient, SharedStream, readClaims, type GuestIdentity } from "../../shared/index.ts";
import type { Settings } from "../api.ts";
import { noteUse, readGuest, writeGuest, writeKnown } from "../stored.ts";

export interface GuestDetails {
  name?: string;
  email?: string;
}

export class Session {
  readonly client: SapaClient;
  readonly outbox: Outbox;
  /** `null` until there is somebody to listen as. */
  stream: SharedStream | null = null;
  /** Own user id, where the token tells it. */
  me: number | null;
  /** What a new guest said about themselves. */
  details: GuestDetails = {};
  readonly isGuest: boolean;
  readonly #settings: Settings;
  readonly #onIdentity: () => void;
  #scope: string | null;
  #making: Promise<void> | null = null;

  constructor(settings: Settings, onIdentity: () => void) {
    this.#settings = settings;
    this.#onIdentity = onIdentity;
    const { baseUrl, token, getToken, session } = settings;
    const isCookie = session === "cookie";
    this.isGuest = !token && !getToken && !isCookie;
    const guest = this.isGuest ? readGuest(baseUrl) : null;
    const known = token ?? guest?.token ?? null;
    this.me = readClaims(known)?.userId ?? null;
    this.#scope = isCookie ? "cookie" : known || getToken ? `u${this.me ?? ""}` : null;
    this.client = new SapaClient({
      baseUrl,
      token: known,
      credentials: isCookie ? "same-origin" : "omit",
      ...(getToken ? { getToken: () => getToken() } : {}),
    });
    this.outbox = new Outbox({
      client: this.client,
      storage: localStorageOrNull(),
      scope: this.isGuest ? "guest" : this.#scope ?? "",
      userId: this.me,
      prepare: () => this.#prepare(),
    });
    if (this.#scope) this.#listen();
  }

  /** A visitor without an identity: nothing was asked and nothing is stored yet. */
  get isVisitor(): boolean {
    return this.#scope === null;
  }

  /** Remembers on this device that this person has a conversation. */
  remember(): void {
    const { baseUrl } = this.#settings;
    writeKnown(baseUrl, this.#scope);
    noteUse(baseUrl);
  }

  /** Takes on the identity that another tab has made. */
  adopt(guest: GuestIdentity): void {
    if (!this.isVisitor) return;
    this.me = guest.user.id;
    this.outbox.userId = guest.user.id;
    this.#scope = `u${guest.user.id}`;
    this.client.setToken(guest.token);
    this.#listen();
    this.#onIdentity();
  }

  end(): void {
    this.stream?.stop();
    this.outbox.stop();
  }

  #listen(): void {
    this.stream = new SharedStream({ client: this.client, scope: this.#scope ?? "" });
  }

  /** Makes a guest's identity, once, right before the first message. */
  async #prepare(): Promise<void> {
    if (!this.isVisitor) return;
    const { baseUrl } = this.#settings;
    const stored = readGuest(baseUrl);
    if (stored) return this.adopt(stored);
    await (this.#making ??= this.client.createGuest(this.details).then((guest) => {
      writeGuest(baseUrl, guest);
      this.adopt(guest);
    }).finally(() => (this.#making = null)));
  }
}

function localStorageOrNull(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
