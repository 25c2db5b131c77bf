import { currentRoom } from "../state.ts";
import { Composer } from "./composer.tsx";
import { useSapa } from "./context.ts";
import { MessageList } from "./message-list.tsx";

/** One conversation: its messages and where to write, or why not. */
export function Chat() {
  const { controller, state, words } = useSapa();
  const room = currentRoom(state);
  const fresh = <button type="button" class="plain" onClick={() => controller.newConversation()}>{words.newConversation}</button>;
  const hasOpen = state.rooms.some((each) => each.status === "OPEN");
  return (
    <>
      {room?.subject && <p class="topic"><bdi>{room.subject}</bdi></p>}
      <MessageList />
      {room && room.status !== "OPEN" && (
        <div class="ended" role="status">
          <p>{room.status === "CLOSED" ? words.closedNotice : words.resolvedNotice}</p>
          {!hasOpen && fresh}
        </div>
      )}
      {room?.status !== "CLOSED" && <Composer />}
    </>
  );
}
