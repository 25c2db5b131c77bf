import { useEffect, useState } from "preact/hooks";
import type { State } from "../state.ts";
import type { Words } from "../i18n/index.ts";
import { useSapa } from "./context.ts";

/** Says when messages do not come through, and for a moment that they do again. */
export function Banner() {
  const { state, words } = useSapa();
  const isOffline = useOffline();
  const [wasLost, setLost] = useState(false);
  const trouble = troubleOf(state, words, isOffline);
  useEffect(() => {
    if (trouble) return setLost(true);
    if (!wasLost) return;
    const timer = setTimeout(() => setLost(false), 2_000);
    return () => clearTimeout(timer);
  }, [trouble?.text, wasLost]);
  const kind = trouble?.kind ?? "good";
  const text = trouble?.text ?? (wasLost && state.connection.status === "open" ? words.connected : "");
  return <div class={`banner ${kind}`} role="status">{text}</div>;
}

function troubleOf(state: State, words: Words, isOffline: boolean): { kind: "bad" | "wait"; text: string } | null {
  const { status, attempt, error } = state.connection;
  if (isOffline) return { kind: "bad", text: words.offline };
  if (status === "failed") return { kind: "bad", text: error?.status === 401 ? words.ended : words.loadFailed };
  if (status === "waiting" && error?.status === 429) return { kind: "wait", text: words.busy };
  if (status === "waiting" || (status === "connecting" && attempt > 0)) return { kind: "wait", text: words.reconnecting };
  return null;
}

function useOffline(): boolean {
  const [isOffline, set] = useState(!navigator.onLine);
  useEffect(() => {
    const look = () => set(!navigator.onLine);
    window.addEventListener("online", look);
    window.addEventListener("offline", look);
    return () => {
      window.removeEventListener("online", look);
      window.removeEventListener("offline", look);
    };
  }, []);
  return isOffline;
}
