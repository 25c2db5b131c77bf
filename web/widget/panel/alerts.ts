/** What draws attention: a short sound and a count in the title of the page. */
import { isVisible } from "../../shared/surroundings.ts";

const BETWEEN_MS = 1_500;
/** A tab that shows the message speaks up first: then no other one sounds. */
const GRACE_MS = 150;
const CLAIM_MS = 3_000;

export class Alerts {
  isMuted = false;
  #context: AudioContext | null = null;
  #soundedAt = 0;
  #prefix = "";
  readonly #onVisible = () => isVisible() && this.count(0);

  constructor() {
    document.addEventListener("visibilitychange", this.#onVisible);
  }

  /** One sound for all tabs of the browser, and none when one of them shows the message. */
  announce(messageId: number, isSeen: boolean): void {
    const act = () => void (isSeen || this.beep());
    if (!navigator.locks) return act();
    const claim = () => void navigator.locks.request(`sapa-sound:${messageId}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return;
      act();
      await new Promise((resolve) => setTimeout(resolve, CLAIM_MS));
    });
    if (isSeen) claim();
    else setTimeout(claim, GRACE_MS);
  }

  /** Two soft tones; nothing is downloaded for them. */
  beep(): void {
    // Before any gesture the browser would hold the sound back and play it at the wrong moment.
    const isAllowed = navigator.userActivation?.hasBeenActive ?? true;
    if (this.isMuted || !isAllowed || Date.now() - this.#soundedAt < BETWEEN_MS) return;
    this.#soundedAt = Date.now();
    try {
      const context = this.#context ??= new AudioContext();
      void context.resume();
      [[660, 0], [880, 0.12]].forEach(([pitch, at]) => tone(context, pitch!, context.currentTime + at!));
    } catch {
      // No sound device, or the browser forbids it before a gesture.
    }
  }

  /** Shows the count while the page is not looked at. */
  count(n: number): void {
    const title = document.title.startsWith(this.#prefix) ? document.title.slice(this.#prefix.length) : document.title;
    this.#prefix = n > 0 && !isVisible() ? `(${n}) ` : "";
    if (document.title !== this.#prefix + title) document.title = this.#prefix + title;
  }
}

function tone(context: AudioContext, pitch: number, start: number): void {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = pitch;
  gain.gain.setValueAtTime(0.0001, start);
  gain.gain.exponentialRampToValueAtTime(0.08, start + 0.02);
  gain.gain.exponentialRampToValueAtTime(0.0001, start + 0.25);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(start);
  oscillator.stop(start + 0.3);
}
