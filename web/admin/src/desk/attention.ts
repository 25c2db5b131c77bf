/** Sound, browser notifications and the count in the title. */
import { nameOf, type Message, type Room } from "../api.ts";
import type { Texts } from "../i18n/index.ts";
import type { Prefs } from "../state/prefs.ts";

const SOUND_EVERY_MS = 1_500;
const BODY_CHARS = 160;

export type NotificationAnswer = "granted" | "denied" | "unsupported";

export class Attention {
  private audio: AudioContext | null = null;
  private rangAt = 0;
  private notes = new Set<Notification>();

  constructor(
    private readonly me: number,
    private readonly prefs: () => Prefs,
    private readonly texts: () => Texts,
    private readonly openRoom: (roomId: number) => void,
  ) {}

  /** A browser lets a page sound only after the first gesture on it: be ready from then on. */
  unlock = (): void => {
    this.audio ??= typeof AudioContext === "undefined" ? null : new AudioContext();
    if (this.audio?.state === "suspended") void this.audio.resume().catch(() => undefined);
  };

  /** Calls for attention when a customer's message concerns this admin and is not being looked at. */
  onMessage(message: Message, room: Room | undefined, isLookedAt: boolean): void {
    if (message.senderId === this.me || message.sender.role === "ADMIN" || isLookedAt) return;
    if (room && room.adminId !== null && room.adminId !== this.me) return;
    if (this.prefs().sound) this.ring();
    if (this.prefs().notifications) this.notify(message);
  }

  /** Two soft tones, made on the spot. */
  ring(): boolean {
    const { audio } = this;
    if (!audio || Date.now() - this.rangAt < SOUND_EVERY_MS) return false;
    this.rangAt = Date.now();
    for (const [pitch, delay] of [
      [659, 0],
      [880, 0.12],
    ] as const) {
      const at = audio.currentTime + delay;
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = pitch;
      volume.gain.setValueAtTime(0.0001, at);
      volume.gain.exponentialRampToValueAtTime(0.12, at + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.35);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + 0.4);
    }
    return true;
  }

  testSound(): void {
    this.unlock();
    this.rangAt = 0;
    this.ring();
  }

  async askForNotifications(): Promise<NotificationAnswer> {
    if (typeof Notification === "undefined") return "unsupported";
    return (await Notification.requestPermission()) === "granted" ? "granted" : "denied";
  }

  async testNotification(): Promise<NotificationAnswer> {
    const answer = await this.askForNotifications();
    const texts = this.texts();
    if (answer === "granted") this.show(texts.testTitle, { body: texts.testBody, tag: "sapa-test" });
    return answer;
  }

  private notify(message: Message): void {
    if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
    const body = message.message.length > BODY_CHARS ? `${message.message.slice(0, BODY_CHARS)}…` : message.message;
    this.show(nameOf(message.sender, this.texts().personNumber), { body, tag: `sapa-room-${message.chatRoomId}` }, () =>
      this.openRoom(message.chatRoomId),
    );
  }

  private show(title: string, options: NotificationOptions, onClick?: () => void): void {
    try {
      const note = new Notification(title, options);
      // Without a reference Chromium may collect the notification together with its click handler.
      this.notes.add(note);
      note.onclose = () => this.notes.delete(note);
      note.onclick = () => {
        window.focus();
        onClick?.();
        note.close();
      };
    } catch {
      // Some phones allow notifications from service workers only; sound and title remain.
    }
  }
}

/** "(3) Support desk", with the unread messages of the whole desk. */
export function titleFor(unread: number, title: string): string {
  return unread > 0 ? `(${unread > 99 ? "99+" : unread}) ${title}` : title;
}
