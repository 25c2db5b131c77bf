import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SapaClient } from "../../shared/index.ts";
import { OthersTyping, OwnTyping } from "../panel/typing.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }));
afterEach(() => void vi.useRealTimers());

function told() {
  const calls: [number, boolean][] = [];
  const client = { setTyping: async (roomId: number, isTyping: boolean) => void calls.push([roomId, isTyping]) };
  return { calls, typing: new OwnTyping(() => client as unknown as SapaClient) };
}

describe("one's own typing", () => {
  it("is told once per three seconds, and its end two seconds after the last key", () => {
    const { calls, typing } = told();
    for (let i = 0; i < 45; i++) {
      typing.pressed(7);
      vi.advanceTimersByTime(100);
    }
    expect(calls).toEqual([[7, true], [7, true]]);
    vi.advanceTimersByTime(2_000);
    expect(calls).toEqual([[7, true], [7, true], [7, false]]);
  });

  it("ends without a word when the message goes out", () => {
    const { calls, typing } = told();
    typing.pressed(7);
    typing.sent();
    vi.advanceTimersByTime(5_000);
    typing.stopped();
    expect(calls).toEqual([[7, true]]);
  });
});

describe("the others' typing", () => {
  const event = (userId: number, isTyping: boolean, roomId = 7) =>
    ({ roomId, userId, userName: `n${userId}`, role: "ADMIN" as const, isTyping });

  it("fades by itself, and each room has its own", () => {
    const onChange = vi.fn();
    const typing = new OthersTyping(onChange);
    typing.heard(event(2, true));
    typing.heard(event(3, true, 8));
    expect(typing.in(7)).toEqual([{ userId: 2, name: "n2" }]);
    vi.advanceTimersByTime(4_000);
    typing.heard(event(2, true));
    vi.advanceTimersByTime(4_000);
    expect(typing.in(7)).toHaveLength(1);
    expect(typing.in(8)).toHaveLength(0);
    vi.advanceTimersByTime(2_000);
    expect(typing.in(7)).toHaveLength(0);
    expect(onChange).toHaveBeenCalledTimes(5);
  });

  it("ends when they say so or write", () => {
    const typing = new OthersTyping(() => {});
    typing.heard(event(2, true));
    typing.heard(event(2, false));
    expect(typing.in(7)).toHaveLength(0);
    typing.heard(event(2, true));
    typing.stopped(2);
    expect(typing.in(7)).toHaveLength(0);
  });
});
