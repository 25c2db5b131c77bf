/** Beside a conversation: who the customer is, how the conversation stands, what was before. */
import { useEffect, useState } from "react";
import { Button } from "react-aria-components";
import type { Room } from "../api.ts";
import { customerName } from "../desk/actions.ts";
import { formatDateTime, formatWhen } from "../i18n/format.ts";
import { useDesk, useLocale, useNow, useRoom, useSelected, useTexts } from "./context.tsx";
import { Avatar, IconButton, StatusDot } from "./parts.tsx";
import { AssigneeMenu, PriorityMenu, StatusMenu } from "./RoomMenus.tsx";

interface DetailsProps {
  readonly roomId: number;
  readonly onClose: () => void;
  readonly onOpen: (roomId: number) => void;
}

export function DetailsPane(props: DetailsProps) {
  const texts = useTexts();
  return (
    <section className="pane pane-details" aria-label={texts.details}>
      <Details {...props} />
    </section>
  );
}

export function Details({ roomId, onClose, onOpen }: DetailsProps) {
  const texts = useTexts();
  const room = useRoom(roomId);
  return (
    <>
      <header className="details-head">
        <h2>{texts.details}</h2>
        <IconButton icon="close" label={texts.closeDetails} onPress={onClose} />
      </header>
      {room && (
        <div className="details-body">
          <Customer room={room} />
          <Properties room={room} />
          <Earlier room={room} onOpen={onOpen} />
        </div>
      )}
    </>
  );
}

function Customer({ room }: { readonly room: Room }) {
  const texts = useTexts();
  const locale = useLocale();
  const desk = useDesk();
  const presence = useSelected(desk.live.people, (people) => people.online.get(room.userId));
  const name = customerName(room, texts);
  const { email } = room.user;
  const copy = () =>
    void navigator.clipboard.writeText(email ?? "").then(
      () => desk.toasts.show({ text: (now) => now.emailCopied }),
      () => undefined,
    );
  return (
    <section className="card card-customer" aria-label={texts.customer}>
      <Avatar id={room.userId} name={name} size="large" isOnline={presence?.isOnline} />
      <h3>
        <bdi>{name}</bdi>
      </h3>
      <p className={`presence ${presence?.isOnline ? "is-online" : ""}`}>
        {presence?.isOnline
          ? texts.online
          : presence?.lastSeen
            ? texts.lastSeen(formatDateTime(locale, presence.lastSeen))
            : texts.offline}
      </p>
      {email ? (
        <p className="customer-email">
          <a href={`mailto:${encodeURIComponent(email).replace("%40", "@")}`} dir="ltr">
            {email}
          </a>
          <IconButton icon="copy" className="icon-button-small" label={texts.copyEmail} onPress={copy} />
        </p>
      ) : (
        <p className="muted">{texts.noEmail}</p>
      )}
    </section>
  );
}

function Properties({ room }: { readonly room: Room }) {
  const texts = useTexts();
  const locale = useLocale();
  const desk = useDesk();
  return (
    <section className="card" aria-labelledby="properties-title">
      <h3 id="properties-title">{texts.conversationNumber(room.id)}</h3>
      <p className="property-subject">
        <bdi>{room.subject ?? texts.noSubject}</bdi>
      </p>
      <dl className="properties">
        <dt>{texts.status}</dt>
        <dd>
          <StatusMenu room={room} />
        </dd>
        <dt>{texts.priority}</dt>
        <dd>
          <PriorityMenu room={room} />
        </dd>
        <dt>{texts.assignee}</dt>
        <dd>
          <AssigneeMenu room={room} />
          {room.adminId !== desk.me.id && (
            <Button className="link-button" onPress={() => desk.actions.assignToMe(room.id)}>
              {texts.assignToMe}
            </Button>
          )}
        </dd>
        <dt>{texts.startedAt}</dt>
        <dd className="property-text">{formatDateTime(locale, room.createdAt)}</dd>
        <dt>{texts.lastActivityAt}</dt>
        <dd className="property-text">{formatDateTime(locale, room.lastActivity)}</dd>
      </dl>
    </section>
  );
}

function Earlier({ room, onOpen }: { readonly room: Room; readonly onOpen: (roomId: number) => void }) {
  const texts = useTexts();
  const locale = useLocale();
  const now = useNow();
  const desk = useDesk();
  const rooms = useEarlier(room);
  const others = rooms.filter((one) => one.id !== room.id);
  return (
    <section className="card" aria-labelledby="earlier-title">
      <h3 id="earlier-title">{texts.earlier}</h3>
      {others.length === 0 ? (
        <p className="muted">{texts.noEarlier}</p>
      ) : (
        <ul className="earlier">
          {others.map((one) => {
            const live = desk.list.room(one.id) ?? one;
            return (
              <li key={one.id}>
                <Button className="earlier-row" onPress={() => onOpen(one.id)}>
                  <StatusDot status={live.status} />
                  <span className="visually-hidden">{texts[`status${live.status}`]}</span>
                  <bdi className="earlier-subject">{live.subject ?? live.lastMessage ?? texts.noSubject}</bdi>
                  <time dateTime={live.lastActivity}>{formatWhen(locale, texts, live.lastActivity, now)}</time>
                </Button>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}

/** The customer's conversations: what is known at once, what the server knows a little later. */
function useEarlier(room: Room): readonly Room[] {
  const desk = useDesk();
  const [rooms, setRooms] = useState<readonly Room[]>(() => desk.list.ofCustomer(room.userId));
  useEffect(() => {
    let isCurrent = true;
    desk.api.ofCustomer(room.userId).then(
      (found) => isCurrent && setRooms(found),
      () => undefined,
    );
    return () => {
      isCurrent = false;
    };
  }, [desk, room.userId]);
  return rooms;
}
