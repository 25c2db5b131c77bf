/** One message: bubble, reactions, what can be done with it. */
import { memo, useState } from "react";
import {
  Button,
  Dialog,
  DialogTrigger,
  Heading,
  Menu,
  MenuItem,
  MenuTrigger,
  Modal,
  ModalOverlay,
  Popover,
} from "react-aria-components";
import { type Message, nameOf, type Room } from "../api.ts";
import { formatDateTime, formatTime } from "../i18n/format.ts";
import type { Row } from "../state/conversation.ts";
import { useDesk, useLocale, useTexts } from "./context.tsx";
import { Icon } from "./icons.tsx";
import { Avatar, PlainText } from "./parts.tsx";

export const EMOJI = ["👍", "❤️", "😄", "🎉", "🙏", "👀"] as const;
const QUOTE_CHARS = 140;

interface MessageItemProps {
  readonly room: Room;
  readonly row: Row & { kind: "message" };
  readonly isFocusable: boolean;
  readonly position: number;
  readonly quoted: Message | undefined;
  readonly onReply: (message: Message) => void;
  readonly onGoTo: (messageId: number) => void;
  readonly onFocus: (key: string) => void;
  /** Pointed at or focused: only then its buttons are drawn. */
  readonly isActive: boolean;
  readonly onActive: (key: string) => void;
}

export const MessageItem = memo(function MessageItem(props: MessageItemProps) {
  const { room, row, isFocusable, position, onFocus, isActive, onActive } = props;
  const { message } = row;
  const texts = useTexts();
  const locale = useLocale();
  const desk = useDesk();
  const isCustomer = message.senderId === room.userId;
  const isOwn = message.senderId === desk.me.id;
  const name = isOwn ? texts.you : nameOf(message.sender, isCustomer ? texts.customerNumber : texts.personNumber);
  const side = isCustomer ? "theirs" : "ours";
  return (
    <article
      className={`message ${side} ${isOwn ? "own" : ""} ${row.startsGroup ? "starts" : ""} ${row.endsGroup ? "ends" : ""}`}
      data-row={row.key}
      data-message={message.id}
      aria-posinset={position}
      aria-setsize={-1}
      aria-label={name}
      tabIndex={isFocusable ? 0 : -1}
      onFocus={() => (onFocus(row.key), onActive(row.key))}
      onPointerEnter={() => onActive(row.key)}
    >
      {row.endsGroup ? (
        <Avatar id={message.senderId} name={nameOf(message.sender, texts.personNumber)} size="small" />
      ) : (
        <span className="avatar-space" />
      )}
      <div className="message-body">
        {row.startsGroup && !isOwn && !isCustomer && <bdi className="message-name">{name}</bdi>}
        <div className="bubble-line">
          <div
            className={`bubble ${message.deletedAt ? "is-deleted" : ""}`}
            title={formatDateTime(locale, message.createdAt)}
          >
            {message.replyToId !== null && <Quote quoted={props.quoted} onGoTo={props.onGoTo} />}
            {message.deletedAt ? (
              <p className="bubble-text">{texts.messageDeleted}</p>
            ) : (
              <p className="bubble-text" dir="auto">
                <PlainText text={message.message} />
              </p>
            )}
          </div>
          {isActive && !message.deletedAt && (
            <Actions message={message} onReply={props.onReply} canReply={room.status !== "CLOSED"} />
          )}
        </div>
        {message.reactions.length > 0 && <Reactions message={message} />}
        <p className="message-meta">
          <time dateTime={message.createdAt}>{formatTime(locale, message.createdAt)}</time>
          {!isCustomer && !message.deletedAt && (
            <span className={message.isRead ? "mark is-read" : "mark"} title={message.isRead ? texts.read : texts.sent}>
              <Icon name={message.isRead ? "checks" : "check"} />
              <span className="visually-hidden">{message.isRead ? texts.read : texts.sent}</span>
            </span>
          )}
        </p>
      </div>
    </article>
  );
});

function Quote({
  quoted,
  onGoTo,
}: {
  readonly quoted: Message | undefined;
  readonly onGoTo: (messageId: number) => void;
}) {
  const texts = useTexts();
  if (!quoted) return <p className="quote">{texts.quotedMissing}</p>;
  return (
    <Button className="quote" onPress={() => onGoTo(quoted.id)}>
      <span className="visually-hidden">{texts.goToQuoted}: </span>
      <bdi className="quote-name">{nameOf(quoted.sender, texts.personNumber)}</bdi>
      <bdi className="quote-text">{quoted.deletedAt ? texts.messageDeleted : quoted.message.slice(0, QUOTE_CHARS)}</bdi>
    </Button>
  );
}

function Reactions({ message }: { readonly message: Message }) {
  const texts = useTexts();
  const desk = useDesk();
  return (
    <div className="reactions">
      {message.reactions.map(({ emoji, count, userIds }) => (
        <Button
          key={emoji}
          className="reaction"
          aria-pressed={userIds.includes(desk.me.id)}
          aria-label={texts.reactionCount(emoji, count)}
          onPress={() => void desk.messages.react(message, emoji)}
        >
          <span aria-hidden="true">{emoji}</span>
          <span aria-hidden="true">{count}</span>
        </Button>
      ))}
    </div>
  );
}

function Actions({
  message,
  onReply,
  canReply,
}: {
  readonly message: Message;
  readonly onReply: (message: Message) => void;
  readonly canReply: boolean;
}) {
  const texts = useTexts();
  const desk = useDesk();
  const [isDeleting, setIsDeleting] = useState(false);
  const copy = () =>
    void navigator.clipboard.writeText(message.message).then(
      () => desk.toasts.show({ text: (now) => now.textCopied }),
      () => undefined,
    );
  return (
    <div className="message-actions">
      <DialogTrigger>
        <Button className="icon-button icon-button-small" aria-label={texts.react}>
          <Icon name="smile" />
        </Button>
        <Popover className="popover" placement="top" offset={4}>
          <Dialog className="emoji-bar" aria-label={texts.react}>
            {({ close }) =>
              EMOJI.map((emoji) => (
                <Button
                  key={emoji}
                  className="emoji"
                  aria-label={texts.reactWith(emoji)}
                  onPress={() => (void desk.messages.react(message, emoji), close())}
                >
                  {emoji}
                </Button>
              ))
            }
          </Dialog>
        </Popover>
      </DialogTrigger>
      {canReply && (
        <Button className="icon-button icon-button-small" aria-label={texts.reply} onPress={() => onReply(message)}>
          <Icon name="reply" className="flips" />
        </Button>
      )}
      <MenuTrigger>
        <Button className="icon-button icon-button-small" aria-label={texts.messageActions}>
          <Icon name="more" />
        </Button>
        <Popover className="popover" placement="bottom end" offset={4}>
          <Menu className="menu" aria-label={texts.messageActions}>
            <MenuItem className="menu-item" onAction={copy}>
              <Icon name="copy" />
              {texts.copyText}
            </MenuItem>
            <MenuItem className="menu-item is-danger" onAction={() => setIsDeleting(true)}>
              <Icon name="trash" />
              {texts.remove}
            </MenuItem>
          </Menu>
        </Popover>
      </MenuTrigger>
      <ModalOverlay className="overlay" isOpen={isDeleting} onOpenChange={setIsDeleting} isDismissable>
        <Modal className="modal modal-small">
          <Dialog role="alertdialog" className="dialog">
            <Heading slot="title">{texts.deleteTitle}</Heading>
            <p className="delete-quote" dir="auto">
              {message.message.slice(0, QUOTE_CHARS)}
            </p>
            <p>{texts.deleteBody}</p>
            <div className="dialog-buttons">
              <Button className="button" onPress={() => setIsDeleting(false)} autoFocus>
                {texts.cancel}
              </Button>
              <Button
                className="button button-danger"
                onPress={() => (setIsDeleting(false), void desk.messages.remove(message))}
              >
                {texts.remove}
              </Button>
            </div>
          </Dialog>
        </Modal>
      </ModalOverlay>
    </div>
  );
}
