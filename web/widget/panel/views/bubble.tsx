import { useContext, useMemo, useState } from "preact/hooks";
import { tokenise, type Message, type OutboxItem } from "../../../shared/index.ts";
import { clock, wordsOf } from "../i18n/index.ts";
import { Sapa } from "./context.ts";
import { Icon } from "./icon.tsx";
import { memo } from "./memo.ts";
import { nameOf } from "./name.ts";

const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/** The message that another one answers, as far as it is at hand. */
export type Quoted = Message | "unloaded" | null;

interface BubbleProps {
  message: Message;
  quoted: Quoted;
  me: number | null;
  isOwn: boolean;
  isFirst: boolean;
  isLast: boolean;
  /** The one that the Tab key stops at. */
  isNewest: boolean;
  isOpen: boolean;
  locale: string;
  onToggle(id: number): void;
  onJump(id: number): void;
}

/** One message. Its text stays text: the browser's own nodes, never markup. */
export const Bubble = memo(function Bubble(props: BubbleProps) {
  const { message, quoted, me, isOwn, isFirst, isLast, isOpen, locale } = props;
  const words = wordsOf(locale);
  const isDeleted = message.deletedAt !== null;
  return (
    <article id={`m${message.id}`} class={classes(isOwn, isFirst, isLast)}>
      {isFirst && !isOwn ? <p class="sender"><bdi>{nameOf(message, me, words)}</bdi></p> : <span class="sr">{nameOf(message, me, words)}:</span>}
      <div class="row">
        <div class={isDeleted ? "bubble deleted" : "bubble"}>
          {quoted && !isDeleted && <Quote quoted={quoted} me={me} locale={locale} onJump={props.onJump} />}
          {isDeleted ? <p>{words.deleted}</p> : <Text text={message.messageType === "TEXT" ? message.message : message.message || words.attachment} />}
        </div>
        {!isDeleted && (
          <button
            type="button"
            class="more"
            tabIndex={props.isNewest ? 0 : -1}
            aria-label={words.actions}
            aria-expanded={isOpen}
            onClick={() => props.onToggle(message.id)}
          ><Icon name="more" /></button>
        )}
      </div>
      {isOpen && !isDeleted && <Actions message={message} isOwn={isOwn} locale={locale} onDone={() => props.onToggle(message.id)} />}
      <Reactions message={message} me={me} locale={locale} />
      {isLast && (
        <p class="meta">
          <time datetime={message.createdAt}>{clock(locale, message.createdAt)}</time>
          {isOwn && !isDeleted && <Mark isRead={message.isRead} locale={locale} />}
        </p>
      )}
    </article>
  );
});

function Mark({ isRead, locale }: { isRead: boolean; locale: string }) {
  const words = wordsOf(locale);
  return <span class={isRead ? "mark read" : "mark"}><Icon name={isRead ? "read" : "sent"} />{isRead ? words.read : words.sent}</span>;
}

/** A message that the server has not answered for yet. */
export function PendingBubble({ item, locale, isFirst, isLast }: { item: OutboxItem; locale: string; isFirst: boolean; isLast: boolean }) {
  const controller = useContext(Sapa);
  const words = wordsOf(locale);
  const isFailed = item.state === "failed";
  const isWaiting = item.state === "queued" && item.error !== null;
  return (
    <article class={`${classes(true, isFirst, isLast)} pending`}>
      <span class="sr">{words.you}:</span>
      <div class="row"><div class="bubble"><Text text={item.message} /></div></div>
      {isFailed ? (
        <div class="meta failed" role="alert">
          <Icon name="failed" />
          <span>{words.failed}. {words.failures[item.error ?? ""]}</span>
          <button type="button" class="link" onClick={() => controller.retry(item)}>{words.retry}</button>
          <button type="button" class="link" onClick={() => controller.discard(item)}>{words.discard}</button>
        </div>
      ) : isLast && <p class="meta"><span class="mark"><Icon name="clock" />{isWaiting ? words.queued : words.sending}</span></p>}
    </article>
  );
}

/** Isolated from its surroundings, so that a sign that turns the direction turns nothing else. */
function Text({ text }: { text: string }) {
  const tokens = useMemo(() => tokenise(text), [text]);
  return (
    <p class="text" dir="auto">
      {tokens.map((token, i) => token.kind === "text" ? token.text : (
        <a key={i} href={token.href} target="_blank" rel="noopener noreferrer nofollow ugc">{token.text}</a>
      ))}
    </p>
  );
}

function Quote({ quoted, me, locale, onJump }: { quoted: Message | "unloaded"; me: number | null; locale: string; onJump(id: number): void }) {
  const words = wordsOf(locale);
  if (quoted === "unloaded") return <p class="quote">{words.quoted(words.earlier)}</p>;
  return (
    <button type="button" class="quote" onClick={() => onJump(quoted.id)}>
      <b><bdi>{words.quoted(nameOf(quoted, me, words))}</bdi></b>
      <span dir="auto">{quoted.deletedAt ? words.deleted : quoted.message}</span>
    </button>
  );
}

function Actions({ message, isOwn, locale, onDone }: { message: Message; isOwn: boolean; locale: string; onDone(): void }) {
  const controller = useContext(Sapa);
  const words = wordsOf(locale);
  const [isSure, setSure] = useState(false);
  // The toolbar goes away with the focus in it, so the focus goes first.
  const done = (act: () => unknown, next = "button.more") => (event: MouseEvent) => {
    (event.currentTarget as HTMLElement).closest("article")?.querySelector<HTMLElement>(next)?.focus();
    onDone();
    void act();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    const row = (event.currentTarget as HTMLElement).parentElement;
    onDone();
    row?.querySelector<HTMLElement>("button.more")?.focus();
  };
  return (
    <div class="actions" role="toolbar" aria-label={words.actions} onKeyDown={onKeyDown}>
      {EMOJI.map((emoji) => (
        <button type="button" key={emoji} aria-label={words.react(emoji)} onClick={done(() => controller.react(message, emoji))}>{emoji}</button>
      ))}
      <button type="button" class="word" onClick={done(() => controller.store.set({ replyTo: message }))}>{words.reply}</button>
      {isOwn && (
        <button type="button" class="word danger" onClick={isSure ? done(() => controller.remove(message)) : () => setSure(true)}>
          {isSure ? words.confirmDelete : words.delete}
        </button>
      )}
    </div>
  );
}

function Reactions({ message, me, locale }: { message: Message; me: number | null; locale: string }) {
  const controller = useContext(Sapa);
  if (!message.reactions.length || message.deletedAt) return null;
  const words = wordsOf(locale);
  return (
    <div class="reactions">
      {message.reactions.map(({ emoji, count, userIds }) => (
        <button
          type="button"
          key={emoji}
          aria-pressed={me !== null && userIds.includes(me)}
          aria-label={words.reacted(emoji, count)}
          onClick={() => void controller.react(message, emoji)}
        >{emoji}<span>{count}</span></button>
      ))}
    </div>
  );
}

function classes(isOwn: boolean, isFirst: boolean, isLast: boolean): string {
  return `message ${isOwn ? "own" : "other"}${isFirst ? " first" : ""}${isLast ? " last" : ""}`;
}
