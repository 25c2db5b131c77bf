// Tokens as a host application signs them.
import { createHmac } from "node:crypto";

export const SECRET = "dialect-tests-sign-with-this-secret-of-48-bytes!";

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** These claims as an HS256 JWT. */
export function sign(claims, secret = SECRET) {
  const head = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${head}.${createHmac("sha256", secret).update(head).digest("base64url")}`;
}

/** Seconds since the epoch, `seconds` from now. */
export const inSeconds = (seconds) => Math.floor(Date.now() / 1000) + seconds;

/** A person with a token for an hour, unless told otherwise. */
export function person(id, name, role, { ttl = 3600 } = {}) {
  const email = `${name.toLowerCase()}${id}@example.test`;
  const token = sign({ sub: String(id), name, email, role, exp: inSeconds(ttl) });
  return { id, name, email, role, token };
}
