/** The one script of the page: a button, `window.Sapa`, and the panel on the first click. */
import { readClaims } from "../../shared/claims.ts";
import { Emitter } from "../../shared/emitter.ts";
import type { Room } from "../../shared/types.ts";
import type { Panel, PanelHost, PanelModule, SapaApi, SapaEvents } from "../api.ts";
import { hasPending, isKnown, readGuest, readPreferences, wasUsed, writeGuest, writeKnown } from "../stored.ts";
import { Launcher } from "./launcher.ts";
import { chooseLocale, readSettings } from "./settings.ts";

/** The file name of the panel's build. */
declare const __PANEL__: string;

class Events extends Emitter<SapaEvents> {
  say<K extends keyof SapaEvents>(name: K, value: SapaEvents[K]): void {
    this.emit(name, value);
  }
}

function begin(script: HTMLScriptElement | null, early: unknown[]): void {
  const settings = readSettings(script, window.SapaSettings);
  const { baseUrl } = settings;
  const events = new Events();
  let locale = chooseLocale(readPreferences(baseUrl).locale || settings.locale);
  let panel: Panel | null = null;
  let loading: Promise<void> | null = null;
  let failures = 0;
  let isOpen = false;
  const launcher = new Launcher(settings, locale, () => api.toggle());

  const setUnread = (count: number) => {
    launcher.setUnread(count);
    events.say("unread", count);
  };

  const show = (open: boolean) => {
    if (open === isOpen) return;
    isOpen = open;
    launcher.setOpen(open);
    if (open) panel?.open();
    else panel?.close();
    events.say(open ? "open" : "close", undefined);
    // Only who closes with the focus inside gets it back; a page that calls close() keeps its own.
    if (!open && launcher.root.activeElement) launcher.button.focus();
  };

  const host = (): PanelHost => ({
    root: launcher.root,
    settings,
    locale,
    addStyles: (css) => launcher.addStyles(css),
    emit: (name, value) => events.say(name, value),
    setUnread,
    closed: () => {
      show(false);
      launcher.button.focus();
    },
    setLocale: (wanted) => api.setLocale(wanted),
  });

  const load = () => loading ??= (async () => {
    launcher.setBusy(true);
    launcher.setFailed(false);
    try {
      // A browser may remember a failed import for ever, so each further try has an address of its own.
      const again = failures ? `?${failures}` : "";
      const module = await import(/* @vite-ignore */ `${baseUrl}/widget/${__PANEL__}${again}`) as PanelModule;
      panel = module.mount(host());
    } catch (error) {
      loading = null;
      failures++;
      launcher.setFailed(true);
      events.say("error", error instanceof Error ? error : new Error(String(error)));
    } finally {
      launcher.setBusy(false);
    }
  })();

  const api: SapaApi = {
    open: () => void load().then(() => panel && show(true)),
    close: () => show(false),
    toggle: () => (isOpen ? api.close() : api.open()),
    setUser: ({ token }) => {
      settings.token = token;
      panel?.setToken(token);
    },
    logout: () => {
      settings.token = null;
      writeGuest(baseUrl, null);
      writeKnown(baseUrl, null);
      panel?.logout();
      setUnread(0);
      show(false);
    },
    setLocale: (wanted) => {
      locale = chooseLocale(wanted);
      launcher.setLocale(locale);
      panel?.setLocale(locale);
    },
    on: (name, listener) => {
      if (name === "ready") queueMicrotask(() => (listener as (value: void) => void)());
      return events.on(name, listener);
    },
    push: (...calls) => {
      for (const [name, ...args] of calls) {
        const call = api[name as keyof SapaApi] as ((...args: unknown[]) => unknown) | undefined;
        if (typeof call === "function") call(...args);
      }
    },
  };

  window.Sapa = api;
  api.push(...early as [string][]);
  const token = settings.token ?? readGuest(baseUrl)?.token;
  const scope = settings.session === "cookie" ? "cookie" : `u${readClaims(token)?.userId}`;
  // Who has never written here costs nothing: no request, no row.
  if (hasPending(baseUrl)) void load();
  else if (isKnown(baseUrl, scope)) {
    if (wasUsed(baseUrl)) void load();
    else void badge(baseUrl, token, settings.session === "cookie").then((count) => panel || setUnread(count), () => {});
  }
}

/** One small call for somebody who has written before. */
async function badge(baseUrl: string, token: string | null | undefined, isCookie: boolean): Promise<number> {
  const response = await fetch(`${baseUrl}/api/chat/rooms?limit=20`, {
    credentials: isCookie ? "same-origin" : "omit",
    headers: token ? { Authorization: `Bearer ${token}` } : {},
  });
  const rooms = response.ok ? await response.json() as Room[] : [];
  return rooms.reduce((sum, room) => sum + room.unreadCount, 0);
}

if (!window.Sapa || Array.isArray(window.Sapa)) {
  const script = document.currentScript as HTMLScriptElement | null;
  const early = window.Sapa ?? [];
  if (document.body) begin(script, early);
  else document.addEventListener("DOMContentLoaded", () => begin(script, early));
}
