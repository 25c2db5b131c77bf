/** What every view needs: the controller, the state, the words. */
import { createContext } from "preact";
import { useContext, useLayoutEffect, useReducer } from "preact/hooks";
import type { Controller } from "../controller.ts";
import { wordsOf, type Words } from "../i18n/index.ts";
import type { State } from "../state.ts";

export const Sapa = createContext<Controller>(null as unknown as Controller);

/** Renders again whenever the state changes. */
export function useWatched(controller: Controller): void {
  const [, again] = useReducer((n: number) => n + 1, 0);
  useLayoutEffect(() => controller.store.subscribe(() => again(undefined)), [controller]);
}

export function useSapa(): { controller: Controller; state: State; words: Words } {
  const controller = useContext(Sapa);
  const { state } = controller;
  return { controller, state, words: wordsOf(state.locale) };
}
