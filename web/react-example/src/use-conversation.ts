/** One conversation as a React hook: what came, what is on its way, and how to send. */
import { useCallback, useEffect, useRef, useState } from "react";
import {
  Outbox, SapaClient, SharedStream, readClaims, type Message, type OutboxItem, type StreamState,
} from "../../shared/index.ts";

export interface Conversation {
  me: number | null;
  messages: Message[];
  pending: OutboxItem[];
  isTyping: boolean;
  connection: StreamState["status"];
  send(text: string): void;
  retry(key: string): void;
}

export function useConversation(token: string, baseUrl = ""): Conversation {
  const [messages, setMessages] = useState<Message[]>([]);
  const [pending, setPending] = useState<OutboxItem[]>([]);
  const [connection, setConnection] = useState<StreamState["status"]>("idle");
  const [isTyping, setTyping] = useState(false);
  const outbox = useRef<Outbox | null>(null);
  const room = useRef<number | null>(null);
  const me = readClaims(token)?.userId ?? null;

  useEffect(() => {
    const client = new SapaClient({ baseUrl, token, credentials: "omit" });
    const stream = new SharedStream({ client, scope: `u${me}` });
    const box = outbox.current = new Outbox({ client, storage: localStorage, scope: `u${me}`, userId: me });
    const add = (news: Message[]) => {
      box.observe(news);
      setMessages((old) => merge(old, news));
    };
    const load = async () => {
      const { items: [newest] } = await client.listRooms({ limit: 1 });
      room.current = newest?.id ?? null;
      if (newest) add((await client.getRoom(newest.id)).messages);
    };
    box.on("change", setPending);
    box.on("sent", ({ message }) => {
      room.current = message.chatRoomId;
      add([message]);
    });
    stream.on("state", (state) => setConnection(state.status));
    // A new stream, or one that could not be resumed, begins with what is there; after that it tells everything.
    let isLoaded = false;
    stream.on("connected", ({ reset }) => {
      if (!isLoaded || reset) void load().then(() => (isLoaded = true), console.error);
    });
    stream.on("message", (message) => {
      if (room.current === null || message.chatRoomId === room.current) add([message]);
    });
    stream.on("message_updated", (message) => {
      if (message.chatRoomId === room.current) add([message]);
    });
    stream.on("typing", (event) => setTyping(event.isTyping && event.userId !== me));
    box.start();
    stream.start();
    return () => {
      stream.stop();
      box.stop();
    };
  }, [token, baseUrl, me]);

  const send = useCallback((text: string) => {
    outbox.current?.enqueue({ roomId: room.current, message: text });
  }, []);
  const retry = useCallback((key: string) => outbox.current?.retry(key), []);
  const isShown = new Set(messages.map((each) => each.id));
  const waiting = pending.filter((item) => item.matchedId === null || !isShown.has(item.matchedId));
  return { me, messages, pending: waiting, isTyping, connection, send, retry };
}

function merge(old: Message[], news: Message[]): Message[] {
  const byId = new Map([...old, ...news].map((each) => [each.id, each]));
  return [...byId.values()].sort((a, b) => a.id - b.id);
}
