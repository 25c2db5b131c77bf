/** The direct dialect as a React hook: conversations by REST, everything that happens in them by the socket. */
import { useEffect, useReducer, useRef, useState } from "react";
import { io, type Socket } from "socket.io-client";
import type { User } from "../../../shared/index.ts";
import {
  CONNECTING, ask as askServer, explain, namespaceOr, showEvents, transports, watchLink, type Failure, type Link,
} from "../connection.ts";
import { rest } from "../rest.ts";
import { EMPTY, reducerOf, type Change, type Open, type Seen } from "./seen.ts";
import type { Conversation, Message, MessageRead, StatusUpdate, Told, Typing } from "./wire.ts";

const PATH = "/api/v0/chat";
/** After these the list of conversations is another. */
const CHANGING = [
  "new_message", "message_sent", "admin_broadcast", "message_deleted", "message_read", "conversation_updated",
];

export interface Direct extends Seen {
  link: Link;
  /** Opens the conversation with a person, which is made if there is none. */
  meet(personId: number): void;
  show(conversation: Conversation, receiverId: number | null): void;
  /** Sends an event; answers whether the server took it. */
  ask(event: string, payload: object): Promise<boolean>;
  typing(isTyping: boolean): void;
}

export function useDirect(token: string, me: User): Direct {
  const [socket, setSocket] = useState<Socket | null>(null);
  const [link, setLink] = useState<Link>(CONNECTING);
  const [seen, change] = useReducer(reducerOf(me.id), EMPTY);
  const open = useRef<Open | null>(null);

  const attempt = (work: Promise<unknown>) => void work.catch((error: Error) => change({ problem: error.message }));
  const list = async () => change({ conversations: await rest<Conversation[]>(token, "GET", `${PATH}/conversations`) });
  const load = async ({ conversation: { id } }: Open) =>
    change({ history: await rest<Message[]>(token, "GET", `${PATH}/conversation/${id}/messages`), of: id });

  useEffect(() => {
    const newSocket = io(namespaceOr("/direct"), { auth: { token }, ...transports() });
    setSocket(newSocket);
    watchLink(newSocket, setLink);
    showEvents(newSocket);

    // What happened while the connection was lost is in the history.
    newSocket.on("connect", () => {
      attempt(list());
      if (open.current) attempt(load(open.current));
    });
    newSocket.on("new_message", ({ data: { senderId, conversationId } }: Told<Message>) => {
      if (senderId !== me.id && conversationId === open.current?.conversation.id) {
        newSocket.emit("mark_conversation_read", { conversationId });
      }
    });
    for (const event of CHANGING) newSocket.on(event, () => attempt(list()));
    show(newSocket, change);

    return () => void newSocket.close();
  }, [token, me.id]);

  const ask = async (event: string, payload: object) => {
    change({ problem: "" });
    try {
      const answer = await askServer(socket!, event, payload);
      if (!answer.success) change({ problem: explain(answer) });
      return answer.success;
    } catch {
      change({ problem: "The server has not answered. Look whether it is done before you try again." });
      return false;
    }
  };
  const enter = async (wanted: Open) => {
    change({ open: open.current = wanted });
    await load(wanted);
    await ask("mark_conversation_read", { conversationId: wanted.conversation.id });
    await list();
  };
  const find = (personId: number) => rest<Conversation>(token, "GET", `${PATH}/conversation/${personId}`);

  return {
    ...seen, link, ask,
    meet: (personId) => attempt(find(personId).then((conversation) => enter({ conversation, receiverId: personId }))),
    show: (conversation, receiverId) => attempt(enter({ conversation, receiverId })),
    typing: (isTyping) => {
      const receiverId = open.current?.receiverId;
      if (receiverId) socket?.volatile.emit(isTyping ? "typing_start" : "typing_stop", { receiverId });
    },
  };
}

/** Shows each event of the server. */
function show(socket: Socket, change: (change: Change) => void): void {
  for (const event of ["new_message", "message_sent", "admin_broadcast", "message_reaction"]) {
    socket.on(event, ({ data }: Told<Message>) => change({ message: data }));
  }
  socket.on("message_deleted", ({ data }: Told<{ messageId: number }>) => change({ deleted: data.messageId }));
  socket.on("user_typing", (typing: Typing) => change({ typing }));
  socket.on("message_read", (read: MessageRead) => change({ read }));
  socket.on("user_status_update", (status: StatusUpdate) => change({ status }));
  socket.on("error", (failure: Failure) => change({ problem: explain(failure) }));
}
