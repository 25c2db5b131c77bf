/** Changes that were shown at once and that the server has not answered yet. */
import type { Room } from "../api.ts";

export type ShownChange = Partial<Pick<Room, "status" | "priority" | "adminId" | "admin">>;

/**
 * A room's state from the server may be older than what was changed here since: an answer to the change before, or
 * an event on its way. It is shown with the changes that still wait for their answer.
 */
export class PendingChanges {
  private readonly waiting = new Map<number, Set<ShownChange>>();

  /** Shows a change until the function that this returns is called. */
  begin(roomId: number, change: ShownChange): () => void {
    const changes = this.waiting.get(roomId) ?? new Set();
    this.waiting.set(roomId, changes.add(change));
    return () => {
      changes.delete(change);
      if (changes.size === 0 && this.waiting.get(roomId) === changes) this.waiting.delete(roomId);
    };
  }

  /** The room as it is shown. */
  over(room: Room): Room {
    const changes = this.waiting.get(room.id);
    return changes ? Object.assign({ ...room }, ...changes) : room;
  }
}

/** Runs tasks of one key one after the other, so that they reach the server in the order of the key strokes. */
export class Turns {
  private readonly last = new Map<number, Promise<unknown>>();

  run<T>(key: number, task: () => Promise<T>): Promise<T> {
    const turn = (this.last.get(key) ?? Promise.resolve()).then(task, task);
    this.last.set(key, turn);
    const forget = () => {
      if (this.last.get(key) === turn) this.last.delete(key);
    };
    turn.then(forget, forget);
    return turn;
  }
}
