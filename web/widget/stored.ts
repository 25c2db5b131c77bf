/** What the widget keeps on this device, and only once somebody has written a message. */
import type { GuestIdentity } from "../shared/types.ts";

const name = (what: string, baseUrl: string) => `sapa-${what}:${baseUrl}`;

function read<T>(what: string, baseUrl: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(name(what, baseUrl)) ?? "null") as T | null;
  } catch {
    return null;
  }
}

function write(what: string, baseUrl: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(name(what, baseUrl));
    else localStorage.setItem(name(what, baseUrl), JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: the page simply does not remember.
  }
}

/** A guest's identity that is still good. */
export function readGuest(baseUrl: string): GuestIdentity | null {
  const guest = read<GuestIdentity>("guest", baseUrl);
  return guest?.token && Date.parse(guest.expiresAt) > Date.now() ? guest : null;
}

export function writeGuest(baseUrl: string, guest: GuestIdentity | null): void {
  write("guest", baseUrl, guest);
}

/** Whether this person has written from this device before. */
export function isKnown(baseUrl: string, scope: string): boolean {
  return read<string>("known", baseUrl) === scope;
}

export function writeKnown(baseUrl: string, scope: string | null): void {
  write("known", baseUrl, scope);
}

export interface Preferences {
  isMuted?: boolean;
  locale?: string;
}

export function readPreferences(baseUrl: string): Preferences {
  return read<Preferences>("preferences", baseUrl) ?? {};
}

export function writePreferences(baseUrl: string, preferences: Preferences): void {
  write("preferences", baseUrl, preferences);
}

/** Whether a message was caught by a reload and still waits to be sent. */
export function hasPending(baseUrl: string): boolean {
  try {
    return Object.entries(localStorage).some(([name, item]) =>
      name.startsWith(`sapa-outbox:${baseUrl}:`) && String(item).includes('"state":"queued"'));
  } catch {
    return false;
  }
}

/** Whether the panel was used in this tab: then the next page takes it up at once. */
export function wasUsed(baseUrl: string): boolean {
  try {
    return sessionStorage.getItem(name("used", baseUrl)) === "1";
  } catch {
    return false;
  }
}

export function noteUse(baseUrl: string): void {
  try {
    sessionStorage.setItem(name("used", baseUrl), "1");
  } catch {
    // As above.
  }
}
