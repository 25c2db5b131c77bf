/** Who is online, who types where and who looks at what; the last two end by themselves. */
export interface Typist {
  readonly userId: number;
  readonly userName: string;
  readonly isAdmin: boolean;
  readonly until: number;
}

export interface Viewer {
  readonly userId: number;
  readonly userName: string;
  readonly until: number;
}

export interface Presence {
  readonly isOnline: boolean;
  readonly lastSeen: string | null;
}

export interface People {
  readonly online: ReadonlyMap<number, Presence>;
  readonly typing: ReadonlyMap<number, readonly Typist[]>;
  readonly viewing: ReadonlyMap<number, readonly Viewer[]>;
}

export const NOBODY: People = { online: new Map(), typing: new Map(), viewing: new Map() };

/** The server ends typing after 5 s and looking after 30 s; a little more allows for a slow network. */
export const TYPING_MS = 6_000;
export const VIEWING_MS = 32_000;

export function setPresence(people: People, userId: number, presence: Presence): People {
  const online = new Map(people.online);
  online.set(userId, presence);
  return { ...people, online };
}

export function setTyping(
  people: People,
  roomId: number,
  who: Omit<Typist, "until">,
  isTyping: boolean,
  now: number,
): People {
  return {
    ...people,
    typing: replace(people.typing, roomId, who.userId, isTyping ? { ...who, until: now + TYPING_MS } : null),
  };
}

export function setViewing(
  people: People,
  roomId: number,
  who: Omit<Viewer, "until">,
  isViewing: boolean,
  now: number,
): People {
  return {
    ...people,
    viewing: replace(people.viewing, roomId, who.userId, isViewing ? { ...who, until: now + VIEWING_MS } : null),
  };
}

/** Forgets what has ended. Returns the same value when nothing has. */
export function expire(people: People, now: number): People {
  const typing = alive(people.typing, now);
  const viewing = alive(people.viewing, now);
  return typing === people.typing && viewing === people.viewing ? people : { ...people, typing, viewing };
}

/** When the next entry ends, for a timer; null when there is none. */
export function nextExpiry(people: People): number | null {
  const ends = [...people.typing.values(), ...people.viewing.values()].flat().map((one) => one.until);
  return ends.length > 0 ? Math.min(...ends) : null;
}

interface Expiring {
  readonly userId: number;
  readonly until: number;
}

function replace<T extends Expiring>(
  map: ReadonlyMap<number, readonly T[]>,
  roomId: number,
  userId: number,
  entry: T | null,
): ReadonlyMap<number, readonly T[]> {
  const others = (map.get(roomId) ?? []).filter((one) => one.userId !== userId);
  if (!entry && others.length === (map.get(roomId) ?? []).length) return map;
  const next = new Map(map);
  const entries = entry ? [...others, entry] : others;
  if (entries.length > 0) next.set(roomId, entries);
  else next.delete(roomId);
  return next;
}

function alive<T extends Expiring>(
  map: ReadonlyMap<number, readonly T[]>,
  now: number,
): ReadonlyMap<number, readonly T[]> {
  if (![...map.values()].flat().some((one) => one.until <= now)) return map;
  const next = new Map<number, readonly T[]>();
  for (const [roomId, entries] of map) {
    const left = entries.filter((one) => one.until > now);
    if (left.length > 0) next.set(roomId, left);
  }
  return next;
}
