import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { day } from "../i18n/index.ts";
import { toRows } from "../thread.ts";
import { Bubble, PendingBubble } from "./bubble.tsx";
import { useSapa } from "./context.ts";
import { Icon } from "./icon.tsx";

/** How far from the end still counts as the end. */
const NEAR = 60;
/** How close to the top the earlier messages are asked for. */
const NEAR_TOP = 80;

/** The conversation as a log: what comes is announced, what was is paged in. */
export function MessageList() {
  const { controller, state, words } = useSapa();
  const scroller = useRef<HTMLDivElement>(null);
  const lastTop = useRef(0);
  const [openId, setOpenId] = useState<number | null>(null);
  const { messages, roomId, me, locale, firstUnreadId } = state;
  const pending = state.pending.filter((item) => item.roomId === null || item.roomId === roomId);
  const rows = useMemo(
    () => toRows(messages, pending, me, firstUnreadId),
    [messages, state.pending, roomId, me, firstUnreadId],
  );
  const byId = useMemo(() => new Map(messages.map((each) => [each.id, each])), [messages]);
  const toggle = useCallback((id: number) => setOpenId((open) => (open === id ? null : id)), []);
  const jumpTo = useCallback((id: number) => {
    scroller.current?.querySelector(`#m${id}`)?.scrollIntoView({ block: "center" });
  }, []);
  useScroll(scroller, rows.length, messages[0]?.id, state.typing.length, openId);
  const onScroll = () => {
    const box = scroller.current!;
    const wasAtBottom = controller.isAtBottom;
    const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
    // What is drawn late grows and moves the end away; only who scrolls up leaves it.
    const hasStayed = wasAtBottom && box.scrollTop >= lastTop.current;
    controller.isAtBottom = !state.isDetached && (isNear || hasStayed);
    if (controller.isAtBottom && !isNear) box.scrollTop = box.scrollHeight;
    lastTop.current = box.scrollTop;
    if (box.scrollTop < NEAR_TOP) void controller.history.older();
    if (controller.isAtBottom && !wasAtBottom) void controller.history.newest();
    else if (controller.isAtBottom !== wasAtBottom) controller.store.set({});
  };
  return (
    <div class="thread">
      <div
        class="log scroll"
        ref={scroller}
        role="log"
        aria-live="polite"
        aria-relevant="additions"
        aria-label={words.messages}
        aria-busy={state.isLoadingOlder}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={(event) => moveBetween(event, scroller.current)}
      >
        {state.hasOlder && <button type="button" class="plain older" onClick={() => void controller.history.older()}>{words.older}</button>}
        {rows.length === 0 && <p class="notice">{words.empty}</p>}
        {rows.map((row) => {
          if (row.kind === "day") return <p class="day" key={row.key}><span>{day(locale, row.time)}</span></p>;
          if (row.kind === "new") return <p class="day new" key={row.key}><span>{words.newMarker}</span></p>;
          if (row.kind === "pending") return <PendingBubble key={row.key} item={row.item} locale={locale} isFirst={row.isFirst} isLast={row.isLast} />;
          const { message } = row;
          return (
            <Bubble
              key={row.key}
              message={message}
              quoted={message.replyToId === null ? null : byId.get(message.replyToId) ?? "unloaded"}
              me={me}
              isOwn={row.isOwn}
              isFirst={row.isFirst}
              isLast={row.isLast}
              isNewest={message === messages.at(-1)}
              isOpen={openId === message.id}
              locale={locale}
              onToggle={toggle}
              onJump={jumpTo}
            />
          );
        })}
        <TypingLine />
      </div>
      {(!controller.isAtBottom || state.isDetached) && (
        <button type="button" class="jump" onClick={() => {
          void controller.history.newest();
          scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
        }}>
          <Icon name="down" />
          {state.newCount > 0 ? words.jumpNew(state.newCount) : <span class="sr">{words.jump}</span>}
        </button>
      )}
    </div>
  );
}

function TypingLine() {
  const { state, words } = useSapa();
  const name = state.typing[0]?.name || words.support;
  if (!state.typing.length) return null;
  return (
    <p class="typing" aria-live="off">
      <span class="dots" aria-hidden="true"><i /><i /><i /></span>
      <bdi>{words.typing(name)}</bdi>
    </p>
  );
}

/** Stays at the end while the end is on the screen; holds its place when older messages come in above. */
function useScroll(scroller: { current: HTMLDivElement | null }, ...changes: unknown[]) {
  const { controller, state } = useSapa();
  const before = useRef({ first: 0, height: 0 });
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box || !state.isOpen) return;
    const first = state.messages[0]?.id ?? 0;
    if (controller.isAtBottom) box.scrollTop = box.scrollHeight;
    else if (first < before.current.first) box.scrollTop += box.scrollHeight - before.current.height;
    const isNewTop = first !== before.current.first;
    before.current = { first, height: box.scrollHeight };
    // Still at the top, where no scroll event will come: go on paging.
    if (isNewTop && box.scrollTop < NEAR_TOP) void controller.history.older();
  }, [...changes, state.isOpen, state.pending, state.messages]);
  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    controller.isAtBottom = true;
    box.scrollTop = box.scrollHeight;
    // The keyboard of a phone, a longer draft: the end stays in sight.
    const watch = new ResizeObserver(() => {
      if (controller.isAtBottom) box.scrollTop = box.scrollHeight;
    });
    watch.observe(box);
    return () => watch.disconnect();
  }, [state.roomId]);
}

/** One stop of the Tab key for all messages; the arrows go from one to the next. */
function moveBetween(event: KeyboardEvent, box: HTMLElement | null): void {
  const active = (event.target as HTMLElement).closest<HTMLElement>("button.more");
  if (!active || !box || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
  const all = [...box.querySelectorAll<HTMLElement>("button.more")];
  const next = all[all.indexOf(active) + (event.key === "ArrowUp" ? -1 : 1)];
  event.preventDefault();
  next?.focus();
}
