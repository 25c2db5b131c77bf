/** The list of conversations: virtual, paged by scrolling, moved through with j and k. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useCallback, useEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { isFiltered } from "../state/filter.ts";
import { useDesk, useNow, useStore, useTexts } from "./context.tsx";
import { ListFilters } from "./ListFilters.tsx";
import { EmptyState, Loading } from "./parts.tsx";
import { RoomRow } from "./RoomRow.tsx";

/** Height of a row in `rem`; the style sheet says the same. */
const ROW_REM = 5.25;
const LOAD_AHEAD = 15;

export function RoomListPane({ onOpen }: { readonly onOpen: (roomId: number) => void }) {
  const texts = useTexts();
  return (
    <nav className="pane pane-list" aria-label={texts.conversations}>
      <ListFilters />
      <RoomRows onOpen={onOpen} />
    </nav>
  );
}

function RoomRows({ onOpen }: { readonly onOpen: (roomId: number) => void }) {
  const texts = useTexts();
  const desk = useDesk();
  const now = useNow();
  const { rooms, hasMore, phase, isLoadingMore, filter } = useStore(desk.list.state);
  const openId = useStore(desk.place.roomId);
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState<number | null>(null);
  /** Where the keys have moved to: ahead of what is drawn when somebody types faster than the page draws. */
  const moved = useRef<number | null>(null);
  /** The row that gets the focus once it is drawn. */
  const awaited = useRef<number | null>(null);
  const rowHeight = useRowHeight();
  const indexOf = useCallback(
    (id: number | null) =>
      Math.max(
        0,
        rooms.findIndex((room) => room.id === id),
      ),
    [rooms],
  );
  const cursorIndex = indexOf(cursor ?? openId);

  const virtualizer = useVirtualizer({
    count: rooms.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rooms[index]!.id,
    overscan: 6,
  });
  const items = virtualizer.getVirtualItems();
  const lastIndex = items.at(-1)?.index ?? 0;

  useEffect(() => {
    virtualizer.measure();
  }, [rowHeight, virtualizer]);
  useEffect(() => {
    if (hasMore && !isLoadingMore && phase === "ready" && lastIndex >= rooms.length - LOAD_AHEAD)
      void desk.list.loadMore();
  }, [desk, hasMore, isLoadingMore, phase, lastIndex, rooms.length]);
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [filter]);
  const isReady = phase === "ready" && rooms.length > 0;
  useEffect(() => {
    // A link may lead to a room further down.
    const index = desk.list.state.get().rooms.findIndex((room) => room.id === desk.place.roomId.get());
    if (isReady && index >= 0) virtualizer.scrollToIndex(index, { align: "auto" });
  }, [isReady, desk, virtualizer]);

  const focusRow = useCallback((roomId: number) => {
    // The row may only be drawn once the list has scrolled to it.
    awaited.current = roomId;
    const focus = () => {
      if (awaited.current !== roomId) return;
      awaited.current = null;
      scroller.current?.querySelector<HTMLElement>(`[data-room="${roomId}"]`)?.focus({ preventScroll: true });
    };
    requestAnimationFrame(() => requestAnimationFrame(focus));
  }, []);
  const onRowFocus = useCallback((roomId: number) => {
    if (awaited.current !== null) return;
    moved.current = roomId;
    setCursor(roomId);
  }, []);

  const move = useCallback(
    (to: number) => {
      const room = rooms[Math.min(rooms.length - 1, Math.max(0, to))];
      if (!room) return;
      moved.current = room.id;
      setCursor(room.id);
      virtualizer.scrollToIndex(rooms.indexOf(room), { align: "auto" });
      // With one pane only the list is out of sight: moving then means opening.
      if (scroller.current?.offsetParent === null) onOpen(room.id);
      else focusRow(room.id);
    },
    [rooms, virtualizer, focusRow, onOpen],
  );

  useEffect(() => {
    const at = () => indexOf(moved.current ?? openId);
    const isInList = () => awaited.current !== null || (scroller.current?.contains(document.activeElement) ?? false);
    return desk.listCommands.connect({
      next: () => move(isInList() || openId !== null ? at() + 1 : at()),
      previous: () => move(at() - 1),
      open: () => rooms[at()] && onOpen(rooms[at()]!.id),
      focus: () => move(at()),
    });
  }, [desk, move, indexOf, rooms, onOpen, openId]);

  if (phase === "loading" && rooms.length === 0) return <Skeleton />;
  if (phase === "failed" && rooms.length === 0) {
    return (
      <EmptyState icon="alert" title={texts.listFailed}>
        <Button className="button" onPress={() => void desk.list.reload()}>
          {texts.retry}
        </Button>
      </EmptyState>
    );
  }
  if (rooms.length === 0) {
    return isFiltered(filter) ? (
      <EmptyState icon="search" title={texts.listNothingFound} hint={texts.listNothingFoundHint} />
    ) : (
      <EmptyState icon="inbox" title={texts.listEmpty} hint={texts.listEmptyHint} />
    );
  }
  return (
    <div
      className="room-scroller"
      ref={scroller}
      onKeyDown={(event) => onListKey(event, move, indexOf(moved.current ?? openId), rooms.length)}
    >
      <ul className="room-rows" style={{ blockSize: virtualizer.getTotalSize() }}>
        {items.map((item) => {
          const room = rooms[item.index]!;
          return (
            <li
              key={room.id}
              className="room-slot"
              aria-setsize={hasMore ? -1 : rooms.length}
              aria-posinset={item.index + 1}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <RoomRow
                room={room}
                now={now}
                isOpen={room.id === openId}
                isCursor={item.index === cursorIndex}
                onOpen={onOpen}
                onFocus={onRowFocus}
              />
            </li>
          );
        })}
      </ul>
      {isLoadingMore && <Loading label={texts.loadingMore} />}
    </div>
  );
}

function onListKey(event: React.KeyboardEvent, move: (to: number) => void, at: number, count: number): void {
  if (event.altKey || event.ctrlKey || event.metaKey) return;
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: count - 1, PageDown: at + 8, PageUp: at - 8 }[
    event.key
  ];
  if (to === undefined) return;
  event.preventDefault();
  move(to);
}

/** The height of a row in pixels; the base size differs between screens and settings. */
function useRowHeight(): number {
  const measure = () => ROW_REM * parseFloat(getComputedStyle(document.documentElement).fontSize);
  const [height, setHeight] = useState(measure);
  useEffect(() => {
    const update = () => setHeight(measure());
    window.addEventListener("resize", update);
    return () => window.removeEventListener("resize", update);
  }, []);
  return height;
}

function Skeleton() {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: 9 }, (_, index) => (
        <div key={index} className="skeleton-row">
          <span className="skeleton-circle" />
          <span className="skeleton-lines">
            <span />
            <span />
          </span>
        </div>
      ))}
    </div>
  );
}
