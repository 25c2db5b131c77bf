/** Keeps the counts right: live events move them at once, the server confirms them when things are quiet. */
import type { ChatApi, Room, Stats } from "../api.ts";
import { moveStats } from "../state/stats.ts";
import { Store } from "../state/store.ts";

const CONFIRM_MS = 200;
/** While events keep coming, an answer that may be old is taken at least this often. */
const STALE_MS = 2_000;

export class StatsController {
  readonly state = new Store<Stats | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;
  private changes = 0;
  private confirmedAt = 0;
  private isAsking = false;

  constructor(private readonly api: ChatApi) {}

  move(before: Room | undefined, after: Room): void {
    const stats = this.state.get();
    if (stats && before) this.state.set(moveStats(stats, before, after));
    this.touch();
  }

  /** Something happened that may have changed the counts. */
  touch(): void {
    this.changes += 1;
    if (this.timer === undefined && !this.isAsking) this.timer = setTimeout(() => void this.confirm(), CONFIRM_MS);
  }

  async confirm(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.isAsking) return;
    this.isAsking = true;
    const asked = this.changes;
    try {
      const stats = await this.api.stats();
      if (asked === this.changes || Date.now() - this.confirmedAt > STALE_MS) {
        this.state.set(stats);
        this.confirmedAt = Date.now();
      }
    } catch {
      // The next event or the next connection asks again.
    }
    this.isAsking = false;
    if (asked !== this.changes) this.timer = setTimeout(() => void this.confirm(), CONFIRM_MS);
  }

  stop(): void {
    clearTimeout(this.timer);
  }
}
