/** Every command and every loaded conversation, found by typing. */
import { type ReactNode } from "react";
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
  useFilter,
} from "react-aria-components";
import type { Room } from "../api.ts";
import { customerName } from "../desk/actions.ts";
import { PRIORITIES, STATUSES } from "../state/filter.ts";
import type { Command } from "../state/keymap.ts";
import { useDesk, usePrefs, useStore, useTexts } from "./context.tsx";
import { Icon, type IconName } from "./icons.tsx";
import { Avatar } from "./parts.tsx";

interface PaletteProps {
  readonly isOpen: boolean;
  readonly onOpenChange: (isOpen: boolean) => void;
  readonly room: Room | undefined;
  readonly onCommand: (command: Command) => void;
  readonly onOpen: (roomId: number) => void;
  readonly onPrint: () => void;
  readonly onSettings: () => void;
}

/** Rooms offered by name; the search box of the list finds the others. */
const MOST_ROOMS = 40;

export function CommandPalette(props: PaletteProps) {
  const texts = useTexts();
  return (
    <ModalOverlay className="overlay overlay-top" isOpen={props.isOpen} onOpenChange={props.onOpenChange} isDismissable>
      <Modal className="modal modal-palette">
        <Dialog className="palette" aria-label={texts.palette}>
          <Commands {...props} />
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

interface Entry {
  readonly id: string;
  readonly text: string;
  readonly icon: ReactNode;
  readonly keys?: string;
  readonly run: () => void;
}

function Commands(props: PaletteProps) {
  const texts = useTexts();
  const { contains } = useFilter({ sensitivity: "base" });
  const groups = [
    { title: texts.groupConversation, entries: useRoomEntries(props) },
    { title: texts.groupView, entries: useViewEntries(props) },
    { title: texts.groupGo, entries: useGoEntries(props) },
  ].filter((group) => group.entries.length > 0);
  const run = (entry: Entry) => {
    props.onOpenChange(false);
    // The dialog gives the focus back first; a command may then move it.
    setTimeout(entry.run, 0);
  };
  return (
    <Autocomplete filter={contains}>
      <SearchField className="palette-search" aria-label={texts.palettePlaceholder} autoFocus>
        <Icon name="search" />
        <Input className="palette-input" placeholder={texts.palettePlaceholder} dir="auto" />
      </SearchField>
      {/* The focus stays in the field; who wants to read on without choosing scrolls here. */}
      <div className="palette-scroll" role="group" aria-label={texts.palette} tabIndex={0}>
        <Menu
          className="palette-menu"
          aria-label={texts.palette}
          renderEmptyState={() => <p className="palette-empty">{texts.paletteEmpty}</p>}
        >
          {groups.map((group) => (
            <MenuSection key={group.title} className="palette-section">
              <Header className="palette-title">{group.title}</Header>
              {group.entries.map((entry) => (
                <MenuItem
                  key={entry.id}
                  id={entry.id}
                  className="menu-item"
                  textValue={entry.text}
                  onAction={() => run(entry)}
                >
                  <span className="menu-mark">{entry.icon}</span>
                  <bdi className="menu-label">{entry.text}</bdi>
                  {entry.keys && <kbd>{entry.keys}</kbd>}
                </MenuItem>
              ))}
            </MenuSection>
          ))}
        </Menu>
      </div>
    </Autocomplete>
  );
}

function useRoomEntries({ room, onCommand, onPrint }: PaletteProps): Entry[] {
  const texts = useTexts();
  if (!room) return [];
  const command = (id: Command, text: string, icon: IconName, keys: string): Entry => ({
    id,
    text,
    icon: <Icon name={icon} />,
    keys,
    run: () => onCommand(id),
  });
  return [
    command("reply", texts.cmdReply, "reply", "r"),
    ...(room.status === "OPEN"
      ? [command("resolve", texts.cmdResolve, "check", "e")]
      : [command("reopen", texts.cmdReopen, "refresh", "x")]),
    ...(room.status === "CLOSED" ? [] : [command("close", texts.cmdClose, "close", "c")]),
    command("assign-me", texts.cmdAssignMe, "person", "a"),
    command("unassign", texts.cmdUnassign, "person", "n"),
    ...PRIORITIES.map((one, index) =>
      command(`priority-${one}`, texts.setPriority(texts[`priority${one}`]), "flag", String(PRIORITIES.length - index)),
    ),
    { id: "print", text: texts.print, icon: <Icon name="print" />, run: onPrint },
  ];
}

function useViewEntries({ onCommand, onSettings }: PaletteProps): Entry[] {
  const texts = useTexts();
  const desk = useDesk();
  const [prefs, set] = usePrefs();
  const { filter } = useStore(desk.list.state);
  const show = (change: Partial<typeof filter>) => {
    const next = { ...filter, status: [], priority: [], assignee: "any" as const, search: "", ...change };
    desk.place.showFilter(next);
    desk.list.setFilter(next);
  };
  return [
    { id: "show-all", text: texts.showAll, icon: <Icon name="inbox" />, run: () => show({}) },
    ...STATUSES.map((status) => ({
      id: `show-${status}`,
      text: texts.showOnly(texts[`status${status}`]),
      icon: <Icon name="inbox" />,
      run: () => show({ status: [status] }),
    })),
    { id: "show-me", text: texts.showOnly(texts.me), icon: <Icon name="inbox" />, run: () => show({ assignee: "me" }) },
    {
      id: "show-none",
      text: texts.showOnly(texts.unassigned),
      icon: <Icon name="inbox" />,
      run: () => show({ assignee: "none" }),
    },
    { id: "search", text: texts.cmdSearch, icon: <Icon name="search" />, keys: "/", run: () => onCommand("search") },
    {
      id: "theme",
      text: `${texts.theme}: ${prefs.theme === "dark" ? texts.themeLight : texts.themeDark}`,
      icon: <Icon name="eye" />,
      run: () => set({ theme: prefs.theme === "dark" ? "light" : "dark" }),
    },
    {
      id: "language",
      text: `${texts.language}: ${prefs.locale === "en" ? texts.indonesian : texts.english}`,
      icon: <Icon name="chat" />,
      run: () => set({ locale: prefs.locale === "en" ? "id" : "en" }),
    },
    { id: "settings", text: texts.settings, icon: <Icon name="settings" />, run: onSettings },
    { id: "help", text: texts.help, icon: <Icon name="help" />, keys: "?", run: () => onCommand("help") },
  ];
}

function useGoEntries({ onOpen }: PaletteProps): Entry[] {
  const texts = useTexts();
  const desk = useDesk();
  const { rooms } = useStore(desk.list.state);
  return rooms.slice(0, MOST_ROOMS).map((room) => {
    const name = customerName(room, texts);
    return {
      id: `room-${room.id}`,
      text: room.subject ? `${name} – ${room.subject}` : name,
      icon: <Avatar id={room.userId} name={name} size="small" />,
      run: () => onOpen(room.id),
    };
  });
}
