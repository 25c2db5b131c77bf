/** The desk's counts, moved by live events at once and confirmed by the server afterwards. */
import type { Room, RoomStatus, Stats } from "../api.ts";

const COUNTER: Record<RoomStatus, "open" | "closed" | "resolved"> = {
  OPEN: "open",
  CLOSED: "closed",
  RESOLVED: "resolved",
};

/** The counts after a room that was `before` became `after`. */
export function moveStats(stats: Stats, before: Room, after: Room): Stats {
  if (before.status === after.status && before.priority === after.priority && before.adminId === after.adminId)
    return stats;
  const next: Stats = { ...stats, byPriority: { ...stats.byPriority } };
  count(next, before, -1);
  count(next, after, +1);
  return next;
}

function count(stats: Stats, room: Room, by: 1 | -1): void {
  const key = COUNTER[room.status];
  stats[key] = Math.max(0, stats[key] + by);
  stats.byPriority[room.priority] = Math.max(0, (stats.byPriority[room.priority] ?? 0) + by);
  if (room.adminId === null) stats.unassigned = Math.max(0, stats.unassigned + by);
}
