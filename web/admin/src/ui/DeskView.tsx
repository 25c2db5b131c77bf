/** The desk: bar, three panes, overlays, keys. */
import { useCallback, useEffect, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { titleFor } from "../desk/attention.ts";
import type { Command } from "../state/keymap.ts";
import { CommandPalette } from "./CommandPalette.tsx";
import { ConversationPane } from "./ConversationPane.tsx";
import { useDesk, useMediaQuery, usePrefs, useRoom, useSelected, useStore, useTexts } from "./context.tsx";
import { Details, DetailsPane } from "./DetailsPane.tsx";
import { HelpSheet } from "./HelpSheet.tsx";
import { Announcer, ToastRegion } from "./Overlays.tsx";
import { PrintView } from "./PrintView.tsx";
import { RoomListPane } from "./RoomListPane.tsx";
import { SettingsSheet } from "./SettingsSheet.tsx";
import { ConnectionBanner, TopBar } from "./TopBar.tsx";
import { useKeys } from "./useKeys.ts";

type Sheet = "palette" | "help" | "settings" | "details";

/** More than this is not fetched for the printer. */
const PRINT_MOST = 10_000;

export function DeskView({ onSignOut }: { readonly onSignOut: (() => void) | null }) {
  const texts = useTexts();
  const desk = useDesk();
  const [prefs, setPrefs] = usePrefs();
  const roomId = useStore(desk.place.roomId);
  const room = useRoom(roomId);
  const isThreePanes = useMediaQuery("(min-width: 68.75rem)");
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const isDetailsOpen = isThreePanes ? prefs.details : sheet === "details";
  useTitle();

  const open = useCallback((id: number) => desk.place.open(id), [desk]);
  const toggleDetails = () =>
    isThreePanes ? setPrefs({ details: !prefs.details }) : setSheet(sheet === "details" ? null : "details");
  const print = async () => {
    if (roomId === null) return;
    if (desk.conversations.get(roomId)?.hasOlder) desk.toasts.show({ text: (now) => now.preparingPrint });
    await desk.conversations.loadAll(roomId, PRINT_MOST);
    window.print();
  };
  const run = useCommands({ roomId, setSheet, toggleDetails });
  useKeys(prefs.letters, run);
  const sheetProps = (name: Sheet) => ({
    isOpen: sheet === name,
    onOpenChange: (isOpen: boolean) => setSheet((now) => (isOpen ? name : now === name ? null : now)),
  });

  return (
    <>
      <div className="desk" data-open={roomId !== null} data-details={roomId !== null && isThreePanes && isDetailsOpen}>
        <a className="skip-link" href="#conversation">
          {texts.skipToConversation}
        </a>
        <TopBar
          onPalette={() => setSheet("palette")}
          onSettings={() => setSheet("settings")}
          onHelp={() => setSheet("help")}
        />
        <ConnectionBanner />
        <main className="panes">
          <h1 className="visually-hidden">{`${texts.appName} – ${texts.pageTitle}`}</h1>
          <RoomListPane onOpen={open} />
          <ConversationPane
            roomId={roomId}
            isDetailsOpen={isDetailsOpen}
            onToggleDetails={toggleDetails}
            onPrint={() => void print()}
          />
          {roomId !== null && isThreePanes && isDetailsOpen && (
            <DetailsPane roomId={roomId} onClose={toggleDetails} onOpen={open} />
          )}
        </main>
      </div>
      {roomId !== null && !isThreePanes && (
        <ModalOverlay className="overlay overlay-side" {...sheetProps("details")} isDismissable>
          <Modal className="drawer">
            <Dialog className="drawer-body" aria-label={texts.details}>
              <Details roomId={roomId} onClose={() => setSheet(null)} onOpen={(id) => (setSheet(null), open(id))} />
            </Dialog>
          </Modal>
        </ModalOverlay>
      )}
      <CommandPalette
        {...sheetProps("palette")}
        room={room}
        onCommand={run}
        onOpen={open}
        onPrint={() => void print()}
        onSettings={() => setSheet("settings")}
      />
      <HelpSheet {...sheetProps("help")} />
      <SettingsSheet {...sheetProps("settings")} onSignOut={onSignOut} />
      <ToastRegion />
      <Announcer />
      <PrintView roomId={roomId} />
    </>
  );
}

function useTitle(): void {
  const texts = useTexts();
  const desk = useDesk();
  const unread = useSelected(desk.stats.state, (stats) => stats?.unread ?? 0);
  useEffect(() => {
    document.title = titleFor(unread, `${texts.pageTitle} · ${texts.appName}`);
  }, [unread, texts]);
}

interface CommandTargets {
  readonly roomId: number | null;
  readonly setSheet: (sheet: Sheet) => void;
  readonly toggleDetails: () => void;
}

/** What each command does. Answers whether it did something, so that the key is not used twice. */
function useCommands({ roomId, setSheet, toggleDetails }: CommandTargets): (command: Command) => boolean {
  const desk = useDesk();
  const always = (_: unknown): boolean => true;
  const withRoom = (act: (id: number) => void): boolean => (roomId === null ? false : always(act(roomId)));
  return (command) => {
    switch (command) {
      case "palette":
      case "help":
        return always(setSheet(command));
      case "next":
        return always(desk.listCommands.now?.next());
      case "previous":
        return always(desk.listCommands.now?.previous());
      case "open":
        return always(desk.listCommands.now?.open());
      case "search":
        return always(desk.searchCommands.now?.focus());
      case "reply":
        return always(desk.conversationCommands.now?.reply());
      case "assign-me":
        return withRoom((id) => desk.actions.assignToMe(id));
      case "unassign":
        return withRoom((id) => desk.actions.assign(id, null));
      case "resolve":
        return withRoom((id) => desk.actions.setStatus(id, "RESOLVED"));
      case "close":
        return withRoom((id) => desk.actions.setStatus(id, "CLOSED"));
      case "reopen":
        return withRoom((id) => desk.actions.setStatus(id, "OPEN"));
      case "priority-LOW":
        return withRoom((id) => desk.actions.setPriority(id, "LOW"));
      case "priority-NORMAL":
        return withRoom((id) => desk.actions.setPriority(id, "NORMAL"));
      case "priority-HIGH":
        return withRoom((id) => desk.actions.setPriority(id, "HIGH"));
      case "priority-URGENT":
        return withRoom((id) => desk.actions.setPriority(id, "URGENT"));
      case "details":
        return withRoom(() => toggleDetails());
      case "undo":
        return desk.toasts.undoLast();
      case "back":
        return goBack(desk);
    }
  };
}

/** Out of a field first, then out of the conversation. */
function goBack(desk: ReturnType<typeof useDesk>): boolean {
  const focused = document.activeElement;
  if (focused instanceof HTMLTextAreaElement || focused instanceof HTMLInputElement) {
    focused.blur();
    const last = document.querySelector<HTMLElement>("[data-row][tabindex='0']");
    (last ?? document.querySelector<HTMLElement>("[data-room][tabindex='0']"))?.focus({ preventScroll: true });
    return true;
  }
  if (desk.place.roomId.get() === null) return false;
  desk.place.open(null);
  desk.listCommands.now?.focus();
  return true;
}
