import { currentRoom } from "../state.ts";
import { useSapa } from "./context.ts";
import { Icon } from "./icon.tsx";

/** Who is on the other side, and the way back and out. */
export function Header() {
  const { controller, state, words } = useSapa();
  const room = currentRoom(state);
  const admin = state.screen === "chat" ? room?.admin : null;
  const isHere = admin ? state.online.includes(admin.id) : state.online.length > 0;
  const name = admin?.name || controller.host.settings.title || words.title;
  const other = state.locale === "id" ? "en" : "id";
  const sound = state.isMuted ? words.unmute : words.mute;
  return (
    <header class="header">
      {state.rooms.length > 0 && (state.screen === "chat" || state.screen === "form") && (
        <button type="button" class="tool" aria-label={words.back} title={words.back} onClick={() => controller.showList()}>
          <Icon name="back" />
        </button>
      )}
      <div class="who">
        <h2><bdi>{name}</bdi></h2>
        <p>
          {isHere && <span class="dot" />}
          {isHere ? (admin?.name ? words.online : words.someoneOnline) : words.replyHint}
        </p>
      </div>
      <button type="button" class="tool text" lang={other} title={words.switchLanguage} onClick={() => controller.chooseLocale(other)}>
        {words.otherLanguage}<span class="sr">: {words.switchLanguage}</span>
      </button>
      <button type="button" class="tool" aria-label={sound} title={sound} onClick={() => controller.toggleMuted()}>
        <Icon name={state.isMuted ? "muted" : "sound"} />
      </button>
      <button type="button" class="tool" aria-label={words.close} title={words.close} onClick={() => controller.host.closed()}>
        <Icon name="close" />
      </button>
    </header>
  );
}
