/** What an admin does to a room: shown at once, sent to the server, undone within ten seconds. */
import {
  type ApiProblem,
  type ChatApi,
  nameOf,
  problemOf,
  type Person,
  type Room,
  type RoomChange,
  type RoomPriority,
  type RoomStatus,
} from "../api.ts";
import type { Texts } from "../i18n/index.ts";
import { type ShownChange, Turns } from "../state/pending.ts";
import type { ListController } from "./listController.ts";
import type { StatsController } from "./statsController.ts";
import type { Toasts } from "./toasts.ts";

export class RoomActions {
  private readonly turns = new Turns();

  constructor(
    private readonly api: ChatApi,
    private readonly list: ListController,
    private readonly stats: StatsController,
    private readonly toasts: Toasts,
    private readonly me: Person,
  ) {}

  setStatus(roomId: number, status: RoomStatus): void {
    const room = this.list.room(roomId);
    if (!room || room.status === status) return;
    const done = { OPEN: "reopenedDone", RESOLVED: "resolvedDone", CLOSED: "closedDone" } as const;
    const before = room.status;
    void this.change(room, { status }, { status }, (texts) => texts[done[status]](customerName(room, texts)), {
      status: before,
    });
  }

  setPriority(roomId: number, priority: RoomPriority): void {
    const room = this.list.room(roomId);
    if (!room || room.priority === priority) return;
    void this.change(room, { priority }, { priority }, (texts) => texts.priorityDone(texts[`priority${priority}`]), {
      priority: room.priority,
    });
  }

  /** Gives a room to an admin, or with `null` to nobody. */
  assign(roomId: number, admin: Person | null): void {
    const room = this.list.room(roomId);
    if (!room || room.adminId === (admin?.id ?? null)) return;
    const text = (texts: Texts) =>
      admin ? texts.assignedDone(nameOf(admin, texts.personNumber)) : texts.unassignedDone;
    void this.change(room, { adminId: admin?.id ?? null }, { adminId: admin?.id ?? null, admin }, text, {
      adminId: room.adminId,
    });
  }

  assignToMe(roomId: number): void {
    this.assign(roomId, this.me);
  }

  private async change(
    room: Room,
    change: RoomChange,
    shown: ShownChange,
    text: (texts: Texts) => string,
    undo: RoomChange,
  ): Promise<void> {
    const answered = this.list.pending.begin(room.id, shown);
    this.take(room);
    const toast = this.toasts.show({ text, undo: () => void this.undo(room, undo) });
    try {
      const answer = await this.turns.run(room.id, () => this.api.change(room.id, change));
      answered();
      this.take(answer);
    } catch (error) {
      answered();
      this.toasts.dismiss(toast);
      this.giveBack(room, shown);
      this.complain(problemOf(error));
    }
  }

  private async undo(earlier: Room, change: RoomChange): Promise<void> {
    try {
      this.take(await this.turns.run(earlier.id, () => this.api.change(earlier.id, change)));
      this.toasts.show({ text: (texts) => texts.undone });
    } catch (error) {
      this.complain(problemOf(error));
    }
  }

  /** After a refusal only what was changed here goes back; what came live meanwhile stays. */
  private giveBack(earlier: Room, shown: ShownChange): void {
    const now = this.list.room(earlier.id) ?? earlier;
    const back = Object.fromEntries(Object.keys(shown).map((key) => [key, earlier[key as keyof Room]]));
    this.take({ ...now, ...back });
  }

  private take(room: Room): void {
    const before = this.list.applyRoom(room);
    this.stats.move(before, this.list.room(room.id) ?? room);
    this.list.publish();
  }

  complain(problem: ApiProblem): void {
    this.toasts.show({ tone: "problem", text: (texts) => texts.changeFailed(problemText(texts, problem)) });
  }
}

export function customerName(room: Pick<Room, "user">, texts: Texts): string {
  return nameOf(room.user, texts.customerNumber);
}

export function problemText(texts: Texts, problem: ApiProblem): string {
  switch (problem) {
    case "offline":
      return texts.problemOffline;
    case "rateLimited":
      return texts.problemRateLimited;
    case "closed":
      return texts.problemClosed;
    case "forbidden":
    case "unauthenticated":
      return texts.problemForbidden;
    case "notFound":
      return texts.problemNotFound;
    case "input":
      return texts.problemInput;
    case "tooLarge":
      return texts.problemTooLarge;
    case "server":
      return texts.problemServer;
  }
}
