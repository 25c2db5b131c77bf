/** Where an answer is written: drafts are kept, Enter sends, half-typed characters of an IME never do. */
import { type KeyboardEvent, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button } from "react-aria-components";
import { type Message, nameOf, type Room } from "../api.ts";
import { customerName } from "../desk/actions.ts";
import type { ConversationState } from "../desk/conversationController.ts";
import { useDesk, useTexts } from "./context.tsx";
import { Icon } from "./icons.tsx";
import { IconButton } from "./parts.tsx";

interface ComposerProps {
  readonly room: Room;
  readonly conversation: ConversationState;
  readonly replyTo: Message | null;
  readonly onReplyTo: (message: Message | null) => void;
}

const DRAFT_PAUSE_MS = 300;
const SHOW_LEFT_BELOW = 200;
const MOST_HEIGHT_SHARE = 0.4;

export function Composer({ room, conversation, replyTo, onReplyTo }: ComposerProps) {
  const texts = useTexts();
  const desk = useDesk();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useDraft(room.id, conversation, replyTo, onReplyTo);
  const trimmed = text.trim();
  const left = desk.messageChars - [...trimmed].length;
  const isClosed = room.status === "CLOSED";
  const canSend = trimmed !== "" && left >= 0 && !isClosed;

  useGrowth(field, text);
  useEffect(
    () =>
      desk.conversationCommands.connect({
        reply: () => field.current?.focus(),
      }),
    [desk],
  );
  useEffect(() => {
    if (replyTo) field.current?.focus();
  }, [replyTo]);

  const send = () => {
    if (!canSend) return;
    desk.outbox.enqueue({ roomId: room.id, message: trimmed, ...(replyTo && { replyToId: replyTo.id }) });
    desk.typing.forget();
    desk.conversations.clearUnreadLine(room.id);
    setText("");
    onReplyTo(null);
    field.current?.focus();
  };
  const type = (next: string) => {
    setText(next);
    if (next.trim() === "") desk.typing.end();
    else desk.typing.typed(room.id);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Safari ends a composition before it tells of the key; 229 is what it says then.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && replyTo) {
      event.stopPropagation();
      onReplyTo(null);
    }
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {replyTo && <ReplyingTo message={replyTo} onCancel={() => onReplyTo(null)} />}
      <div className="composer-box">
        <textarea
          ref={field}
          className="composer-field"
          rows={1}
          dir="auto"
          value={text}
          disabled={isClosed}
          placeholder={texts.composerPlaceholder}
          aria-label={texts.composerLabel(customerName(room, texts))}
          aria-describedby="composer-hint"
          onChange={(event) => type(event.target.value)}
          onKeyDown={onKeyDown}
          data-composer
        />
        <Button type="submit" className="button button-primary send" isDisabled={!canSend} aria-label={texts.send}>
          <Icon name="send" className="flips" />
        </Button>
      </div>
      <p className="composer-hint">
        <span id="composer-hint">{texts.composerHint}</span>
        {left < SHOW_LEFT_BELOW && (
          <span className={left < 0 ? "is-over" : ""} role="status">
            {left < 0 ? texts.tooLong(-left) : texts.charsLeft(left)}
          </span>
        )}
      </p>
    </form>
  );
}

function ReplyingTo({ message, onCancel }: { readonly message: Message; readonly onCancel: () => void }) {
  const texts = useTexts();
  return (
    <div className="replying">
      <span className="replying-text">
        <bdi className="quote-name">{texts.replyingTo(nameOf(message.sender, texts.personNumber))}</bdi>
        <bdi className="quote-text">{message.message.slice(0, 200)}</bdi>
      </span>
      <IconButton icon="close" label={texts.cancelReply} onPress={onCancel} />
    </div>
  );
}

/** The text of the room's draft; kept a moment after the last key, and when the room or the page is left. */
function useDraft(
  roomId: number,
  conversation: ConversationState,
  replyTo: Message | null,
  onReplyTo: (message: Message | null) => void,
): [string, (text: string) => void] {
  const desk = useDesk();
  const [draft] = useState(() => desk.drafts.get(roomId));
  const [text, setText] = useState(draft?.text ?? "");
  const current = useRef({ text, replyToId: draft?.replyToId ?? null });
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const keep = useCallback(() => {
    clearTimeout(timer.current);
    desk.drafts.set(roomId, current.current.text, current.current.replyToId);
  }, [desk, roomId]);

  const quoted = draft?.replyToId == null ? undefined : conversation.messages.find((one) => one.id === draft.replyToId);
  const isRestored = useRef(draft?.replyToId == null);
  useEffect(() => {
    if (isRestored.current) {
      current.current = { ...current.current, replyToId: replyTo?.id ?? null };
      keep();
    } else if (quoted) {
      isRestored.current = true;
      onReplyTo(quoted);
    }
  }, [replyTo, quoted, onReplyTo, keep]);
  useEffect(() => {
    window.addEventListener("pagehide", keep);
    return () => {
      window.removeEventListener("pagehide", keep);
      keep();
    };
  }, [keep]);
  const change = (next: string) => {
    setText(next);
    current.current = { ...current.current, text: next };
    clearTimeout(timer.current);
    if (next === "") keep();
    else timer.current = setTimeout(keep, DRAFT_PAUSE_MS);
  };
  return [text, change];
}

/** Lets the field grow with its text up to a share of the window. */
function useGrowth(field: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const element = field.current;
    if (!element) return;
    element.style.blockSize = "auto";
    element.style.blockSize = `${Math.min(element.scrollHeight + 2, window.innerHeight * MOST_HEIGHT_SHARE)}px`;
  }, [field, text]);
}
