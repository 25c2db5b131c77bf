import { describe, expect, it } from "vitest";
import { en } from "../src/i18n/en.ts";
import { id } from "../src/i18n/id.ts";
import { formatDay, formatWhen } from "../src/i18n/format.ts";

/** Words that are the same in both languages. */
const SAME = new Set([
  "appName",
  "status",
  "priorityNORMAL",
  "english",
  "indonesian",
  "statusNORMAL",
  "admin",
  "announceMessage",
  "reactionCount",
]);
const spell = (value: unknown) =>
  typeof value === "function" ? String((value as (...all: unknown[]) => string)("X", "Y")) : String(value);

describe("Bahasa Indonesia", () => {
  it("has every text of its own", () => {
    const left = Object.keys(en).filter(
      (key) => !SAME.has(key) && spell(en[key as keyof typeof en]) === spell(id[key as keyof typeof id]),
    );
    expect(left).toEqual([]);
  });
});

describe("times", () => {
  const now = new Date(2026, 10, 20, 12, 0).getTime();
  const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 5).toISOString();

  it("are short in the list", () => {
    expect(formatWhen("en", en, at(20, 9), now)).toBe("09:05");
    expect(formatWhen("id", id, at(19, 23), now)).toBe("Kemarin");
    expect(formatWhen("en", en, at(16, 9), now)).toBe("Mon");
    expect(formatWhen("en", en, at(1, 9), now)).toBe("Nov 1");
  });

  it("name the day above messages", () => {
    expect(formatDay("en", en, at(20, 0), now)).toBe("Today");
    expect(formatDay("id", id, at(12, 9), now)).toBe("Kamis, 12 November");
  });
});
