/** The head of a conversation: whom one talks to, and what is done with it most. */
import { Button, Menu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import type { Room } from "../api.ts";
import { customerName } from "../desk/actions.ts";
import { formatDateTime } from "../i18n/format.ts";
import { AssigneeMenu, PriorityMenu, StatusMenu } from "./RoomMenus.tsx";
import { useDesk, useLocale, useSelected, useTexts } from "./context.tsx";
import { Icon } from "./icons.tsx";
import { Avatar, IconButton } from "./parts.tsx";

interface ConversationHeadProps {
  readonly room: Room;
  readonly isDetailsOpen: boolean;
  readonly onToggleDetails: () => void;
  readonly onPrint: () => void;
}

export function ConversationHead({ room, isDetailsOpen, onToggleDetails, onPrint }: ConversationHeadProps) {
  const texts = useTexts();
  const desk = useDesk();
  const name = customerName(room, texts);
  const presence = useSelected(desk.live.people, (people) => people.online.get(room.userId));
  return (
    <header className="conversation-head">
      <IconButton icon="back" className="only-narrow flips" label={texts.back} onPress={() => desk.place.open(null)} />
      <Avatar id={room.userId} name={name} isOnline={presence?.isOnline} />
      <div className="conversation-title">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <p>
          <bdi className="conversation-subject">{room.subject ?? texts.noSubject}</bdi>
          <PresenceText isOnline={presence?.isOnline} lastSeen={presence?.lastSeen ?? null} />
        </p>
      </div>
      <div className="conversation-tools">
        <div className="conversation-picks">
          <StatusMenu room={room} />
          <PriorityMenu room={room} />
          <AssigneeMenu room={room} />
        </div>
        {room.status === "OPEN" ? (
          <Button
            className="button button-primary button-resolve"
            onPress={() => desk.actions.setStatus(room.id, "RESOLVED")}
          >
            <Icon name="check" />
            <span>{texts.resolve}</span>
          </Button>
        ) : (
          <Button className="button button-resolve" onPress={() => desk.actions.setStatus(room.id, "OPEN")}>
            <Icon name="refresh" />
            <span>{texts.reopen}</span>
          </Button>
        )}
        <IconButton
          icon="panel"
          className="flips"
          label={isDetailsOpen ? texts.hideDetails : texts.showDetails}
          isPressed={isDetailsOpen}
          onPress={onToggleDetails}
          keys="i"
        />
        <MoreMenu room={room} onPrint={onPrint} />
      </div>
    </header>
  );
}

function PresenceText({
  isOnline,
  lastSeen,
}: {
  readonly isOnline: boolean | undefined;
  readonly lastSeen: string | null;
}) {
  const texts = useTexts();
  const locale = useLocale();
  if (isOnline) return <span className="presence is-online">{texts.online}</span>;
  if (lastSeen) return <span className="presence">{texts.lastSeen(formatDateTime(locale, lastSeen))}</span>;
  return <span className="presence">{texts.offline}</span>;
}

function MoreMenu({ room, onPrint }: { readonly room: Room; readonly onPrint: () => void }) {
  const texts = useTexts();
  const desk = useDesk();
  const copyLink = async () => {
    const link = `${window.location.origin}${window.location.pathname}?room=${room.id}`;
    try {
      await navigator.clipboard.writeText(link);
      desk.toasts.show({ text: (now) => now.linkCopied });
    } catch {
      desk.toasts.show({ text: () => link });
    }
  };
  return (
    <MenuTrigger>
      <Button className="icon-button" aria-label={texts.more}>
        <Icon name="more" />
      </Button>
      <Popover className="popover" placement="bottom end" offset={4}>
        <Menu className="menu" aria-label={texts.more}>
          {room.adminId !== desk.me.id ? (
            <MenuItem className="menu-item" onAction={() => desk.actions.assignToMe(room.id)}>
              <Icon name="person" />
              {texts.assignToMe}
            </MenuItem>
          ) : null}
          {room.status !== "CLOSED" ? (
            <MenuItem className="menu-item" onAction={() => desk.actions.setStatus(room.id, "CLOSED")}>
              <Icon name="close" />
              {texts.cmdClose}
            </MenuItem>
          ) : null}
          <MenuItem className="menu-item" onAction={() => void copyLink()}>
            <Icon name="link" />
            {texts.copyLink}
          </MenuItem>
          <MenuItem className="menu-item" onAction={onPrint}>
            <Icon name="print" />
            {texts.print}
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
