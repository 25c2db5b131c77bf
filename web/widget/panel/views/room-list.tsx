import { short } from "../i18n/index.ts";
import { useSapa } from "./context.ts";

/** All conversations of this person, the newest first. */
export function RoomList() {
  const { controller, state, words } = useSapa();
  const hasOpen = state.rooms.some((room) => room.status === "OPEN");
  return (
    <div class="list scroll">
      <h3>{words.conversations}</h3>
      <ul>
        {state.rooms.map((room, i) => (
          <li key={room.id}>
            <button type="button" data-first={i === 0 ? "" : undefined} onClick={() => void controller.enter(room.id)}>
              <span class="subject"><bdi>{room.subject || words.untitled(room.id)}</bdi></span>
              <time datetime={room.lastActivity}>{short(state.locale, room.lastActivity)}</time>
              <span class="preview"><bdi>{room.lastMessage || " "}</bdi></span>
              {room.unreadCount > 0
                ? <span class="count"><span aria-hidden="true">{room.unreadCount}</span><span class="sr">{words.unread(room.unreadCount)}</span></span>
                : <span class={`status ${room.status}`}>{words.status[room.status]}</span>}
            </button>
          </li>
        ))}
      </ul>
      {!hasOpen && <button type="button" class="primary" onClick={() => controller.newConversation()}>{words.newConversation}</button>}
    </div>
  );
}
