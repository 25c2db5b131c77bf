/** What a token says about its bearer. Read, not verified: the server does that. */
import type { Role } from "./types.ts";

export interface Claims {
  userId: number;
  name: string | null;
  role: Role;
  /** Milliseconds since 1970. */
  expiresAt: number | null;
}

/** `null` for what is not a JWT that names a person. */
export function readClaims(token: string | null | undefined): Claims | null {
  try {
    const payload = (token ?? "").split(".")[1] ?? "";
    const bytes = Uint8Array.from(atob(payload.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
    const claims = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>;
    const userId = Number(claims["sub"] ?? claims["id"] ?? claims["userId"]);
    if (!Number.isInteger(userId) || userId < 1) return null;
    return {
      userId,
      name: typeof claims["name"] === "string" ? claims["name"] : null,
      role: String(claims["role"] ?? "").toUpperCase() === "ADMIN" ? "ADMIN" : "USER",
      expiresAt: typeof claims["exp"] === "number" ? claims["exp"] * 1000 : null,
    };
  } catch {
    return null;
  }
}
