import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contrast, inkOn, parseHex, readableOn } from "../colour.ts";
import { en } from "../panel/i18n/en.ts";
import { id } from "../panel/i18n/id.ts";

function leaves(words: object, path = ""): [string, unknown][] {
  return Object.entries(words).flatMap(([name, value]) =>
    value && typeof value === "object" ? leaves(value as object, `${path}${name}.`) : [[path + name, value]]);
}

describe("the words", () => {
  it("are complete in both languages, and no string is left in the other one", () => {
    const same = new Set(["priorities.NORMAL"]);
    const indonesian = new Map(leaves(id));
    for (const [path, value] of leaves(en)) {
      const other = indonesian.get(path);
      expect(typeof other, path).toBe(typeof value);
      if (typeof value === "string" && !same.has(path)) expect(other, path).not.toBe(value);
    }
    expect(indonesian.size).toBe(leaves(en).length);
  });

  it("are the only ones: no view carries text of its own", () => {
    const folder = new URL("../panel/views/", import.meta.url);
    for (const name of readdirSync(folder).filter((each) => each.endsWith(".tsx"))) {
      const code = readFileSync(new URL(name, folder), "utf8");
      expect(code.match(/>\s*[A-Za-z]{3,}[^<>{}();=]*</g) ?? [], name).toEqual([]);
      expect(code.match(/(?:aria-label|title|placeholder)="[A-Za-z]/g) ?? [], name).toEqual([]);
    }
  });
});

describe("the accent", () => {
  it("carries readable text, whatever it is", () => {
    for (let i = 0; i < 4096; i += 7) {
      const colour = `#${i.toString(16).padStart(3, "0")}`;
      const ground = parseHex(colour)!;
      expect(contrast(parseHex(inkOn(colour))!, ground), colour).toBeGreaterThanOrEqual(4.5);
      for (const surface of ["#ffffff", "#1b1e25"]) {
        expect(contrast(parseHex(readableOn(colour, surface))!, parseHex(surface)!), colour).toBeGreaterThanOrEqual(4.5);
      }
    }
  });

  it("takes hex colours only", () => {
    expect(parseHex("#abc")).toEqual([170, 187, 204]);
    for (const bad of ["red", "#12", "url(x)", "#12345g", "#fff;}*{"]) expect(parseHex(bad)).toBeNull();
  });
});
