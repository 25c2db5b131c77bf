/** What the two React pages are made of: the frame, a message, the field to write in. */
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import { timeOf, type Link } from "./connection.ts";

/** Longer than this after the last key, nobody is typing; the server forgets after five seconds. */
const TYPING_MS = 3000;

interface FrameProps {
  side?: ReactNode;
  title: string;
  detail: string;
  link: Link;
  notice: string;
  problem: string;
  messages: ReactNode;
  children: ReactNode;
}

/** The list on one side, the open conversation on the other. */
export function Frame({ side, title, detail, link, notice, problem, messages, children }: FrameProps) {
  return (
    <section className={side ? "talk" : "talk alone"} aria-label="Chat">
      {side && <div className="side">{side}</div>}
      <div className="thread">
        <header className="thread-head">
          <div>
            <h2><bdi>{title}</bdi></h2>
            <p className="quiet-text">{detail}</p>
          </div>
          <p className="link" data-state={link.state} role="status">{link.text}</p>
        </header>
        <div className="history" role="log" aria-label="Messages" tabIndex={0}>
          <ol className="messages">{messages}</ol>
        </div>
        <p className="notice" role="status">{notice}</p>
        <p className="problem" role="alert">{problem}</p>
        {children}
      </div>
    </section>
  );
}

interface EntryProps {
  title: string;
  detail: string;
  unread?: number;
  tag?: string;
  isOnline?: boolean;
  isOpen: boolean;
  open(): void;
}

/** One row of the list. */
export function Entry({ title, detail, unread = 0, tag, isOnline = false, isOpen, open }: EntryProps) {
  return (
    <li>
      <button type="button" className="entry" aria-current={isOpen} onClick={open}>
        <b className={isOnline ? "online" : undefined}>
          {isOnline && <span className="hidden">online: </span>}<bdi>{title}</bdi>
        </b>
        {unread > 0
          ? <span className="count">{unread}<span className="hidden"> unread</span></span>
          : <span className="tag">{tag}</span>}
        <small><bdi>{detail}</bdi></small>
      </button>
    </li>
  );
}

interface BubbleProps {
  name: string;
  isOwn: boolean;
  isRead: boolean;
  isGone?: boolean;
  text: string;
  at: string;
  quote?: string | undefined;
  children?: ReactNode;
}

/** One message. */
export function Bubble(props: BubbleProps) {
  const { name, isOwn, isRead, isGone = false, text, at, quote, children } = props;
  return (
    <li className={isOwn ? "message own" : "message"}>
      {quote && <p className="quote" dir="auto">{quote}</p>}
      <p dir="auto" className={isGone ? "gone" : undefined}>{isGone ? "deleted" : text}</p>
      <span className="meta">
        <bdi>{isOwn ? "You" : name}</bdi>, {timeOf(at)}{isOwn && (isRead ? ", read" : ", sent")}
      </span>
      {children}
    </li>
  );
}

interface ComposerProps {
  label?: string;
  action?: string;
  isDisabled?: boolean;
  /** Answers whether the text was taken; if not, it comes back into the field. */
  send(text: string): Promise<boolean>;
  typing?(isTyping: boolean): void;
}

/** The field to write in. It says when typing begins, goes on and ends. */
export function Composer({ label = "Message", action = "Send", isDisabled = false, send, typing }: ComposerProps) {
  const [text, setText] = useState("");
  const told = useRef(0);
  const timer = useRef<number | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  const stopTyping = () => {
    clearTimeout(timer.current);
    if (told.current > 0) typing?.(false);
    told.current = 0;
  };
  const write = (value: string) => {
    setText(value);
    if (!value) return stopTyping();
    clearTimeout(timer.current);
    timer.current = window.setTimeout(stopTyping, TYPING_MS);
    if (Date.now() - told.current < TYPING_MS) return;
    told.current = Date.now();
    typing?.(true);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = text.trim();
    if (!wanted) return;
    setText("");
    stopTyping();
    if (!(await send(wanted))) setText((since) => since || wanted);
  };
  return (
    <form className="composer" onSubmit={(event) => void submit(event)}>
      <input
        aria-label={label} placeholder={label} autoComplete="off" value={text}
        onChange={(event) => write(event.target.value)}
      />
      <button className="strong" disabled={isDisabled}>{action}</button>
    </form>
  );
}
