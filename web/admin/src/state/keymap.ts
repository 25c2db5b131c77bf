/** Which key does what. Single letters work only while no field has the focus, and can be switched off. */
export type Command =
  | "next"
  | "previous"
  | "open"
  | "reply"
  | "assign-me"
  | "unassign"
  | "resolve"
  | "close"
  | "reopen"
  | "search"
  | "help"
  | "palette"
  | "undo"
  | "back"
  | "details"
  | "priority-LOW"
  | "priority-NORMAL"
  | "priority-HIGH"
  | "priority-URGENT";

export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
  readonly isComposing: boolean;
}

export interface KeyContext {
  /** A text field, a select or something else that takes letters has the focus. */
  readonly inField: boolean;
  /** A dialog or a menu is open. */
  readonly inOverlay: boolean;
  readonly lettersEnabled: boolean;
}

const LETTERS: Readonly<Record<string, Command>> = {
  j: "next",
  k: "previous",
  o: "open",
  r: "reply",
  a: "assign-me",
  n: "unassign",
  e: "resolve",
  c: "close",
  x: "reopen",
  i: "details",
  u: "undo",
  "/": "search",
  "?": "help",
  "1": "priority-LOW",
  "2": "priority-NORMAL",
  "3": "priority-HIGH",
  "4": "priority-URGENT",
};

/** The keys in the order of the help sheet. */
export const SHORTCUTS: readonly {
  readonly keys: readonly string[];
  readonly command: Command | "send" | "newline" | "move";
}[] = [
  { keys: ["j"], command: "next" },
  { keys: ["k"], command: "previous" },
  { keys: ["Enter"], command: "open" },
  { keys: ["Esc"], command: "back" },
  { keys: ["↑", "↓"], command: "move" },
  { keys: ["/"], command: "search" },
  { keys: ["r"], command: "reply" },
  { keys: ["Enter"], command: "send" },
  { keys: ["Shift", "Enter"], command: "newline" },
  { keys: ["Mod", "Enter"], command: "send" },
  { keys: ["a"], command: "assign-me" },
  { keys: ["n"], command: "unassign" },
  { keys: ["e"], command: "resolve" },
  { keys: ["c"], command: "close" },
  { keys: ["x"], command: "reopen" },
  { keys: ["u"], command: "undo" },
  { keys: ["1"], command: "priority-LOW" },
  { keys: ["2"], command: "priority-NORMAL" },
  { keys: ["3"], command: "priority-HIGH" },
  { keys: ["4"], command: "priority-URGENT" },
  { keys: ["i"], command: "details" },
  { keys: ["Mod", "K"], command: "palette" },
  { keys: ["?"], command: "help" },
];

/** What a key press asks for, if anything. */
export function commandFor(press: KeyPress, context: KeyContext): Command | null {
  if (press.isComposing) return null;
  const mod = press.ctrlKey || press.metaKey;
  if (mod && !press.altKey && !press.shiftKey && press.key.toLowerCase() === "k") return "palette";
  if (context.inOverlay || mod || press.altKey) return null;
  if (press.key === "Escape") return "back";
  if (context.inField || !context.lettersEnabled) return null;
  // "?" needs Shift on most keyboards and "/" on some; letters and digits with Shift mean something else.
  if (press.shiftKey && /^[a-z0-9]$/i.test(press.key)) return null;
  return LETTERS[press.key] ?? LETTERS[press.key.toLowerCase()] ?? null;
}
