import { expect, test } from "vitest";
import { PendingChanges, Turns } from "../src/state/pending.ts";
import { room } from "./people.ts";

test("an older state from the server does not undo what was changed here since", () => {
  const pending = new PendingChanges();
  const before = room(1, { priority: "NORMAL", status: "OPEN" });
  const urgent = pending.begin(1, { priority: "URGENT" });
  const resolved = pending.begin(1, { status: "RESOLVED" });
  expect(pending.over(before)).toMatchObject({ priority: "URGENT", status: "RESOLVED" });
  urgent();
  expect(pending.over(before)).toMatchObject({ priority: "NORMAL", status: "RESOLVED" });
  resolved();
  expect(pending.over(before)).toBe(before);
  expect(pending.over(room(2, {}))).toMatchObject({ id: 2 });
});

test("the changes of one room reach the server one after the other, also past a failure", async () => {
  const turns = new Turns();
  const told: string[] = [];
  const step = (name: string, fails = false) => async () => {
    await Promise.resolve();
    told.push(name);
    if (fails) throw new Error(name);
  };
  const first = turns.run(1, step("first", true));
  const second = turns.run(1, step("second"));
  await expect(first).rejects.toThrow("first");
  await second;
  expect(told).toEqual(["first", "second"]);
});
