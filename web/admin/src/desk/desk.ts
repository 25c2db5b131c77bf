/** The desk of one signed-in admin: makes the parts, connects them, starts and stops them. */
import {
  type ChatApi,
  type Message,
  nameOf,
  Outbox,
  type OutboxItem,
  type Person,
  problemOf,
  type Room,
  SharedStream,
  type StreamState,
  type User,
} from "../api.ts";
import { LANGUAGES, type Texts } from "../i18n/index.ts";
import { DraftBox } from "../state/drafts.ts";
import type { Prefs } from "../state/prefs.ts";
import { Store } from "../state/store.ts";
import { RoomActions } from "./actions.ts";
import { Attention } from "./attention.ts";
import { TypingBeacon, ViewingBeacon } from "./awareness.ts";
import { CommandPort, type ConversationCommands, type ListCommands, type SearchCommands } from "./commandPort.ts";
import { ConversationController } from "./conversationController.ts";
import { ListController } from "./listController.ts";
import { LiveFeed } from "./live.ts";
import { MessageActions } from "./messageActions.ts";
import { Place } from "./place.ts";
import { ReadMarker } from "./reading.ts";
import { StatsController } from "./statsController.ts";
import { Toasts } from "./toasts.ts";

export type Connection = "connecting" | "live" | "reconnecting" | "offline";

export interface DeskOptions {
  readonly me: User;
  readonly api: ChatApi;
  readonly prefs: Store<Prefs>;
  readonly messageChars: number;
  /** The token or the cookie counts no more. */
  readonly onSessionEnd: () => void;
}

/** How long the first load waits for the stream, so that nothing falls between the two. */
const STREAM_HEAD_START_MS = 800;

export class Desk {
  readonly me: User;
  readonly api: ChatApi;
  readonly prefs: Store<Prefs>;
  readonly messageChars: number;
  readonly connection = new Store<Connection>("connecting");
  readonly announcement = new Store("");
  /** Messages on their way, as the outbox has them. */
  readonly outgoing = new Store<readonly OutboxItem[]>([]);
  readonly admins = new Store<readonly Person[]>([]);
  readonly toasts = new Toasts();
  readonly place: Place;
  readonly list: ListController;
  readonly stats: StatsController;
  readonly conversations: ConversationController;
  readonly outbox: Outbox;
  readonly live: LiveFeed;
  readonly actions: RoomActions;
  readonly messages: MessageActions;
  readonly attention: Attention;
  readonly viewing: ViewingBeacon;
  readonly typing: TypingBeacon;
  readonly reading: ReadMarker;
  readonly drafts: DraftBox;
  readonly listCommands = new CommandPort<ListCommands>();
  readonly conversationCommands = new CommandPort<ConversationCommands>();
  readonly searchCommands = new CommandPort<SearchCommands>();
  private readonly stream: SharedStream;
  private readonly cleanups: (() => void)[] = [];

  constructor(private readonly options: DeskOptions) {
    const { me, api, prefs } = options;
    this.me = me;
    this.api = api;
    this.prefs = prefs;
    this.messageChars = options.messageChars;
    this.place = new Place(window);
    this.list = new ListController(api, me.id, this.place.firstFilter);
    this.stats = new StatsController(api);
    this.conversations = new ConversationController(api, (room, messages) => {
      this.list.applyRoom(room);
      this.list.publish();
      this.outbox.observe(messages);
    });
    this.outbox = new Outbox({
      client: api.client,
      storage: browserStorage(),
      scope: `admin-u${me.id}`,
      userId: me.id,
    });
    this.actions = new RoomActions(api, this.list, this.stats, this.toasts, me);
    this.messages = new MessageActions(api, this.conversations, me.id, (error) => this.complain(error));
    this.attention = new Attention(
      me.id,
      prefs.get,
      () => this.texts,
      (roomId) => this.place.open(roomId),
    );
    this.viewing = new ViewingBeacon(api.client, document);
    this.typing = new TypingBeacon(api.client);
    this.reading = new ReadMarker(api, (roomId, upTo, unread) => this.onOwnRead(roomId, upTo, unread));
    this.drafts = new DraftBox(browserStorage(), me.id);
    this.stream = new SharedStream({ client: api.client, scope: `admin-u${me.id}` });
    this.live = new LiveFeed({
      me: me.id,
      list: this.list,
      conversations: this.conversations,
      stats: this.stats,
      outbox: this.outbox,
      onMessage: (message, room) => this.onMessage(message, room),
      onAdmin: (userId) => {
        if (!this.admins.get().some((one) => one.id === userId)) void this.loadAdmins();
      },
      onNewRoom: (room) => this.announce(this.texts.announceRoom(nameOf(room.user, this.texts.customerNumber))),
      personNumber: (id) => this.texts.personNumber(id),
    });
  }

  get texts(): Texts {
    return LANGUAGES[this.prefs.get().locale];
  }

  start(): void {
    this.cleanups.push(
      this.live.listen(this.stream),
      this.stream.on("state", (state) => this.onStreamState(state)),
      this.stream.on("reset", () => this.reloadEverything()),
      this.outbox.on("change", (items) => this.outgoing.set([...items])),
      this.outbox.on("sent", ({ message }) => this.onSent(message)),
    );
    const onNetwork = () => this.onStreamState(this.stream.state);
    window.addEventListener("online", onNetwork);
    window.addEventListener("offline", onNetwork);
    const gestures = ["pointerdown", "keydown"] as const;
    for (const gesture of gestures) window.addEventListener(gesture, this.attention.unlock, { once: true });
    this.cleanups.push(() => {
      window.removeEventListener("online", onNetwork);
      window.removeEventListener("offline", onNetwork);
      for (const gesture of gestures) window.removeEventListener(gesture, this.attention.unlock);
    });
    this.outbox.start();
    this.loadWithStream();
    void this.loadAdmins();
  }

  stop(): void {
    for (const cleanup of this.cleanups.splice(0)) cleanup();
    this.viewing.stop();
    this.typing.end();
    this.outbox.stop();
    this.stream.stop();
    this.live.stop();
    this.stats.stop();
    this.place.stop();
  }

  /** Says something politely to people who listen instead of look. */
  announce(text: string): void {
    // The same sentence twice is read out twice only if the text changes.
    this.announcement.update((last) => (last === text ? `${text}\u00a0` : text));
  }

  /** Whether an admin has this room in front of them right now. */
  isLookedAt(roomId: number): boolean {
    return this.place.roomId.get() === roomId && document.visibilityState === "visible" && document.hasFocus();
  }

  complain(error: unknown): void {
    this.actions.complain(problemOf(error));
  }

  async loadAdmins(): Promise<void> {
    try {
      this.admins.set(await this.api.client.listAdmins());
    } catch {
      this.admins.set([this.me]);
    }
  }

  /** Stream first, then the rows: what happens in between comes twice rather than never. */
  private loadWithStream(): void {
    const timer = setTimeout(() => this.reloadEverything(), STREAM_HEAD_START_MS);
    const stop = this.stream.on("connected", () => {
      stop();
      clearTimeout(timer);
      this.reloadEverything();
    });
    this.cleanups.push(stop, () => clearTimeout(timer));
    this.stream.start();
  }

  private reloadEverything(): void {
    void this.list.reload();
    void this.stats.confirm();
    this.conversations.reloadAll();
  }

  private onStreamState(state: StreamState): void {
    if (state.status === "failed") {
      this.options.onSessionEnd();
      return;
    }
    const before = this.connection.get();
    const next: Connection = !navigator.onLine
      ? "offline"
      : state.status === "open"
        ? "live"
        : before === "connecting"
          ? "connecting"
          : "reconnecting";
    this.connection.set(next);
    if (next === "live" && before !== "connecting" && before !== "live") {
      this.announce(this.texts.backOnline);
      void this.stats.confirm();
    }
  }

  private onMessage(message: Message, room: Room | undefined): void {
    const isLookedAt = this.isLookedAt(message.chatRoomId);
    this.attention.onMessage(message, room, isLookedAt);
    if (message.senderId === this.me.id) return;
    const name = nameOf(message.sender, this.texts.personNumber);
    this.announce(
      this.place.roomId.get() === message.chatRoomId
        ? this.texts.announceMessage(name, message.message)
        : this.texts.announceOther(name),
    );
  }

  private onSent(message: Message): void {
    this.conversations.applyMessage(message);
    this.conversations.clearUnreadLine(message.chatRoomId);
    this.list.applyMessage(message);
    this.list.publish();
    this.stats.touch();
  }

  private onOwnRead(roomId: number, upTo: number, unread: number): void {
    const room = this.list.room(roomId);
    if (!room) return;
    this.conversations.applyRead(roomId, { userId: this.me.id, isCustomer: false }, room.userId, upTo);
    this.list.setUnread(roomId, unread);
    this.list.publish();
    this.stats.touch();
  }
}

function browserStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
