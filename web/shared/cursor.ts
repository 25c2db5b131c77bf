/** The place in the stream up to which everything was seen: drops repeats, notices resets. */
import type { Frame } from "./types.ts";

export type Verdict = "deliver" | "drop" | "reset";

export class Cursor {
  /** `null` until the first `connected`. */
  position: number | null;

  constructor(position: number | null = null) {
    this.position = position;
  }

  /** Moves on over a frame and says what to do with it. */
  accept(frame: Frame): Verdict {
    const before = this.position;
    if (frame.type === "connected") {
      // Going on from a later place than ours would be a hole, so it counts as a reset.
      const isReset = frame.data.reset === true || (before !== null && (frame.id ?? 0) > before);
      if (isReset || before === null) this.position = frame.id;
      return isReset ? "reset" : "deliver";
    }
    if (frame.id === null) return "deliver";
    if (before !== null && frame.id <= before) return "drop";
    this.position = frame.id;
    return "deliver";
  }
}
