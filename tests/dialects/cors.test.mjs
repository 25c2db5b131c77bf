import assert from "node:assert/strict";
import test from "node:test";
import { TRANSPORTS } from "./harness/client.mjs";
import { useSapa } from "./harness/sapa.mjs";
import { address } from "./harness/wire.mjs";

const OURS = "https://shop.example";
const sapa = useSapa({ CLIENT_URL: OURS });
const ask = (origin, query = {}, options = {}) => {
  return fetch(address(sapa.url, query), { ...options, headers: { origin, ...options.headers } });
};

test("a page of an allowed origin may poll, with credentials, and read errors too", async () => {
  for (const [query, status] of [[{}, 200], [{ sid: "unknown" }, 400], [{ transport: "abc" }, 400]]) {
    const answer = await ask(OURS, query);
    assert.equal(answer.status, status);
    assert.equal(answer.headers.get("access-control-allow-origin"), OURS);
    assert.equal(answer.headers.get("access-control-allow-credentials"), "true");
    assert.match(answer.headers.get("vary") ?? "", /origin/i);
  }
});

test("a page of an allowed origin may ask before it pushes", async () => {
  const headers = { "access-control-request-method": "POST", "access-control-request-headers": "content-type" };
  const answer = await ask(OURS, {}, { method: "OPTIONS", headers });
  assert.ok([200, 204].includes(answer.status), `status ${answer.status}`);
  assert.equal(answer.headers.get("access-control-allow-origin"), OURS);
  assert.match(answer.headers.get("access-control-allow-methods"), /POST/);
  assert.match(answer.headers.get("access-control-allow-headers"), /content-type/i);
});

test("a page of another origin may read nothing", async () => {
  for (const origin of ["https://evil.example", "null", `${OURS}.evil.example`]) {
    const answer = await ask(origin);
    assert.equal(answer.headers.get("access-control-allow-origin"), null, origin);
  }
});

for (const [name, transports] of Object.entries(TRANSPORTS)) {
  test(`the official client of an allowed origin connects by ${name}`, async () => {
    const client = await sapa.connect("/support", sapa.customer(), { transports, extraHeaders: { origin: OURS } });
    assert.equal((await client.ask("join_chat", {})).success, true);
    if (name === "polling with upgrade") await client.upgraded();
  });
}

test("what a session is told is stored by no cache", async () => {
  const answer = await ask(OURS);
  assert.match(answer.headers.get("cache-control"), /no-store/);
});
