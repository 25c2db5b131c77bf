/** What the browser tells a page about its network and its place on the screen. */

export interface SurroundingsHandlers {
  online?(): void;
  offline?(): void;
  /** The page is looked at again: back from another tab, from sleep or from the back/forward cache. */
  visible?(): void;
  /** The page goes away and may be kept frozen. */
  hidden?(): void;
}

/** Listens until the returned function is called; does nothing where there is no page. */
export function watchSurroundings(handlers: SurroundingsHandlers): () => void {
  if (typeof window === "undefined" || typeof document === "undefined") return () => {};
  const abort = new AbortController();
  const { signal } = abort;
  const listen = (target: EventTarget, name: string, handler?: () => void) =>
    handler && target.addEventListener(name, handler, { signal });
  listen(window, "online", handlers.online);
  listen(window, "offline", handlers.offline);
  listen(window, "pageshow", handlers.visible);
  listen(window, "pagehide", handlers.hidden);
  listen(document, "visibilitychange", () => {
    if (document.visibilityState === "visible") handlers.visible?.();
  });
  return () => abort.abort();
}

export function isVisible(): boolean {
  return typeof document === "undefined" || document.visibilityState === "visible";
}
