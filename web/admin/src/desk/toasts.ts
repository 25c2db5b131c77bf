/** Short notices in a corner, the last ones with an Undo. */
import { Store } from "../state/store.ts";
import type { Texts } from "../i18n/index.ts";

export interface Toast {
  readonly id: number;
  readonly tone: "done" | "problem";
  /** Spelled when drawn, so that a change of language reaches it. */
  readonly text: (texts: Texts) => string;
  readonly undo: (() => void) | null;
}

export const UNDO_MS = 10_000;
const PLAIN_MS = 5_000;
const MOST = 3;

export class Toasts {
  readonly state = new Store<readonly Toast[]>([]);
  private timers = new Map<number, { timer: ReturnType<typeof setTimeout>; ms: number }>();
  private last = 0;

  show(toast: { tone?: Toast["tone"]; text: Toast["text"]; undo?: () => void }): number {
    const id = ++this.last;
    const made: Toast = { id, tone: toast.tone ?? "done", text: toast.text, undo: toast.undo ?? null };
    this.state.update((all) => [...all, made].slice(-MOST));
    this.wait(id, made.undo ? UNDO_MS : PLAIN_MS);
    return id;
  }

  dismiss(id: number): void {
    clearTimeout(this.timers.get(id)?.timer);
    this.timers.delete(id);
    this.state.update((all) => all.filter((one) => one.id !== id));
  }

  /** While somebody points at or focuses the notices they stay. */
  hold(): void {
    for (const { timer } of this.timers.values()) clearTimeout(timer);
  }

  release(): void {
    for (const [id, { ms }] of this.timers) this.wait(id, ms);
  }

  /** Undoes the newest change that can be undone. */
  undoLast(): boolean {
    const toast = this.state.get().findLast((one) => one.undo !== null);
    if (!toast) return false;
    this.dismiss(toast.id);
    toast.undo?.();
    return true;
  }

  private wait(id: number, ms: number): void {
    clearTimeout(this.timers.get(id)?.timer);
    this.timers.set(id, { ms, timer: setTimeout(() => this.dismiss(id), ms) });
  }
}
