/** What every part of the page may use: the desk, the languages, stores as hooks. */
import { createContext, useCallback, useContext, useEffect, useState, useSyncExternalStore } from "react";
import type { Room } from "../api.ts";
import type { Desk } from "../desk/desk.ts";
import { LANGUAGES, type Texts } from "../i18n/index.ts";
import type { Locale, Prefs } from "../state/prefs.ts";
import type { Store } from "../state/store.ts";

export const PrefsContext = createContext<Store<Prefs> | null>(null);
export const DeskContext = createContext<Desk | null>(null);

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.get);
}

/** A part of a store; `select` must give the same object while nothing changed. */
export function useSelected<T, S>(store: Store<T>, select: (value: T) => S): S {
  return useSyncExternalStore(store.subscribe, () => select(store.get()));
}

export function usePrefs(): [Prefs, (change: Partial<Prefs>) => void] {
  const store = useContext(PrefsContext);
  if (!store) throw new Error("no preferences around this component");
  const set = useCallback((change: Partial<Prefs>) => store.update((prefs) => ({ ...prefs, ...change })), [store]);
  return [useStore(store), set];
}

export function useTexts(): Texts {
  return LANGUAGES[usePrefs()[0].locale];
}

export function useLocale(): Locale {
  return usePrefs()[0].locale;
}

export function useDesk(): Desk {
  const desk = useContext(DeskContext);
  if (!desk) throw new Error("no desk around this component");
  return desk;
}

/** A room as it is now; undefined until it is loaded. */
export function useRoom(id: number | null): Room | undefined {
  const { list } = useDesk();
  return useSelected(list.state, () => (id === null ? undefined : list.room(id)));
}

export function useMediaQuery(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    [query],
  );
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}

/** The time, told anew every half minute: for "yesterday" and the like. */
export function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 30_000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
