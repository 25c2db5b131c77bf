/** What the page, the loader and the panel know of each other. */
import type { Message, SapaError } from "../shared/index.ts";

/** By `data-` attributes of the script tag or by `window.SapaSettings`; the object wins. */
export interface Settings {
  /** Origin of the server; the script's own when absent. */
  baseUrl: string;
  /** The signed-in person's JWT. Absent: a guest. */
  token: string | null;
  /** Called for the first token and again when the server refuses it. */
  getToken: (() => string | null | Promise<string | null>) | null;
  /** `cookie`: the page's own session on the same origin says who it is. */
  session: "token" | "cookie";
  color: string;
  position: "left" | "right";
  greeting: string;
  /** Header of the panel while nobody is assigned. */
  title: string;
  /** `id`, `en`; the browser's when empty. */
  locale: string;
  zIndex: number;
  /** Text beside the launcher's icon. */
  label: string;
  hideLauncher: boolean;
  /** Lets the customer choose a priority. */
  priority: boolean;
  /** For a `<style>` where constructable style sheets are missing. */
  nonce: string;
}

export interface SapaEvents {
  /** A message from the other side. */
  message: Message;
  /** How many are unread. */
  unread: number;
  open: void;
  close: void;
  /** The loader is in place. */
  ready: void;
  error: SapaError | Error;
}

/** `window.Sapa`. */
export interface SapaApi {
  open(): void;
  close(): void;
  toggle(): void;
  /** Signs a person in, or hands over a fresh token. */
  setUser(user: { token: string }): void;
  /** Forgets the person (a guest's conversation too) on this device. */
  logout(): void;
  setLocale(locale: string): void;
  on<K extends keyof SapaEvents>(name: K, listener: (value: SapaEvents[K]) => void): () => void;
  /** `Sapa.push(["open"])`: the form that also works before the script has loaded. */
  push(...calls: [name: string, ...args: unknown[]][]): void;
}

/** What the loader hands to the panel. */
export interface PanelHost {
  root: ShadowRoot;
  settings: Settings;
  locale: string;
  /** Bytes of a style sheet into the shadow root, under any policy of the page. */
  addStyles(css: string): void;
  emit<K extends keyof SapaEvents>(name: K, value: SapaEvents[K]): void;
  setUnread(count: number): void;
  /** The panel closed itself (Esc, its button). */
  closed(): void;
  /** The language was switched in the panel. */
  setLocale(locale: string): void;
}

/** What the panel's module answers. */
export interface Panel {
  open(): void;
  close(): void;
  setToken(token: string): void;
  logout(): void;
  setLocale(locale: string): void;
}

export interface PanelModule {
  mount(host: PanelHost): Panel;
}

declare global {
  interface Window {
    Sapa?: SapaApi | [name: string, ...args: unknown[]][];
    SapaSettings?: Partial<Settings>;
  }
}
