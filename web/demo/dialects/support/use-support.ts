/** The support dialect as a React hook: one socket, the room that is open, and for an admin the list of rooms. */
import { useEffect, useReducer, useRef, useState } from "react";
import { io, type Socket } from "socket.io-client";
import type { User } from "../../../shared/index.ts";
import {
  CONNECTING, ask, explain, namespaceOr, showEvents, transports, watchLink, type Failure, type Link,
} from "../connection.ts";
import { EMPTY, reduce, type Change, type Seen } from "./seen.ts";
import type { AdminNotification, Joined, Message, MessagesRead, Presence, Room, Typing } from "./wire.ts";

export interface Support extends Seen {
  link: Link;
  join(roomId?: number): void;
  send(text: string): Promise<boolean>;
  typing(isTyping: boolean): void;
}

export function useSupport(token: string, me: User): Support {
  const isAdmin = me.role === "ADMIN";
  const [socket, setSocket] = useState<Socket | null>(null);
  const [link, setLink] = useState<Link>(CONNECTING);
  const [seen, change] = useReducer(reduce, EMPTY);
  const open = useRef<number | null>(null);

  useEffect(() => {
    const newSocket = io(namespaceOr("/support"), { auth: { token }, ...transports() });
    setSocket(newSocket);
    watchLink(newSocket, setLink);
    showEvents(newSocket);

    // At every connection: whoever joins again gets the room as it is, with what was missed.
    newSocket.on("connect", () => {
      if (isAdmin) newSocket.emit("get_active_rooms");
      if (open.current !== null) newSocket.emit("join_chat", { roomId: open.current });
      else if (!isAdmin) newSocket.emit("join_chat", {});
    });
    newSocket.on("joined_room", ({ roomId }: Joined) => {
      open.current = roomId;
      newSocket.emit("mark_messages_read", { roomId });
    });
    newSocket.on("new_message", ({ room_id: roomId, sender_id: sender }: Message) => {
      if (roomId === open.current && sender !== me.id) newSocket.emit("mark_messages_read", { roomId });
    });
    show(newSocket, change);

    return () => void newSocket.close();
  }, [token, isAdmin, me.id]);

  const send = async (text: string) => {
    change({ problem: "" });
    try {
      const said = { message: text, messageType: "text", roomId: open.current };
      const answer = await ask(socket!, "send_message", said);
      if (!answer.success) change({ problem: explain(answer) });
      return answer.success;
    } catch {
      change({ problem: "The server has not answered. Look whether the message is there before you send it again." });
      return false;
    }
  };

  return {
    ...seen, link, send,
    join: (roomId) => void socket?.emit("join_chat", roomId === undefined ? {} : { roomId }),
    typing: (isTyping) => void socket?.volatile.emit("typing", { isTyping, roomId: open.current }),
  };
}

/** Shows each event of the server. */
function show(socket: Socket, change: (change: Change) => void): void {
  socket.on("active_rooms", (rooms: Room[]) => change({ rooms }));
  socket.on("joined_room", (joined: Joined) => change({ joined }));
  socket.on("new_message", (message: Message) => change({ message }));
  socket.on("message_updated", (updated: Message) => change({ updated }));
  socket.on("user_typing", (typing: Typing) => change({ typing }));
  socket.on("messages_read", (read: MessagesRead) => change({ read }));
  socket.on("user_joined", (came: Presence) => change({ came }));
  socket.on("user_left", (left: Presence) => change({ left }));
  socket.on("room_updated", (room: Room) => change({ room }));
  socket.on("admin_notification", (news: AdminNotification) => change({ news }));
  socket.on("error", (failure: Failure) => change({ problem: explain(failure) }));
}
