/** What an admin does to a message: react, delete. */
import type { ChatApi, Message } from "../api.ts";
import type { ConversationController } from "./conversationController.ts";

export class MessageActions {
  constructor(
    private readonly api: ChatApi,
    private readonly conversations: ConversationController,
    private readonly me: number,
    private readonly complain: (error: unknown) => void,
  ) {}

  /** Adds one's own reaction, or takes it back. */
  react(message: Message, emoji: string): Promise<void> {
    const isMine = message.reactions.some((one) => one.emoji === emoji && one.userIds.includes(this.me));
    return this.apply(
      isMine ? this.api.client.removeReaction(message.id, emoji) : this.api.client.addReaction(message.id, emoji),
    );
  }

  remove(message: Message): Promise<void> {
    return this.apply(this.api.client.deleteMessage(message.id));
  }

  private async apply(call: Promise<Message>): Promise<void> {
    try {
      this.conversations.applyUpdate(await call);
    } catch (error) {
      this.complain(error);
    }
  }
}
