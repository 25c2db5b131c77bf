import type { Message } from "../../../shared/index.ts";
import type { Words } from "../i18n/index.ts";

/** How a message's sender is called here. */
export function nameOf(message: Message, me: number | null, words: Words): string {
  return message.senderId === me ? words.you : message.sender.name || words.support;
}
