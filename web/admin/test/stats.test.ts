import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ChatApi, Stats } from "../src/api.ts";
import { StatsController } from "../src/desk/statsController.ts";
import { moveStats } from "../src/state/stats.ts";
import { room } from "./people.ts";

const STATS: Stats = {
  total: 3,
  open: 2,
  closed: 1,
  resolved: 0,
  unread: 4,
  byPriority: { LOW: 0, NORMAL: 3, HIGH: 0, URGENT: 0 },
  unassigned: 3,
  onlineAdmins: 1,
};

describe("counts moved by a changed room", () => {
  it("move from one status to the other", () => {
    expect(moveStats(STATS, room(1), room(1, { status: "RESOLVED" }))).toMatchObject({
      total: 3,
      open: 1,
      resolved: 1,
      closed: 1,
    });
  });

  it("move priority and assignment too", () => {
    expect(moveStats(STATS, room(1), room(1, { priority: "URGENT", adminId: 7 }))).toMatchObject({
      byPriority: { NORMAL: 2, URGENT: 1 },
      unassigned: 2,
    });
  });

  it("stay the same object when nothing counted has changed", () => {
    expect(moveStats(STATS, room(1), room(1, { lastMessage: "other" }))).toBe(STATS);
  });
});

describe("counts confirmed by the server", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("are asked for once after a burst of events", async () => {
    const stats = vi.fn(async () => STATS);
    const controller = new StatsController({ stats } as unknown as ChatApi);
    for (let n = 0; n < 50; n++) controller.touch();
    await vi.advanceTimersByTimeAsync(1000);
    expect(stats).toHaveBeenCalledTimes(1);
    expect(controller.state.get()).toEqual(STATS);
  });

  it("do not replace newer counts with an answer from before an event", async () => {
    const answers = [STATS, { ...STATS, open: 9 }, { ...STATS, open: 1, resolved: 1 }];
    const gates: (() => void)[] = [];
    const api = { stats: () => new Promise<Stats>((resolve) => gates.push(() => resolve(answers.shift()!))) };
    const controller = new StatsController(api as unknown as ChatApi);
    void controller.confirm();
    gates.shift()!();
    await vi.advanceTimersByTimeAsync(0);
    controller.touch();
    await vi.advanceTimersByTimeAsync(300);
    controller.move(room(1), room(1, { status: "RESOLVED" }));
    gates.shift()!();
    await vi.advanceTimersByTimeAsync(0);
    expect(controller.state.get()).toMatchObject({ open: 1, resolved: 1 });
    await vi.advanceTimersByTimeAsync(300);
    gates.shift()!();
    await vi.advanceTimersByTimeAsync(0);
    expect(controller.state.get()).toMatchObject({ open: 1, resolved: 1 });
  });
});
