/** The button in the corner, in a shadow root of its own: it restyles nothing and nothing restyles it. */
import type { Settings } from "../api.ts";
import { inkOn } from "../colour.ts";
import css from "./launcher.css?inline";

const WORDS = {
  en: { open: "Open chat", close: "Close chat", unread: (n: number) => `${n} unread`, failed: "The chat could not be loaded. Try again." },
  id: { open: "Buka obrolan", close: "Tutup obrolan", unread: (n: number) => `${n} belum dibaca`, failed: "Obrolan tidak dapat dimuat. Coba lagi." },
};

const SVG = "http://www.w3.org/2000/svg";
const BUBBLE = "M12 3C6.5 3 2 6.8 2 11.5c0 2.6 1.4 5 3.6 6.5-.1 1.2-.6 2.4-1.5 3.5 2 0 3.9-.7 5.4-1.8.8.2 1.6.3 2.5.3 5.5 0 10-3.8 10-8.5S17.5 3 12 3z";
const CHEVRON = "M6.4 8.6 12 14.2l5.6-5.6L19 10l-7 7-7-7z";

export class Launcher {
  readonly root: ShadowRoot;
  readonly button = document.createElement("button");
  readonly #host = document.createElement("sapa-widget");
  readonly #icon = document.createElementNS(SVG, "path");
  readonly #badge = document.createElement("span");
  readonly #note = document.createElement("span");
  readonly #settings: Settings;
  #locale: "id" | "en";
  #unread = 0;
  #isOpen = false;

  constructor(settings: Settings, locale: "id" | "en", onClick: () => void) {
    this.#settings = settings;
    this.#locale = locale;
    this.root = this.#host.attachShadow({ mode: "open" });
    this.addStyles(css);
    const { style } = this.#host;
    style.setProperty("--z", String(settings.zIndex));
    style.setProperty("--accent", settings.color);
    style.setProperty("--on-accent", inkOn(settings.color));
    this.#host.dataset["side"] = settings.position;
    this.#build(onClick);
    this.#say();
    document.body.append(this.#host);
  }

  /** Constructable style sheets pass every policy; old browsers get a `<style>` with the page's nonce. */
  addStyles(text: string): void {
    if ("adoptedStyleSheets" in this.root) {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(text);
      this.root.adoptedStyleSheets.push(sheet);
      return;
    }
    const style = document.createElement("style");
    style.nonce = this.#settings.nonce;
    style.textContent = text;
    (this.root as ShadowRoot).append(style);
  }

  setUnread(count: number): void {
    this.#unread = count;
    this.#badge.textContent = count > 99 ? "99+" : String(count);
    this.#badge.hidden = count === 0;
    this.#say();
  }

  setOpen(isOpen: boolean): void {
    this.#isOpen = isOpen;
    this.#icon.setAttribute("d", isOpen ? CHEVRON : BUBBLE);
    this.button.classList.toggle("is-open", isOpen);
    this.#say();
  }

  setBusy(isBusy: boolean): void {
    this.button.setAttribute("aria-busy", String(isBusy));
  }

  setFailed(isFailed: boolean): void {
    this.#note.textContent = isFailed ? WORDS[this.#locale].failed : "";
  }

  setLocale(locale: "id" | "en"): void {
    this.#locale = locale;
    this.#say();
  }

  #build(onClick: () => void): void {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.append(this.#icon);
    this.#icon.setAttribute("d", BUBBLE);
    this.#badge.className = "badge";
    this.#badge.hidden = true;
    this.#badge.setAttribute("aria-hidden", "true");
    this.#note.className = "note";
    this.#note.setAttribute("role", "status");
    this.button.type = "button";
    this.button.className = "launcher";
    this.button.hidden = this.#settings.hideLauncher;
    this.button.setAttribute("aria-haspopup", "dialog");
    this.button.append(svg);
    if (this.#settings.label) {
      const label = document.createElement("span");
      label.className = "label";
      label.textContent = this.#settings.label;
      this.button.append(label);
    }
    this.button.append(this.#badge);
    this.button.addEventListener("click", onClick);
    this.root.append(this.#note, this.button);
  }

  #say(): void {
    const words = WORDS[this.#locale];
    const name = this.#isOpen ? words.close : this.#settings.label || words.open;
    this.button.setAttribute("aria-label", this.#unread && !this.#isOpen ? `${name}, ${words.unread(this.#unread)}` : name);
    this.button.setAttribute("aria-expanded", String(this.#isOpen));
    // Setting it anew, even to the same, makes the browser compute every style in here again.
    if (this.#host.lang !== this.#locale) this.#host.lang = this.#locale;
  }
}
