/** The bar above the panes: name, figures, connection, doors to commands, settings and help. */
import { Button } from "react-aria-components";
import { nameOf } from "../api.ts";
import type { Connection } from "../desk/desk.ts";
import { useDesk, useStore, useTexts } from "./context.tsx";
import { Icon } from "./icons.tsx";
import { IconButton } from "./parts.tsx";
import { StatsCards } from "./StatsCards.tsx";

export interface TopBarProps {
  readonly onPalette: () => void;
  readonly onSettings: () => void;
  readonly onHelp: () => void;
}

export const MOD = /Mac|iPhone|iPad/.test(navigator.platform) ? "⌘" : "Ctrl";

export function TopBar({ onPalette, onSettings, onHelp }: TopBarProps) {
  const texts = useTexts();
  const desk = useDesk();
  return (
    <header className="topbar">
      <p className="brand">
        <BrandMark />
        <span>{texts.appName}</span>
      </p>
      <StatsCards />
      <div className="topbar-tools">
        <ConnectionPill />
        <Button className="palette-button" onPress={onPalette}>
          <Icon name="command" />
          <span>{texts.palette}</span>
          <kbd aria-hidden="true">{MOD} K</kbd>
        </Button>
        <IconButton icon="help" className="only-wide" label={texts.help} onPress={onHelp} keys="?" />
        <IconButton
          icon="settings"
          label={`${texts.settings} – ${texts.signedInAs(nameOf(desk.me, texts.personNumber))}`}
          onPress={onSettings}
        />
      </div>
    </header>
  );
}

/** Two speech bubbles that greet each other. */
export function BrandMark() {
  return (
    <svg className="brand-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <path
        className="brand-back"
        d="M13 5h12a4 4 0 0 1 4 4v7a4 4 0 0 1-4 4v4l-5-4h-7a4 4 0 0 1-4-4V9a4 4 0 0 1 4-4Z"
      />
      <path
        className="brand-front"
        d="M7 11h11a4 4 0 0 1 4 4v5a4 4 0 0 1-4 4h-6l-5 4v-4a4 4 0 0 1-4-4v-5a4 4 0 0 1 4-4Z"
      />
      <path className="brand-smile" d="M8.5 17.5c1.8 2.700 6.200 2.700 8 0" />
    </svg>
  );
}

function ConnectionPill() {
  const texts = useTexts();
  const desk = useDesk();
  const connection = useStore(desk.connection);
  const stats = useStore(desk.stats.state);
  const words: Record<Connection, string> = {
    connecting: texts.connecting,
    live: texts.live,
    reconnecting: texts.reconnecting,
    offline: texts.offline,
  };
  return (
    <p
      className={`connection connection-${connection}`}
      title={stats ? texts.adminsOnline(stats.onlineAdmins) : undefined}
    >
      <span className="connection-dot" aria-hidden="true" />
      <span className="connection-text">{words[connection]}</span>
    </p>
  );
}

/** A line across the page while the connection is lost. */
export function ConnectionBanner() {
  const texts = useTexts();
  const desk = useDesk();
  const connection = useStore(desk.connection);
  const isLost = connection === "reconnecting" || connection === "offline";
  return (
    <div role="status" className="banner-slot">
      {isLost && (
        <p className={`banner banner-${connection}`}>
          {connection === "offline" ? texts.offlineNow : texts.reconnecting}
        </p>
      )}
    </div>
  );
}
