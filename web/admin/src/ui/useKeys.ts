/** Turns key presses anywhere on the page into commands. */
import { useEffect, useRef } from "react";
import { type Command, commandFor } from "../state/keymap.ts";

const FIELDS = "input, textarea, select, [contenteditable='true'], [role='textbox'], [role='combobox']";
const OVERLAYS = "[role='dialog'], [role='alertdialog'], [role='menu'], [role='listbox']";

export function useKeys(lettersEnabled: boolean, run: (command: Command) => boolean): void {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented) return;
      const target = event.target instanceof Element ? event.target : document.body;
      const command = commandFor(event, {
        inField: target.closest(FIELDS) !== null,
        inOverlay: document.querySelector(OVERLAYS) !== null,
        lettersEnabled,
      });
      if (command && latest.current(command)) event.preventDefault();
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, [lettersEnabled]);
}
