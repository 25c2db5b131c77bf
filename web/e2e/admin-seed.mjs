// Fills a running server with conversations: `node e2e/admin-seed.mjs http://127.0.0.1:3000 [secret]`.
import { createHmac } from "node:crypto";
import { pathToFileURL } from "node:url";
import { CONVERSATIONS, PEOPLE, SHORT } from "./admin-conversations.mjs";

export const SARI = { id: 2001, name: "Sari Wulandari", email: "sari@example.test", role: "ADMIN" };
export const ADI = { id: 2002, name: "Adi Nugraha", email: "adi@example.test", role: "ADMIN" };
const DEVELOPMENT_SECRET = "sapa-development-secret-do-not-use-in-production";

/** A signed token for a person, good for an hour unless told otherwise. */
export function tokenFor(person, { secret = DEVELOPMENT_SECRET, seconds = 3600 } = {}) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const body = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: String(person.id), name: person.name, email: person.email, role: person.role, iat: now, exp: now + seconds })}`;
  return `${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

/** The n-th customer of the cast. */
export function customer(index) {
  const name = PEOPLE[index % PEOPLE.length];
  return { id: 3001 + index, name, email: `${name.toLowerCase().replaceAll(" ", ".")}@example.test`, role: "USER" };
}

/** Calls the API as a person; waits when the server asks for it, fails on any other refusal. */
export async function call(base, token, method, path, body) {
  for (;;) {
    const response = await fetch(base + path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body && { "Content-Type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (response.status === 429) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * Number(response.headers.get("Retry-After") ?? 1)));
      continue;
    }
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  }
}

/** Opens as many short rooms as asked for, then plays every conversation. `sign` makes a person's token. */
export async function seed(base, { sign = tokenFor, short = 24 } = {}) {
  const tokens = { s: sign(SARI), a: sign(ADI) };
  const rooms = [];
  for (const [index, [subject, message]] of Array.from(
    { length: short },
    (_, n) => SHORT[n % SHORT.length],
  ).entries()) {
    const token = sign(customer(CONVERSATIONS.length + index));
    rooms.push(await call(base, token, "POST", "/api/chat/rooms", { subject, message }));
  }
  for (const [index, story] of CONVERSATIONS.entries())
    rooms.push(await play(base, sign(customer(index)), tokens, story));
  return rooms;
}

async function play(base, customerToken, tokens, { subject, priority, status, admin, lines }) {
  const [first, ...rest] = lines.map((line) => ({ who: line[0], message: line.slice(2) }));
  const room = await call(base, customerToken, "POST", "/api/chat/rooms", {
    subject,
    message: first.message,
    priority,
  });
  for (const { who, message } of rest) {
    await call(base, who === "c" ? customerToken : tokens[who], "POST", `/api/chat/rooms/${room.id}`, { message });
  }
  const adminId = { s: SARI.id, a: ADI.id }[admin] ?? null;
  const owner = tokens[admin ?? "s"];
  if (admin !== null) await call(base, owner, "POST", `/api/chat/rooms/${room.id}/read`, {});
  return call(base, owner, "PATCH", `/api/chat/rooms/${room.id}/manage`, { status, priority, adminId });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const [base = "http://127.0.0.1:3000", secret] = process.argv.slice(2);
  const sign = (person) => tokenFor(person, { secret });
  const rooms = await seed(base, { sign });
  console.log(`${rooms.length} conversations; dashboard: ${base}/admin/chat#token=${sign(SARI)}`);
}
