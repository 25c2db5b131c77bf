/** Small parts that several panes use. */
import { type ReactNode, useMemo } from "react";
import {
  Button,
  Menu,
  MenuItem,
  MenuTrigger,
  Popover,
  type Selection,
  Tooltip,
  TooltipTrigger,
} from "react-aria-components";
import { type RoomPriority, type RoomStatus, tokenise } from "../api.ts";
import { useTexts } from "./context.tsx";
import { Icon, type IconName } from "./icons.tsx";

const TINTS = 8;

/** Initials on a tint that belongs to the person. */
export function Avatar({
  id,
  name,
  isOnline,
  size = "medium",
}: {
  readonly id: number;
  readonly name: string;
  readonly isOnline?: boolean | undefined;
  readonly size?: "small" | "medium" | "large";
}) {
  return (
    <span className={`avatar avatar-${size} tint-${id % TINTS}`} aria-hidden="true">
      {initials(name)}
      {isOnline && <span className="avatar-online" />}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word));
  const first = (word: string | undefined) => /[\p{L}\p{N}]/u.exec(word ?? "")?.[0] ?? "";
  return (first(words[0]) + (words.length > 1 ? first(words.at(-1)) : "")).toUpperCase() || "?";
}

/** Text from a person: line breaks as they are, addresses as links, everything else as text. */
export function PlainText({ text }: { readonly text: string }) {
  const pieces = useMemo(() => tokenise(text), [text]);
  return pieces.map((piece, index) =>
    piece.kind === "text" ? (
      piece.text
    ) : (
      <a key={index} href={piece.href} target="_blank" rel="noopener noreferrer nofollow ugc" dir="ltr">
        {piece.text}
      </a>
    ),
  );
}

export function StatusDot({ status }: { readonly status: RoomStatus }) {
  return <span className={`status-dot status-${status}`} aria-hidden="true" />;
}

export function PriorityMark({ priority }: { readonly priority: RoomPriority }) {
  return (
    <span className={`priority-mark priority-${priority}`} aria-hidden="true">
      <span />
      <span />
      <span />
    </span>
  );
}

/** A button with an icon only: its name is read out and shown as a tooltip. */
export function IconButton(props: {
  readonly icon: IconName;
  readonly label: string;
  readonly onPress: () => void;
  readonly className?: string;
  readonly isPressed?: boolean;
  readonly isDisabled?: boolean;
  readonly keys?: string;
}) {
  return (
    <TooltipTrigger delay={500} closeDelay={0}>
      <Button
        className={`icon-button ${props.className ?? ""}`}
        aria-label={props.label}
        aria-pressed={props.isPressed}
        onPress={props.onPress}
        isDisabled={props.isDisabled ?? false}
      >
        <Icon name={props.icon} />
      </Button>
      <Tooltip className="tooltip" offset={6}>
        {props.label}
        {props.keys && <kbd>{props.keys}</kbd>}
      </Tooltip>
    </TooltipTrigger>
  );
}

export interface Choice<K extends string> {
  readonly id: K;
  readonly label: string;
  readonly mark?: ReactNode;
  readonly hint?: string;
}

/** A button that opens a menu of choices; several may be chosen where `multiple` is set. */
export function PickMenu<K extends string>(props: {
  readonly label: string;
  readonly choices: readonly Choice<K>[];
  readonly chosen: readonly K[];
  readonly onChoose: (chosen: K[]) => void;
  readonly children: ReactNode;
  readonly className?: string;
  readonly multiple?: boolean;
  readonly isDisabled?: boolean;
}) {
  const onSelectionChange = (selection: Selection) => {
    const ids = selection === "all" ? props.choices.map((one) => one.id) : ([...selection] as K[]);
    props.onChoose(ids);
  };
  return (
    <MenuTrigger>
      <Button className={props.className ?? "pick"} isDisabled={props.isDisabled ?? false}>
        <span className="visually-hidden">{props.label}: </span>
        {props.children}
        <Icon name="down" className="chevron" />
      </Button>
      <Popover className="popover" placement="bottom start" offset={4}>
        <Menu
          className="menu"
          aria-label={props.label}
          selectionMode={props.multiple ? "multiple" : "single"}
          selectedKeys={props.chosen}
          onSelectionChange={onSelectionChange}
          disallowEmptySelection={!props.multiple}
          shouldFocusWrap
        >
          {props.choices.map((choice) => (
            <MenuItem key={choice.id} id={choice.id} className="menu-item" textValue={choice.label}>
              <span className="menu-mark">{choice.mark}</span>
              <bdi className="menu-label">{choice.label}</bdi>
              {choice.hint && <span className="menu-hint">{choice.hint}</span>}
              <Icon name="check" className="menu-check" />
            </MenuItem>
          ))}
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

/** "No conversation", "not found", "failed": an icon, a sentence, a way on. */
export function EmptyState({
  icon,
  title,
  hint,
  children,
}: {
  readonly icon: IconName;
  readonly title: string;
  readonly hint?: string;
  readonly children?: ReactNode;
}) {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name={icon} />
      </span>
      <p className="empty-title">{title}</p>
      {hint && <p className="empty-hint">{hint}</p>}
      {children}
    </div>
  );
}

export function Loading({ label }: { readonly label?: string }) {
  const texts = useTexts();
  return (
    <div className="loading" role="status">
      <span className="spinner" aria-hidden="true" />
      <span className="visually-hidden">{label ?? texts.loading}</span>
    </div>
  );
}
