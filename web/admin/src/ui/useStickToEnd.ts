/** Keeps the end of a scrolled element in view while it grows, until the person moves away from it. */
import { type RefObject, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";

/** Closer to the end than this counts as being there. */
const NEAR_PX = 80;
/** A move upwards is the person's only shortly after a wheel, a touch, a key or a focus; else it is the layout's. */
const INTENT_MS = 1_000;

export interface StickToEnd {
  readonly isAtEnd: boolean;
  /** Listeners for the scrolled element. */
  readonly watch: Readonly<
    Record<"onScroll" | "onWheel" | "onTouchMove" | "onPointerDown" | "onKeyDownCapture" | "onFocusCapture", () => void>
  >;
}

/** `size` changes whenever the content does; `isNear` knows the layout to come, which the element may not show yet. */
export function useStickToEnd(
  scroller: RefObject<HTMLElement | null>,
  size: string,
  isNear: (px: number) => boolean,
): StickToEnd {
  const [isAtEnd, setIsAtEnd] = useState(true);
  const state = useRef({ top: 0, isStuck: true, touchedAt: -Infinity });

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && state.current.isStuck) element.scrollTop = element.scrollHeight;
  }, [scroller, size]);

  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    const { scrollTop: top } = element;
    const { current } = state;
    const isPersons = top < current.top && performance.now() - current.touchedAt < INTENT_MS;
    current.isStuck = isNear(NEAR_PX) || (current.isStuck && !isPersons);
    current.top = top;
    setIsAtEnd(current.isStuck);
  }, [scroller, isNear]);

  const watch = useMemo(() => {
    const touch = () => {
      state.current.touchedAt = performance.now();
    };
    return {
      onScroll,
      onWheel: touch,
      onTouchMove: touch,
      onPointerDown: touch,
      onKeyDownCapture: touch,
      onFocusCapture: touch,
    };
  }, [onScroll]);
  return { isAtEnd, watch };
}
