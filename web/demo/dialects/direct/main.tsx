/** People who talk in private, and announcements of the desk, over the direct dialect, in React. */
import { StrictMode, useState } from "react";
import { createRoot } from "react-dom/client";
import type { User } from "../../../shared/index.ts";
import { Bubble, Composer, Entry, Frame } from "../parts.tsx";
import { choosePerson, introduceAll, nameOf, type Session } from "../people.ts";
import { useDirect } from "./use-direct.ts";
import type { Conversation, Message } from "./wire.ts";

const LIKE = "👍";

function titleOf({ type, participant }: Conversation): string {
  return type === "broadcast" ? "Announcements" : participant?.name ?? "Support";
}

/** Before somebody of the desk has answered, one writes to any of them. */
function receiverOf({ type, participant }: Conversation, others: User[]): number | null {
  if (participant) return participant.id;
  return type === "support" ? others.find(({ role }) => role === "ADMIN")?.id ?? null : null;
}

function detailOf({ type, participant, status }: Conversation): string {
  const kind = { direct: "In private", support: `With the desk, ${status}`, broadcast: "To everybody" }[type];
  if (type === "broadcast" || !participant) return kind;
  if (participant.isOnline) return `${kind}, online`;
  if (!participant.lastSeen) return `${kind}, offline`;
  return `${kind}, last seen ${new Date(participant.lastSeen).toLocaleString()}`;
}

function Chat({ token, me, others }: Session) {
  const { link, conversations, open, messages, typist, problem, meet, show, ask, typing } = useDirect(token, me);
  const [reply, setReply] = useState<Message | null>(null);
  // What the list knows about the open conversation is newer than what opened it.
  const current = conversations.find(({ id }) => id === open?.conversation.id) ?? open?.conversation ?? null;
  const isOpen = link.state === "open";
  const isAnnouncing = current?.type === "broadcast";
  const say = async (message: string) => {
    const said = { receiverId: open?.receiverId, message, messageType: "text", replyTo: reply?.id };
    const isTaken = await ask("send_message", said);
    if (isTaken) setReply(null);
    return isTaken;
  };
  return (
    <Frame
      side={<Side others={others} conversations={conversations} current={current} meet={meet} show={show} />}
      title={current ? titleOf(current) : "Choose somebody"} detail={current ? detailOf(current) : ""}
      link={link} notice={typist} problem={problem}
      messages={messages.map((each) => (
        <Bubble
          key={each.id} name={each.senderName ?? each.senderRole} isOwn={each.senderId === me.id} isRead={each.isRead}
          isGone={each.isDeleted} text={each.message} at={each.createdAt}
          quote={messages.find(({ id }) => id === each.replyTo)?.message}
        >
          {!each.isDeleted && <Actions message={each} me={me} ask={ask} reply={isAnnouncing ? undefined : setReply} />}
        </Bubble>
      ))}
    >
      {reply && (
        <p className="bar">
          <span className="quiet-text">In reply to “{reply.message}”</span>
          <button type="button" className="quiet small" onClick={() => setReply(null)}>Don’t reply</button>
        </p>
      )}
      {!isAnnouncing && (
        <Composer key={current?.id} isDisabled={!isOpen || !open?.receiverId} send={say} typing={typing} />
      )}
      {me.role === "ADMIN" && (
        <Composer
          label="Announcement" action="Announce" isDisabled={!isOpen}
          send={(message) => ask("admin_broadcast", { message })}
        />
      )}
    </Frame>
  );
}

interface SideProps {
  others: User[];
  conversations: Conversation[];
  current: Conversation | null;
  meet(personId: number): void;
  show(conversation: Conversation, receiverId: number | null): void;
}

function Side({ others, conversations, current, meet, show }: SideProps) {
  return (
    <>
      <h2>Conversations</h2>
      {conversations.length === 0 && <p className="empty">None yet.</p>}
      <ul className="entries">
        {conversations.map((each) => (
          <Entry
            key={each.id} title={titleOf(each)} detail={each.lastMessage?.message ?? "no message yet"}
            unread={each.unreadCount} tag={each.type} isOnline={each.participant?.isOnline ?? false}
            isOpen={each.id === current?.id} open={() => show(each, receiverOf(each, others))}
          />
        ))}
      </ul>
      <h2>Write to</h2>
      <div className="group pick">
        {others.map((each) => (
          <button key={each.id} type="button" className="choice small" onClick={() => meet(each.id)}>
            {nameOf(each)}
          </button>
        ))}
      </div>
    </>
  );
}

interface ActionsProps {
  message: Message;
  me: User;
  ask(event: string, payload: object): Promise<boolean>;
  reply: ((message: Message) => void) | undefined;
}

function Actions({ message, me, ask, reply }: ActionsProps) {
  const likes = message.reactions.find(({ emoji }) => emoji === LIKE);
  const isLiked = likes?.userIds.includes(me.id) ?? false;
  const messageId = message.id;
  return (
    <div className="actions">
      <button
        type="button" aria-pressed={isLiked} aria-label={`Like, ${likes?.count ?? 0}`}
        onClick={() => void ask(isLiked ? "remove_reaction" : "add_reaction", { messageId, emoji: LIKE })}
      >
        {LIKE} {likes?.count ?? ""}
      </button>
      {reply && <button type="button" onClick={() => reply(message)}>Reply</button>}
      {message.senderId === me.id && (
        <button type="button" onClick={() => void ask("delete_message", { messageId })}>Delete</button>
      )}
    </div>
  );
}

const root = createRoot(document.getElementById("chat")!);
void introduceAll().catch(console.error);
void choosePerson((session) => root.render(<StrictMode><Chat key={session.me.id} {...session} /></StrictMode>));
