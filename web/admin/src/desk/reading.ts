/** Marks what an admin really sees as read: the room is open, the page in front, the end of it in view. */
import { type ChatApi, type Message, SapaError } from "../api.ts";

export class ReadMarker {
  private done = new Map<number, number>();
  private running = new Set<number>();

  constructor(
    private readonly api: ChatApi,
    private readonly onRead: (roomId: number, upTo: number, unreadCount: number) => void,
  ) {}

  async see(roomId: number, messages: readonly Message[], customerId: number): Promise<void> {
    const last = messages.findLast((one) => one.senderId === customerId && !one.isRead);
    if (!last || (this.done.get(roomId) ?? 0) >= last.id || this.running.has(roomId)) return;
    this.running.add(roomId);
    try {
      const upTo = messages.at(-1)?.id ?? last.id;
      const mark = await this.api.client.markRead(roomId, upTo);
      this.done.set(roomId, upTo);
      this.onRead(roomId, upTo, mark.unreadCount);
    } catch (error) {
      // What was refused for good is not asked again; the rest comes with the next message or glance.
      if (error instanceof SapaError && !error.isTransient) this.done.set(roomId, last.id);
    } finally {
      this.running.delete(roomId);
    }
  }
}
