/** A customer and the desk, over the support dialect, in React. */
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { User } from "../../../shared/index.ts";
import { Bubble, Composer, Entry, Frame } from "../parts.tsx";
import { choosePerson } from "../people.ts";
import { useSupport } from "./use-support.ts";

function Chat({ token, me }: { token: string; me: User }) {
  const { link, rooms, room, messages, typist, notice, problem, join, send, typing } = useSupport(token, me);
  const isAdmin = me.role === "ADMIN";
  const side = isAdmin && (
    <>
      <h2>Active rooms</h2>
      {rooms.length === 0 && <p className="empty">No room is open. Be a customer in another window.</p>}
      <ul className="entries">
        {rooms.map((each) => (
          <Entry
            key={each.id} title={each.user_name ?? `No. ${each.user_id}`} detail={each.last_message ?? "no message yet"}
            unread={each.unread_count} tag={each.status === "active" ? "" : each.status} isOpen={each.id === room?.id}
            open={() => join(each.id)}
          />
        ))}
      </ul>
    </>
  );
  const title = isAdmin ? room?.user_name ?? "Choose a room" : "Kopi Sapa";
  const detail = room ? `${room.status}${room.admin_name ? `, with ${room.admin_name}` : ", nobody assigned"}` : "";
  return (
    <Frame
      side={side} title={title} detail={detail} link={link} notice={typist || notice} problem={problem}
      messages={messages.map((each) => (
        <Bubble
          key={each.id} name={each.sender_name ?? each.sender_type} isOwn={each.sender_id === me.id}
          isRead={each.is_read} isGone={each.deleted_at !== null} text={each.message} at={each.created_at}
        />
      ))}
    >
      {room?.status === "closed" && !isAdmin && (
        <p className="bar">
          This conversation is closed.
          <button type="button" className="quiet small" onClick={() => join()}>Begin a new one</button>
        </p>
      )}
      <Composer key={room?.id} isDisabled={link.state !== "open" || !room} send={send} typing={typing} />
    </Frame>
  );
}

const root = createRoot(document.getElementById("chat")!);
void choosePerson(({ token, me }) => root.render(<StrictMode><Chat key={me.id} token={token} me={me} /></StrictMode>));
