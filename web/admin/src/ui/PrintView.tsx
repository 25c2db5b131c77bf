/** The conversation on paper: everything that is loaded, without the desk around it. */
import { useEffect, useState } from "react";
import { flushSync } from "react-dom";
import { type Message, nameOf, type Room } from "../api.ts";
import { customerName } from "../desk/actions.ts";
import { formatDateTime, formatDay, formatTime } from "../i18n/format.ts";
import { timeline } from "../state/conversation.ts";
import { useDesk, useLocale, useRoom, useTexts } from "./context.tsx";

/** Drawn for the printer only; a long conversation costs nothing on the screen. */
export function PrintView({ roomId }: { readonly roomId: number | null }) {
  const desk = useDesk();
  const room = useRoom(roomId);
  const [messages, setMessages] = useState<readonly Message[] | null>(null);
  useEffect(() => {
    const before = () =>
      flushSync(() => setMessages(roomId === null ? null : (desk.conversations.get(roomId)?.messages ?? null)));
    const after = () => setMessages(null);
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
    };
  }, [desk, roomId]);
  return <div className="print-view">{room && messages && <Transcript room={room} messages={messages} />}</div>;
}

function Transcript({ room, messages }: { readonly room: Room; readonly messages: readonly Message[] }) {
  const texts = useTexts();
  const locale = useLocale();
  const now = Date.now();
  return (
    <>
      <h1>
        <bdi>{room.subject ?? texts.conversationNumber(room.id)}</bdi>
      </h1>
      <p>
        <bdi>{customerName(room, texts)}</bdi>
        {room.user.email && ` · ${room.user.email}`} · {texts.conversationNumber(room.id)} ·{" "}
        {texts[`status${room.status}`]} · {texts.priority}: {texts[`priority${room.priority}`]}
        {room.admin && ` · ${texts.assignedTo(nameOf(room.admin, texts.personNumber))}`}
      </p>
      <p>{formatDateTime(locale, room.createdAt)}</p>
      {timeline(messages, [], null).map(
        (row) =>
          row.kind === "message" && (
            <div key={row.key} className="print-row">
              {row.day && <h2>{formatDay(locale, texts, row.day, now)}</h2>}
              <p className="print-who">
                <bdi>{nameOf(row.message.sender, texts.personNumber)}</bdi>{" "}
                <time>{formatTime(locale, row.message.createdAt)}</time>
              </p>
              <p className="print-text" dir="auto">
                {row.message.deletedAt ? texts.messageDeleted : row.message.message}
              </p>
            </div>
          ),
      )}
    </>
  );
}
