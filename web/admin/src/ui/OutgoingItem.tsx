/** A message on its way: being sent, waiting for the network, or refused. */
import { Button } from "react-aria-components";
import { SapaError } from "../api.ts";
import { problemOf } from "../api.ts";
import { problemText } from "../desk/actions.ts";
import { formatTime } from "../i18n/format.ts";
import type { Row } from "../state/conversation.ts";
import { useDesk, useLocale, useTexts } from "./context.tsx";
import { Icon } from "./icons.tsx";
import { PlainText } from "./parts.tsx";

interface OutgoingItemProps {
  readonly row: Row & { kind: "outgoing" };
  readonly isFocusable: boolean;
  readonly position: number;
  readonly onFocus: (key: string) => void;
}

export function OutgoingItem({ row, isFocusable, position, onFocus }: OutgoingItemProps) {
  const texts = useTexts();
  const locale = useLocale();
  const desk = useDesk();
  const { outgoing } = row;
  const hasFailed = outgoing.state === "failed";
  const reason = outgoing.error
    ? problemText(texts, problemOf(new SapaError({ status: 0, code: outgoing.error, title: "" })))
    : null;
  return (
    <article
      className={`message ours own starts ends outgoing ${hasFailed ? "has-failed" : ""}`}
      data-row={row.key}
      aria-posinset={position}
      aria-setsize={-1}
      aria-label={texts.you}
      tabIndex={isFocusable ? 0 : -1}
      onFocus={() => onFocus(row.key)}
    >
      <span className="avatar-space" />
      <div className="message-body">
        <div className="bubble-line">
          <div className="bubble">
            <p className="bubble-text" dir="auto">
              <PlainText text={outgoing.message} />
            </p>
          </div>
        </div>
        <p className="message-meta" role={hasFailed ? "alert" : undefined}>
          {hasFailed ? (
            <>
              <Icon name="alert" />
              <span>{reason ? texts.failedReason(reason) : texts.failed}</span>
              <Button className="link-button" onPress={() => desk.outbox.retry(outgoing.key)}>
                {texts.resend}
              </Button>
              <Button className="link-button" onPress={() => desk.outbox.discard(outgoing.key)}>
                {texts.discard}
              </Button>
            </>
          ) : (
            <>
              <time dateTime={outgoing.createdAt}>{formatTime(locale, outgoing.createdAt)}</time>
              <Icon name="clock" />
              <span>{texts.sending}</span>
            </>
          )}
        </p>
      </div>
    </article>
  );
}
