/** One row of the list: who, about what, the last words, what waits. */
import { memo, type MouseEvent } from "react";
import { nameOf, type Room } from "../api.ts";
import { formatDateTime, formatWhen } from "../i18n/format.ts";
import { useDesk, useLocale, useSelected, useTexts } from "./context.tsx";
import { Avatar, PriorityMark, StatusDot } from "./parts.tsx";

interface RoomRowProps {
  readonly room: Room;
  readonly now: number;
  readonly isOpen: boolean;
  readonly isCursor: boolean;
  readonly onOpen: (roomId: number) => void;
  readonly onFocus: (roomId: number) => void;
}

export const RoomRow = memo(function RoomRow({ room, now, isOpen, isCursor, onOpen, onFocus }: RoomRowProps) {
  const texts = useTexts();
  const locale = useLocale();
  const desk = useDesk();
  const isOnline = useSelected(desk.live.people, (people) => people.online.get(room.userId)?.isOnline ?? false);
  const name = nameOf(room.user, texts.customerNumber);
  const onClick = (event: MouseEvent) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    onOpen(room.id);
  };
  return (
    <a
      href={`?room=${room.id}`}
      className={`room-row ${room.unreadCount > 0 ? "is-unread" : ""}`}
      data-room={room.id}
      aria-current={isOpen ? "true" : undefined}
      tabIndex={isCursor ? 0 : -1}
      onClick={onClick}
      onFocus={() => onFocus(room.id)}
    >
      <Avatar id={room.userId} name={name} isOnline={isOnline} />
      <span className="room-row-main">
        <span className="room-row-top">
          <bdi className="room-row-name">{name}</bdi>
          {isOnline && <span className="visually-hidden">, {texts.online}</span>}
          <Marks room={room} />
          <time
            className="room-row-time"
            dateTime={room.lastActivity}
            title={formatDateTime(locale, room.lastActivity)}
          >
            {formatWhen(locale, texts, room.lastActivity, now)}
          </time>
        </span>
        <span className="room-row-middle">
          <bdi className="room-row-subject">{room.subject ?? texts.noSubject}</bdi>
          <Owner room={room} />
        </span>
        <span className="room-row-bottom">
          <Preview room={room} />
          {room.unreadCount > 0 && (
            <span className="badge">
              <span aria-hidden="true">{room.unreadCount > 99 ? "99+" : room.unreadCount}</span>
              <span className="visually-hidden">{texts.unreadCount(room.unreadCount)}</span>
            </span>
          )}
        </span>
      </span>
    </a>
  );
});

function Marks({ room }: { readonly room: Room }) {
  const texts = useTexts();
  return (
    <span className="room-row-marks">
      {room.priority !== "NORMAL" && (
        <span className={`chip chip-${room.priority}`} title={texts[`priority${room.priority}`]}>
          <PriorityMark priority={room.priority} />
          <span className={room.priority === "URGENT" ? "" : "visually-hidden"}>
            {texts[`priority${room.priority}`]}
          </span>
        </span>
      )}
      {room.status !== "OPEN" && (
        <span className={`chip chip-${room.status}`}>
          <StatusDot status={room.status} />
          {texts[`status${room.status}`]}
        </span>
      )}
    </span>
  );
}

function Owner({ room }: { readonly room: Room }) {
  const texts = useTexts();
  const { me } = useDesk();
  if (room.adminId === null) return null;
  const name =
    room.adminId === me.id ? texts.me : nameOf(room.admin ?? { id: room.adminId, name: null }, texts.personNumber);
  return (
    <span className="room-row-owner" title={texts.assignedTo(name)}>
      <span className="visually-hidden">{texts.assignedTo(name)}</span>
      <bdi aria-hidden="true">{name.split(" ")[0]}</bdi>
    </span>
  );
}

/** Typing beats a draft, a draft beats the last message. */
function Preview({ room }: { readonly room: Room }) {
  const texts = useTexts();
  const desk = useDesk();
  const typing = useSelected(desk.live.people, (people) => people.typing.get(room.id));
  const draft = useSelected(desk.drafts.changes, () => desk.drafts.get(room.id)?.text.trim() ?? "");
  if (typing?.some((one) => !one.isAdmin))
    return (
      <span className="room-row-preview is-typing" dir="auto">
        {texts.typingShort}
      </span>
    );
  if (draft !== "") {
    return (
      <span className="room-row-preview" dir="auto">
        <span className="draft-prefix">{texts.draftPrefix}</span> <bdi>{draft.slice(0, 120)}</bdi>
      </span>
    );
  }
  const text =
    room.lastMessage === null
      ? texts.noMessageYet
      : room.lastMessage.trim() === ""
        ? texts.deletedPreview
        : room.lastMessage.slice(0, 160);
  return (
    <span className="room-row-preview" dir="auto">
      {text}
    </span>
  );
}
