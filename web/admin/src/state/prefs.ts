/** What a person chose for this browser: looks, language, keys, attention. */
import { Store } from "./store.ts";

export type Theme = "auto" | "light" | "dark";
export type Locale = "en" | "id";
export type Direction = "auto" | "ltr" | "rtl";

export interface Prefs {
  readonly theme: Theme;
  readonly locale: Locale;
  readonly direction: Direction;
  readonly letters: boolean;
  readonly sound: boolean;
  readonly notifications: boolean;
  readonly details: boolean;
}

const KEY = "sapa.admin.prefs";

export function defaultPrefs(languages: readonly string[]): Prefs {
  const locale = languages
    .map((one) => one.slice(0, 2).toLowerCase())
    .find((one) => one === "id" || one === "in" || one === "en");
  return {
    theme: "auto",
    locale: locale && locale !== "en" ? "id" : "en",
    direction: "auto",
    letters: true,
    sound: true,
    notifications: false,
    details: true,
  };
}

/** Takes over what was remembered, value by value, and leaves out what does not fit. */
export function readPrefs(stored: string | null, defaults: Prefs): Prefs {
  let value: Partial<Record<keyof Prefs, unknown>>;
  try {
    value = JSON.parse(stored ?? "{}") as typeof value;
  } catch {
    return defaults;
  }
  if (typeof value !== "object" || value === null) return defaults;
  const oneOf = <T>(candidate: unknown, allowed: readonly T[], fallback: T): T =>
    allowed.includes(candidate as T) ? (candidate as T) : fallback;
  const both = [true, false] as const;
  return {
    theme: oneOf(value.theme, ["auto", "light", "dark"] as const, defaults.theme),
    locale: oneOf(value.locale, ["en", "id"] as const, defaults.locale),
    direction: oneOf(value.direction, ["auto", "ltr", "rtl"] as const, defaults.direction),
    letters: oneOf(value.letters, both, defaults.letters),
    sound: oneOf(value.sound, both, defaults.sound),
    notifications: oneOf(value.notifications, both, defaults.notifications),
    details: oneOf(value.details, both, defaults.details),
  };
}

/** The preferences of this browser; each change is remembered. */
export function openPrefs(storage: Pick<Storage, "getItem" | "setItem">, languages: readonly string[]): Store<Prefs> {
  const store = new Store(readPrefs(safely(() => storage.getItem(KEY)) ?? null, defaultPrefs(languages)));
  store.subscribe(() => safely(() => storage.setItem(KEY, JSON.stringify(store.get()))));
  return store;
}

function safely<T>(access: () => T): T | undefined {
  try {
    return access();
  } catch {
    return undefined;
  }
}
