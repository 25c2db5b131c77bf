import { describe, expect, it } from "vitest";
import { takeToken } from "../src/desk/session.ts";
import { titleFor } from "../src/desk/attention.ts";
import { DraftBox } from "../src/state/drafts.ts";
import { EVERYTHING, filterFromParams, filterToParams } from "../src/state/filter.ts";
import { defaultPrefs, readPrefs } from "../src/state/prefs.ts";
import { expire, nextExpiry, NOBODY, setTyping, setViewing, TYPING_MS, VIEWING_MS } from "../src/state/people.ts";

class MemoryStorage {
  readonly values = new Map<string, string>();
  getItem = (key: string) => this.values.get(key) ?? null;
  setItem = (key: string, value: string) => void this.values.set(key, value);
  removeItem = (key: string) => void this.values.delete(key);
}

describe("drafts", () => {
  it("come back per room and person after a reload", () => {
    const storage = new MemoryStorage();
    new DraftBox(storage, 1).set(7, "half a sentence", 42);
    expect(new DraftBox(storage, 1).get(7)).toMatchObject({ text: "half a sentence", replyToId: 42 });
    expect(new DraftBox(storage, 1).get(8)).toBeNull();
    expect(new DraftBox(storage, 2).get(7)).toBeNull();
  });

  it("are forgotten once sent, and leave nothing behind", () => {
    const storage = new MemoryStorage();
    const box = new DraftBox(storage, 1);
    box.set(7, "text", null);
    box.set(7, "  ", null);
    expect(box.get(7)).toBeNull();
    expect(storage.values.size).toBe(0);
  });

  it("grow old and are dropped", () => {
    const storage = new MemoryStorage();
    new DraftBox(storage, 1, () => 0).set(7, "old", null);
    expect(new DraftBox(storage, 1, () => 15 * 24 * 3_600_000).get(7)).toBeNull();
  });

  it("survive a broken and a full storage", () => {
    const storage = new MemoryStorage();
    storage.setItem("sapa.admin.drafts.1", "{not json");
    storage.setItem = () => {
      throw new Error("full");
    };
    const box = new DraftBox(storage, 1);
    box.set(7, "still here", null);
    expect(box.get(7)?.text).toBe("still here");
    expect(new DraftBox(null, 1).get(7)).toBeNull();
  });
});

describe("preferences", () => {
  it("begin with the browser's language", () => {
    expect(defaultPrefs(["id-ID", "en"]).locale).toBe("id");
    expect(defaultPrefs(["fr", "en-GB", "id"]).locale).toBe("en");
    expect(defaultPrefs(["ja"]).locale).toBe("en");
  });

  it("take over what fits and nothing else", () => {
    const defaults = defaultPrefs(["en"]);
    expect(readPrefs('{"theme":"dark","locale":"xx","letters":false}', defaults)).toEqual({
      ...defaults,
      theme: "dark",
      letters: false,
    });
    expect(readPrefs("[]{", defaults)).toEqual(defaults);
    expect(readPrefs("null", defaults)).toEqual(defaults);
  });
});

describe("the address", () => {
  it("carries the filter there and back", () => {
    const filter = {
      status: ["OPEN", "CLOSED"],
      priority: ["URGENT"],
      assignee: 2002,
      search: "a&b=c ü",
      sort: "priority",
    } as const;
    expect(filterFromParams(new URLSearchParams(filterToParams(filter).toString()))).toEqual(filter);
    expect(filterToParams(EVERYTHING).toString()).toBe("");
  });

  it("is read with suspicion", () => {
    expect(filterFromParams(new URLSearchParams("status=open,NONSENSE&assignee=-1&sort=x"))).toEqual({
      ...EVERYTHING,
      status: ["OPEN"],
    });
  });

  it("gives its token away once", () => {
    const storage = new MemoryStorage();
    const shown: string[] = [];
    const history = {
      replaceState: (_: unknown, __: string, url?: string | URL | null) => void shown.push(String(url)),
    };
    expect(
      takeToken({ hash: "#token=abc.def.ghi", pathname: "/admin/chat", search: "?room=7" }, history, storage),
    ).toBe("abc.def.ghi");
    expect(shown).toEqual(["/admin/chat?room=7"]);
    expect(takeToken({ hash: "", pathname: "/admin/chat", search: "" }, history, storage)).toBe("abc.def.ghi");
    expect(shown).toHaveLength(1);
  });
});

describe("typing and looking", () => {
  const budi = { userId: 7, userName: "Budi", isAdmin: false };

  it("end by themselves", () => {
    const people = setViewing(setTyping(NOBODY, 1, budi, true, 0), 1, { userId: 8, userName: "Adi" }, true, 0);
    expect(nextExpiry(people)).toBe(TYPING_MS);
    const later = expire(people, TYPING_MS);
    expect(later.typing.size).toBe(0);
    expect(later.viewing.get(1)).toHaveLength(1);
    expect(expire(later, VIEWING_MS).viewing.size).toBe(0);
  });

  it("are told once per person and end when told so", () => {
    const twice = setTyping(setTyping(NOBODY, 1, budi, true, 0), 1, budi, true, 2000);
    expect(twice.typing.get(1)).toHaveLength(1);
    expect(setTyping(twice, 1, budi, false, 2100).typing.has(1)).toBe(false);
    expect(setTyping(NOBODY, 1, budi, false, 0).typing).toBe(NOBODY.typing);
  });
});

describe("the title", () => {
  it("counts up to 99", () => {
    expect([titleFor(0, "Desk"), titleFor(3, "Desk"), titleFor(120, "Desk")]).toEqual([
      "Desk",
      "(3) Desk",
      "(99+) Desk",
    ]);
  });
});
