import { describe, expect, it } from "vitest";
import { commandFor, type KeyContext, type KeyPress } from "../src/state/keymap.ts";

const press = (key: string, part: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  isComposing: false,
  ...part,
});
const free: KeyContext = { inField: false, inOverlay: false, lettersEnabled: true };

describe("keys", () => {
  it.each([
    ["j", "next"],
    ["k", "previous"],
    ["r", "reply"],
    ["a", "assign-me"],
    ["e", "resolve"],
    ["c", "close"],
    ["1", "priority-LOW"],
    ["2", "priority-NORMAL"],
    ["3", "priority-HIGH"],
    ["4", "priority-URGENT"],
    ["/", "search"],
    ["u", "undo"],
  ])("%s means %s while no field has the focus", (key, command) => {
    expect(commandFor(press(key), free)).toBe(command);
    expect(commandFor(press(key), { ...free, inField: true })).toBeNull();
    expect(commandFor(press(key), { ...free, inOverlay: true })).toBeNull();
    expect(commandFor(press(key), { ...free, lettersEnabled: false })).toBeNull();
  });

  it("? needs Shift on most keyboards and works with it", () => {
    expect(commandFor(press("?", { shiftKey: true }), free)).toBe("help");
  });

  it.each([["ctrlKey"], ["metaKey"]] as const)(
    "%s+K opens the palette everywhere, also with letters off",
    (modifier) => {
      expect(
        commandFor(press("k", { [modifier]: true }), { inField: true, inOverlay: false, lettersEnabled: false }),
      ).toBe("palette");
    },
  );

  it("leaves the browser's own combinations alone", () => {
    expect(commandFor(press("r", { ctrlKey: true }), free)).toBeNull();
    expect(commandFor(press("c", { metaKey: true }), free)).toBeNull();
    expect(commandFor(press("e", { altKey: true }), free)).toBeNull();
    expect(commandFor(press("A", { shiftKey: true }), free)).toBeNull();
  });

  it("does nothing while an IME composes", () => {
    expect(commandFor(press("j", { isComposing: true }), free)).toBeNull();
    expect(commandFor(press("k", { ctrlKey: true, isComposing: true }), free)).toBeNull();
  });

  it("Escape leaves a field, but an overlay closes itself", () => {
    expect(commandFor(press("Escape"), { ...free, inField: true })).toBe("back");
    expect(commandFor(press("Escape"), { ...free, inOverlay: true })).toBeNull();
  });
});
