/** The messages of a conversation: only what is in sight is drawn, older ones come on the way up. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button } from "react-aria-components";
import type { Message, Room } from "../api.ts";
import { customerName } from "../desk/actions.ts";
import type { ConversationState } from "../desk/conversationController.ts";
import { formatDateTime, formatDay } from "../i18n/format.ts";
import { type Row, timeline } from "../state/conversation.ts";
import { useDesk, useLocale, useNow, useSelected, useStore, useTexts } from "./context.tsx";
import { Icon } from "./icons.tsx";
import { MessageItem } from "./MessageItem.tsx";
import { OutgoingItem } from "./OutgoingItem.tsx";
import { Loading } from "./parts.tsx";
import { useStickToEnd } from "./useStickToEnd.ts";

interface MessageListProps {
  readonly room: Room;
  readonly conversation: ConversationState;
  readonly onReply: (message: Message) => void;
}

const LOAD_AHEAD = 8;

export function MessageList({ room, conversation, onReply }: MessageListProps) {
  const texts = useTexts();
  const desk = useDesk();
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useRows(room.id, conversation);
  const [focusKey, setFocusKey] = useState<string | null>(null);
  const [activeKey, setActiveKey] = useState<string | null>(null);
  const focusIndex = Math.max(0, focusKey === null ? rows.length - 1 : rows.findIndex((row) => row.key === focusKey));

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 72,
    getItemKey: (index) => rows[index]!.key,
    anchorTo: "end",
    overscan: 10,
    paddingStart: 16,
    paddingEnd: 12,
  });
  const items = virtualizer.getVirtualItems();
  const firstIndex = items[0]?.index ?? 0;
  const isReady = conversation.phase === "ready" && rows.length > 0;

  const { isAtEnd, watch } = useStickToEnd(
    scroller,
    `${isReady} ${rows.length} ${virtualizer.getTotalSize()}`,
    virtualizer.isAtEnd,
  );
  useEffect(() => {
    if (isReady && conversation.hasOlder && firstIndex < LOAD_AHEAD) void desk.conversations.loadOlder(room.id);
  }, [desk, room.id, isReady, conversation.hasOlder, conversation.isLoadingOlder, firstIndex]);
  useMarkRead(room, conversation, isAtEnd && isReady);

  const goTo = useCallback(
    (index: number) => {
      const row = rows[Math.min(rows.length - 1, Math.max(0, index))];
      if (!row) return;
      setFocusKey(row.key);
      virtualizer.scrollToIndex(rows.indexOf(row), { align: "auto" });
      const focus = () =>
        scroller.current?.querySelector<HTMLElement>(`[data-row="${row.key}"]`)?.focus({ preventScroll: true });
      requestAnimationFrame(() => requestAnimationFrame(focus));
    },
    [rows, virtualizer],
  );
  const goToMessage = useCallback(
    (id: number) => {
      const index = rows.findIndex((row) => row.key === `m${id}`);
      if (index >= 0) goTo(index);
    },
    [rows, goTo],
  );
  const byId = useMemo(() => new Map(conversation.messages.map((one) => [one.id, one])), [conversation.messages]);

  return (
    <section className="messages" aria-label={texts.messages}>
      <div
        className="message-scroller"
        ref={scroller}
        {...watch}
        role="feed"
        aria-label={texts.messages}
        aria-busy={conversation.isLoadingOlder}
        onKeyDown={(event) => onFeedKey(event, goTo, focusIndex, rows.length)}
      >
        {conversation.phase === "loading" && <Loading />}
        {conversation.isLoadingOlder && (
          <div className="older-loading">
            <Loading label={texts.olderLoading} />
          </div>
        )}
        <div className="message-track" style={{ blockSize: virtualizer.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index]!;
            return (
              <div
                key={row.key}
                data-index={item.index}
                className="message-slot"
                ref={virtualizer.measureElement}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {item.index === 0 && !conversation.hasOlder && conversation.phase === "ready" && (
                  <Beginning room={room} />
                )}
                <DayLine row={row} />
                {row.kind === "message" ? (
                  <MessageItem
                    room={room}
                    row={row}
                    isFocusable={item.index === focusIndex}
                    position={item.index + 1}
                    quoted={row.message.replyToId === null ? undefined : byId.get(row.message.replyToId)}
                    onReply={onReply}
                    onGoTo={goToMessage}
                    onFocus={setFocusKey}
                    isActive={row.key === activeKey}
                    onActive={setActiveKey}
                  />
                ) : (
                  <OutgoingItem
                    row={row}
                    isFocusable={item.index === focusIndex}
                    position={item.index + 1}
                    onFocus={setFocusKey}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
      <TypingLine room={room} />
      {!isAtEnd && isReady && (
        <JumpToNewest room={room} conversation={conversation} onJump={() => goTo(rows.length - 1)} />
      )}
    </section>
  );
}

function useRows(roomId: number, conversation: ConversationState): Row[] {
  const desk = useDesk();
  const outgoing = useStore(desk.outgoing);
  return useMemo(() => {
    const known = new Set(conversation.messages.map((one) => one.id));
    const waiting = outgoing.filter(
      (one) => one.roomId === roomId && (one.matchedId === null || !known.has(one.matchedId)),
    );
    return timeline(conversation.messages, waiting, conversation.unreadFrom);
  }, [roomId, conversation.messages, conversation.unreadFrom, outgoing]);
}

/** Tells the server what was seen: the end is in view and the page is in front. */
function useMarkRead(room: Room, conversation: ConversationState, isSeen: boolean): void {
  const desk = useDesk();
  useEffect(() => {
    const see = () => {
      if (isSeen && desk.isLookedAt(room.id)) void desk.reading.see(room.id, conversation.messages, room.userId);
    };
    see();
    window.addEventListener("focus", see);
    document.addEventListener("visibilitychange", see);
    return () => {
      window.removeEventListener("focus", see);
      document.removeEventListener("visibilitychange", see);
    };
  }, [desk, room.id, room.userId, conversation.messages, isSeen]);
}

function onFeedKey(event: React.KeyboardEvent, goTo: (index: number) => void, at: number, count: number): void {
  // Buttons and menus inside of a message keep their own keys.
  if (!(event.target as HTMLElement).matches("[data-row]") || event.altKey || event.ctrlKey || event.metaKey) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 10, PageUp: at - 10, Home: 0, End: count - 1 }[
    event.key
  ];
  if (to === undefined) return;
  event.preventDefault();
  goTo(to);
}

function Beginning({ room }: { readonly room: Room }) {
  const texts = useTexts();
  const locale = useLocale();
  return <p className="beginning">{texts.beginning(formatDateTime(locale, room.createdAt))}</p>;
}

function DayLine({ row }: { readonly row: Row }) {
  const texts = useTexts();
  const locale = useLocale();
  const now = useNow();
  return (
    <>
      {row.day && (
        <p className="day-line">
          <time dateTime={row.day}>{formatDay(locale, texts, row.day, now)}</time>
        </p>
      )}
      {row.kind === "message" && row.startsUnread && <p className="unread-line">{texts.newMessages}</p>}
    </>
  );
}

function TypingLine({ room }: { readonly room: Room }) {
  const texts = useTexts();
  const desk = useDesk();
  const typing = useSelected(desk.live.people, (people) => people.typing.get(room.id));
  const isTyping = typing?.some((one) => !one.isAdmin) ?? false;
  return (
    <div className="typing-line" aria-live="polite">
      {isTyping && (
        <span className="typing">
          <span className="typing-dots" aria-hidden="true">
            <i />
            <i />
            <i />
          </span>
          <bdi>{texts.isTyping(customerName(room, texts))}</bdi>
        </span>
      )}
    </div>
  );
}

function JumpToNewest({
  room,
  conversation,
  onJump,
}: {
  readonly room: Room;
  readonly conversation: ConversationState;
  readonly onJump: () => void;
}) {
  const texts = useTexts();
  const unread = conversation.messages.filter(
    (one) => one.senderId === room.userId && !one.isRead && !one.deletedAt,
  ).length;
  return (
    <Button
      className={`jump ${unread > 0 ? "has-unread" : ""}`}
      onPress={onJump}
      aria-label={unread > 0 ? `${texts.newBelow(unread)}. ${texts.jumpToNewest}` : texts.jumpToNewest}
    >
      <Icon name="down" />
      {unread > 0 && <span>{texts.newBelow(unread)}</span>}
    </Button>
  );
}
