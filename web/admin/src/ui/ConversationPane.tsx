/** The open conversation: head, notices, messages, composer. */
import { useEffect, useState } from "react";
import { Button } from "react-aria-components";
import type { Message, Room } from "../api.ts";
import { customerName } from "../desk/actions.ts";
import type { ConversationState } from "../desk/conversationController.ts";
import { formatList } from "../i18n/format.ts";
import type { Store } from "../state/store.ts";
import { Composer } from "./Composer.tsx";
import { ConversationHead } from "./ConversationHead.tsx";
import { useDesk, useLocale, useRoom, useSelected, useStore, useTexts } from "./context.tsx";
import { Icon } from "./icons.tsx";
import { MessageList } from "./MessageList.tsx";
import { EmptyState, Loading } from "./parts.tsx";

export interface ConversationPaneProps {
  readonly roomId: number | null;
  readonly isDetailsOpen: boolean;
  readonly onToggleDetails: () => void;
  readonly onPrint: () => void;
}

export function ConversationPane(props: ConversationPaneProps) {
  const texts = useTexts();
  return (
    <section className="pane pane-conversation" id="conversation" tabIndex={-1} aria-label={texts.conversation}>
      {props.roomId === null ? (
        <EmptyState icon="chat" title={texts.chooseConversation} hint={texts.chooseConversationHint} />
      ) : (
        <OpenConversation {...props} key={props.roomId} roomId={props.roomId} />
      )}
    </section>
  );
}

function OpenConversation({
  roomId,
  isDetailsOpen,
  onToggleDetails,
  onPrint,
}: ConversationPaneProps & { readonly roomId: number }) {
  const texts = useTexts();
  const desk = useDesk();
  const [store] = useState<Store<ConversationState>>(() => desk.conversations.open(roomId));
  const conversation = useStore(store);
  const room = useRoom(roomId);
  const [replyTo, setReplyTo] = useState<Message | null>(null);
  const hasRoom = room !== undefined;

  useEffect(() => {
    desk.viewing.look(roomId);
    return () => {
      desk.viewing.look(null);
      desk.typing.end();
      desk.conversations.leave(roomId);
    };
  }, [desk, roomId]);
  useEffect(() => {
    const known = desk.list.room(roomId);
    if (hasRoom && known) desk.announce(desk.texts.announceOpened(customerName(known, desk.texts)));
  }, [desk, roomId, hasRoom]);

  if (conversation.phase === "failed" || (!room && conversation.phase === "ready")) {
    return (
      <EmptyState icon="alert" title={conversation.problem === "notFound" ? texts.roomMissing : texts.roomFailed}>
        <Button className="button" onPress={() => void desk.conversations.load(roomId)}>
          {texts.retry}
        </Button>
        <Button className="button" onPress={() => desk.place.open(null)}>
          {texts.back}
        </Button>
      </EmptyState>
    );
  }
  if (!room) return <Loading />;
  return (
    <>
      <ConversationHead room={room} isDetailsOpen={isDetailsOpen} onToggleDetails={onToggleDetails} onPrint={onPrint} />
      <Company roomId={roomId} />
      <MessageList room={room} conversation={conversation} onReply={setReplyTo} />
      <StatusNotice room={room} />
      <Composer room={room} conversation={conversation} replyTo={replyTo} onReplyTo={setReplyTo} />
    </>
  );
}

/** Who else is here: somebody who answers matters more than somebody who looks. */
function Company({ roomId }: { readonly roomId: number }) {
  const texts = useTexts();
  const locale = useLocale();
  const desk = useDesk();
  const typing = useSelected(desk.live.people, (people) => people.typing.get(roomId));
  const viewing = useSelected(desk.live.people, (people) => people.viewing.get(roomId));
  const answering = (typing ?? []).filter((one) => one.isAdmin).map((one) => one.userName);
  const looking = (viewing ?? []).map((one) => one.userName);
  if (answering.length > 0) {
    return (
      <p className="company company-answering" role="status">
        <Icon name="reply" />
        <bdi>{texts.alsoAnswering(formatList(locale, answering))}</bdi>
      </p>
    );
  }
  if (looking.length === 0) return null;
  return (
    <p className="company" role="status">
      <Icon name="eye" />
      <bdi>{texts.alsoViewing(formatList(locale, looking))}</bdi>
    </p>
  );
}

function StatusNotice({ room }: { readonly room: Room }) {
  const texts = useTexts();
  const desk = useDesk();
  if (room.status === "OPEN") return null;
  return (
    <div className={`status-notice status-notice-${room.status}`}>
      <span>{room.status === "CLOSED" ? texts.closedNotice : texts.resolvedNotice}</span>
      <Button className="button button-small" onPress={() => desk.actions.setStatus(room.id, "OPEN")}>
        {texts.reopen}
      </Button>
    </div>
  );
}
