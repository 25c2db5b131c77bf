/** Status, priority and assignee of a room, each as a button with a menu. */
import { nameOf, type Person, type Room, type RoomPriority, type RoomStatus } from "../api.ts";
import { PRIORITIES, STATUSES } from "../state/filter.ts";
import { useDesk, useStore, useTexts } from "./context.tsx";
import { Avatar, type Choice, PickMenu, PriorityMark, StatusDot } from "./parts.tsx";

export function StatusMenu({ room }: { readonly room: Room }) {
  const texts = useTexts();
  const desk = useDesk();
  const choices: Choice<RoomStatus>[] = STATUSES.map((id) => ({
    id,
    label: texts[`status${id}`],
    mark: <StatusDot status={id} />,
  }));
  return (
    <PickMenu
      label={texts.status}
      choices={choices}
      chosen={[room.status]}
      onChoose={([status]) => status && desk.actions.setStatus(room.id, status)}
    >
      <StatusDot status={room.status} />
      <span className="pick-text">{texts[`status${room.status}`]}</span>
    </PickMenu>
  );
}

export function PriorityMenu({ room }: { readonly room: Room }) {
  const texts = useTexts();
  const desk = useDesk();
  const choices: Choice<RoomPriority>[] = PRIORITIES.map((id, index) => ({
    id,
    label: texts[`priority${id}`],
    mark: <PriorityMark priority={id} />,
    hint: String(PRIORITIES.length - index),
  }));
  return (
    <PickMenu
      label={texts.priority}
      choices={choices}
      chosen={[room.priority]}
      onChoose={([priority]) => priority && desk.actions.setPriority(room.id, priority)}
    >
      <PriorityMark priority={room.priority} />
      <span className="pick-text">{texts[`priority${room.priority}`]}</span>
    </PickMenu>
  );
}

export function AssigneeMenu({ room }: { readonly room: Room }) {
  const texts = useTexts();
  const desk = useDesk();
  const admins = useStore(desk.admins);
  const people = useStore(desk.live.people);
  const named = (admin: Person) => nameOf(admin, texts.personNumber);
  const others = admins.filter((one) => one.id !== desk.me.id);
  if (room.admin && room.adminId !== desk.me.id && !others.some((one) => one.id === room.adminId))
    others.push(room.admin);
  const avatar = (admin: Person) => (
    <Avatar id={admin.id} name={named(admin)} size="small" isOnline={people.online.get(admin.id)?.isOnline} />
  );
  const choices: Choice<string>[] = [
    { id: "none", label: texts.nobody },
    { id: String(desk.me.id), label: `${named(desk.me)} (${texts.me})`, mark: avatar(desk.me), hint: "a" },
    ...others.map((one) => ({ id: String(one.id), label: named(one), mark: avatar(one) })),
  ];
  const assign = ([id]: string[]) => {
    if (id === undefined) return;
    if (id === "none") desk.actions.assign(room.id, null);
    else desk.actions.assign(room.id, [desk.me, ...others].find((one) => String(one.id) === id) ?? null);
  };
  return (
    <PickMenu label={texts.assignee} choices={choices} chosen={[String(room.adminId ?? "none")]} onChoose={assign}>
      {room.admin && avatar(room.admin)}
      <bdi className="pick-text">
        {room.adminId === desk.me.id ? texts.me : room.admin ? named(room.admin) : texts.unassigned}
      </bdi>
    </PickMenu>
  );
}
