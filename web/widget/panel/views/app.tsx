import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Controller } from "../controller.ts";
import { wordsOf } from "../i18n/index.ts";
import { Banner } from "./banner.tsx";
import { Chat } from "./chat.tsx";
import { Sapa, useWatched } from "./context.ts";
import { Form } from "./form.tsx";
import { Header } from "./header.tsx";
import { RoomList } from "./room-list.tsx";

const PHONE = "(max-width: 600px)";

/** The panel: a dialog beside the page, and the whole screen on a phone. */
export function App({ controller }: { controller: Controller }) {
  useWatched(controller);
  const panel = useRef<HTMLDivElement>(null);
  const { isOpen, locale, screen } = controller.state;
  const direction = useMemo(() => (getComputedStyle(document.documentElement).direction === "rtl" ? "rtl" : "ltr"), [isOpen]);
  useVisualViewport(panel);
  useKeptFocus(panel);
  // The focus goes where one goes on; not into a field on touch screens, where the keyboard would jump up.
  useLayoutEffect(() => {
    if (!isOpen || !panel.current) return;
    const isTouch = matchMedia("(pointer: coarse)").matches;
    const field = isTouch ? null : panel.current.querySelector<HTMLElement>("[data-first]");
    (field ?? panel.current).focus({ preventScroll: true });
  }, [isOpen, screen]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented) {
      event.stopPropagation();
      if (controller.state.replyTo) controller.store.set({ replyTo: null });
      else controller.host.closed();
    } else if (event.key === "Tab" && matchMedia(PHONE).matches) keepFocus(event, panel.current);
  };
  const words = wordsOf(locale);
  return (
    <Sapa.Provider value={controller}>
      <div
        ref={panel}
        class={`panel ${controller.host.settings.position}`}
        role="dialog"
        aria-label={controller.host.settings.title || words.title}
        aria-modal={isOpen && matchMedia(PHONE).matches ? "true" : undefined}
        tabIndex={-1}
        hidden={!isOpen}
        lang={locale}
        dir={direction}
        onKeyDown={onKeyDown}
      >
        <Header />
        <Banner />
        <Screen controller={controller} />
      </div>
    </Sapa.Provider>
  );
}

function Screen({ controller }: { controller: Controller }) {
  const words = wordsOf(controller.state.locale);
  switch (controller.state.screen) {
    case "loading": return <p class="notice" role="status"><span class="spinner" />{words.loading}</p>;
    case "sign-in": return <p class="notice" role="status">{words.signIn}</p>;
    case "failed": return (
      <div class="notice" role="alert">
        <p>{words.loadFailed}</p>
        <button type="button" class="plain" data-first onClick={() => controller.tryAgain()}>{words.tryAgain}</button>
      </div>
    );
    case "form": return <Form />;
    case "list": return <RoomList />;
    case "chat": return <Chat />;
  }
}

/** On a phone the panel is as high as what the keyboard leaves free. */
function useVisualViewport(panel: { current: HTMLDivElement | null }) {
  useEffect(() => {
    const viewport = window.visualViewport;
    if (!viewport) return;
    const fit = () => {
      panel.current?.style.setProperty("--free-height", `${viewport.height}px`);
      panel.current?.style.setProperty("--free-top", `${viewport.offsetTop}px`);
    };
    fit();
    viewport.addEventListener("resize", fit);
    viewport.addEventListener("scroll", fit);
    return () => {
      viewport.removeEventListener("resize", fit);
      viewport.removeEventListener("scroll", fit);
    };
  }, []);
}

/** When what had the focus goes away (a closed conversation's field), the panel takes it: Esc goes on working. */
function useKeptFocus(panel: { current: HTMLDivElement | null }) {
  const isInside = useRef(false);
  useEffect(() => {
    const look = (event: Event) => void (isInside.current = event.composedPath().includes(panel.current!));
    document.addEventListener("focusin", look);
    document.addEventListener("pointerdown", look);
    return () => {
      document.removeEventListener("focusin", look);
      document.removeEventListener("pointerdown", look);
    };
  }, []);
  useLayoutEffect(() => {
    const { current } = panel;
    const isLost = isInside.current && document.hasFocus() && document.activeElement === document.body;
    if (isLost && current && !current.hidden) current.focus({ preventScroll: true });
  });
}

/** Full screen means modal: Tab goes round inside. */
function keepFocus(event: KeyboardEvent, panel: HTMLElement | null): void {
  const all = [...panel?.querySelectorAll<HTMLElement>("button, textarea, input, select, a[href], [tabindex='0']") ?? []]
    .filter((each) => each.tabIndex >= 0 && each.offsetParent !== null);
  const active = (panel?.getRootNode() as ShadowRoot).activeElement;
  const [first, last] = [all[0], all.at(-1)];
  if (event.shiftKey ? active === first || active === panel : active === last) {
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  }
}
