import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SapaClient, nextCursor } from "../client.ts";
import { readClaims } from "../claims.ts";
import { SapaError, retryAfterMs } from "../error.ts";
import { tokenise } from "../linkify.ts";
import { FakeServer, json } from "./fake-server.ts";

let server: FakeServer;

beforeEach(async () => {
  server = await FakeServer.start();
});

afterEach(() => server.stop());

const signedIn = () => new SapaClient({ baseUrl: `${server.baseUrl}/`, token: "t" });

describe("the client", () => {
  it("lists rooms by what was asked for, and says where the next page is", async () => {
    server.script("GET /api/chat/rooms", (_, response) => json(response, 200, [{ id: 1 }], {
      Link: `<${server.baseUrl}/api/chat/rooms?limit=1&cursor=a%2Fb>; rel="next"`,
    }));
    const page = await signedIn().listRooms({ status: ["OPEN", "RESOLVED"], assignee: "me", search: "a&b", limit: 1 });
    expect(page).toEqual({ items: [{ id: 1 }], next: "a/b" });
    expect(server.requests[0]?.path).toBe("/api/chat/rooms?status=OPEN%2CRESOLVED&assignee=me&search=a%26b&limit=1");
  });

  it("turns a problem document into a typed error", async () => {
    server.script("POST /api/chat/rooms/7", (_, response) =>
      json(response, 400, { code: "invalid_input", title: "Bad input", detail: "see errors", errors: { message: ["too long"] } }));
    const error = await signedIn().sendMessage(7, { message: "x" }).catch((each: unknown) => each) as SapaError;
    expect(error).toBeInstanceOf(SapaError);
    expect(error).toMatchObject({ status: 400, code: "invalid_input", message: "see errors", isTransient: false });
    expect(error.errors).toEqual({ message: ["too long"] });
  });

  it("repeats a creating call under one key, after the wait that the server names", async () => {
    server.script("POST /api/chat/rooms/7", (_, response) => json(response, 503, { code: "unavailable" }, { "Retry-After": "0.1" }));
    const begin = Date.now();
    await signedIn().sendMessage(7, { message: "x" });
    expect(Date.now() - begin).toBeGreaterThanOrEqual(95);
    expect(new Set(server.requests.map((each) => each.headers["idempotency-key"])).size).toBe(1);
    expect(server.requests).toHaveLength(2);
  });

  it("does not repeat a call that may not be repeated", async () => {
    server.script("POST /api/chat/rooms/7/typing", (_, response) => json(response, 503, {}));
    await expect(signedIn().setTyping(7, true)).rejects.toMatchObject({ status: 503 });
    expect(server.requests).toHaveLength(1);
  });

  it("hands a long wait to the caller", async () => {
    server.script("GET /api/chat/stats", (_, response) => json(response, 429, {}, { "Retry-After": "60" }));
    await expect(signedIn().stats()).rejects.toMatchObject({ code: "rate_limited", retryAfterMs: 60_000 });
  });

  it("asks for a new token once after a 401", async () => {
    server.script("GET /api/chat/stats", (_, response) => json(response, 401, {}));
    let n = 0;
    const client = new SapaClient({ baseUrl: server.baseUrl, getToken: () => `t${++n}` });
    await client.stats();
    expect(server.requests.map((each) => each.headers.authorization)).toEqual(["Bearer t1", "Bearer t2"]);
  });

  it("says network and timeout apart, and passes an abort through", async () => {
    const gone = new SapaClient({ baseUrl: "http://127.0.0.1:1", retries: 0 });
    await expect(gone.stats()).rejects.toMatchObject({ status: 0, code: "network", isTransient: true });
    server.script("GET /api/chat/stats", () => {});
    const slow = new SapaClient({ baseUrl: server.baseUrl, timeoutMs: 50, retries: 0 });
    await expect(slow.stats()).rejects.toMatchObject({ code: "timeout" });
    const abort = new AbortController();
    server.script("GET /api/chat/stats", () => abort.abort());
    await expect(signedIn().stats({ signal: abort.signal })).rejects.toMatchObject({ name: "AbortError" });
  });

  it("escapes what goes into a path", async () => {
    await signedIn().addReaction(3, "👍🏽");
    expect(server.requests[0]?.path).toBe(`/api/chat/messages/3/reactions/${encodeURIComponent("👍🏽")}`);
  });
});

describe("what headers say", () => {
  it("reads Retry-After as seconds or a date", () => {
    expect(retryAfterMs("2")).toBe(2_000);
    expect(retryAfterMs("Thu, 01 Jan 1970 00:00:05 GMT", 2_000)).toBe(3_000);
    expect(retryAfterMs("soon")).toBeNull();
    expect(retryAfterMs(null)).toBeNull();
  });

  it("finds the next page among several links", () => {
    expect(nextCursor('</r?cursor=p>; rel="prev", </r?before=12&limit=5>; rel="next"')).toBe("12");
    expect(nextCursor('</r?cursor=p>; rel="prev"')).toBeNull();
    expect(nextCursor(null)).toBeNull();
  });
});

describe("claims", () => {
  const token = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;

  it("takes the first of sub, id and userId", () => {
    expect(readClaims(token({ sub: "7", id: 8, role: "admin", name: "Sári", exp: 10 })))
      .toEqual({ userId: 7, name: "Sári", role: "ADMIN", expiresAt: 10_000 });
    expect(readClaims(token({ userId: 9 }))).toMatchObject({ userId: 9, role: "USER" });
  });

  it("is null for what names nobody", () => {
    for (const bad of [null, "", "a.b.c", token({ sub: "x" }), token({})]) expect(readClaims(bad)).toBeNull();
  });
});

describe("links in a text", () => {
  const links = (text: string) => tokenise(text).filter((each) => each.kind === "link").map((each) => each.href);

  it("finds addresses and leaves the punctuation of the sentence", () => {
    expect(tokenise("Lihat https://a.example/x?y=1. Ya?")).toEqual([
      { kind: "text", text: "Lihat " },
      { kind: "link", text: "https://a.example/x?y=1", href: "https://a.example/x?y=1" },
      { kind: "text", text: ". Ya?" },
    ]);
    expect(links("(www.example.com/a_(b)) or sari@toko.example!")).toEqual(["https://www.example.com/a_(b)", "mailto:sari@toko.example"]);
  });

  it("never makes a link of anything that could run", () => {
    expect(links("javascript:alert(1) data:text/html,x vbscript:x jAvAsCrIpT://a file:///etc")).toEqual([]);
  });

  it("gives the text back whole", () => {
    for (const text of ["", "a", "https://", "http://[", "x https://a.b y www. z @ a@b", "<img src=x onerror=alert(1)>"]) {
      expect(tokenise(text).map((each) => each.text).join("")).toBe(text);
    }
  });
});
