/** Above the list: search, filters, order. */
import { useEffect, useRef, useState } from "react";
import { Button, Input, SearchField } from "react-aria-components";
import { nameOf } from "../api.ts";
import { type AssigneeFilter, EVERYTHING, isFiltered, PRIORITIES, type RoomFilter, STATUSES } from "../state/filter.ts";
import { useDesk, useStore, useTexts } from "./context.tsx";
import { Icon } from "./icons.tsx";
import { type Choice, PickMenu, PriorityMark, StatusDot } from "./parts.tsx";

const SEARCH_PAUSE_MS = 250;

export function ListFilters() {
  const texts = useTexts();
  const desk = useDesk();
  const { filter } = useStore(desk.list.state);
  const change = (part: Partial<RoomFilter>) => {
    const next = { ...filter, ...part };
    desk.place.showFilter(next);
    desk.list.setFilter(next);
  };
  return (
    <div className="list-head">
      <h2 className="visually-hidden">{texts.conversations}</h2>
      <div className="list-search-line">
        <Search value={filter.search} onSearch={(search) => change({ search })} />
        <PickMenu
          className="pick pick-icon"
          label={texts.sort}
          chosen={[filter.sort]}
          onChoose={([sort]) => sort && change({ sort })}
          choices={[
            { id: "activity", label: texts.sortActivity },
            { id: "priority", label: texts.sortPriority },
          ]}
        >
          <Icon name="sort" />
          <span className="visually-hidden">
            {filter.sort === "activity" ? texts.sortActivity : texts.sortPriority}
          </span>
        </PickMenu>
      </div>
      <div className="list-filters">
        <StatusFilter filter={filter} change={change} />
        <PriorityFilter filter={filter} change={change} />
        <AssigneePick filter={filter} change={change} />
        {isFiltered(filter) && (
          <Button
            className="icon-button reset-filters"
            aria-label={texts.resetFilters}
            onPress={() => change({ ...EVERYTHING, sort: filter.sort })}
          >
            <Icon name="close" />
          </Button>
        )}
      </div>
    </div>
  );
}

function Search({ value, onSearch }: { readonly value: string; readonly onSearch: (text: string) => void }) {
  const texts = useTexts();
  const desk = useDesk();
  const input = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const asked = useRef(value);
  useEffect(() => {
    // The filter was changed from elsewhere: by "clear filters", a card, the palette.
    if (value !== asked.current) {
      asked.current = value;
      setText(value);
    }
  }, [value]);
  useEffect(() => desk.searchCommands.connect({ focus: () => input.current?.select() }), [desk]);
  useEffect(() => () => clearTimeout(timer.current), []);
  const search = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      asked.current = next.trim();
      onSearch(asked.current);
    }, SEARCH_PAUSE_MS);
  };
  return (
    <SearchField className="search" aria-label={texts.searchLabel} value={text} onChange={search}>
      <Icon name="search" />
      <Input
        ref={input}
        className="search-input"
        placeholder={texts.searchPlaceholder}
        maxLength={200}
        dir="auto"
        spellCheck={false}
      />
      {text === "" ? (
        <kbd className="search-key" aria-hidden="true">
          /
        </kbd>
      ) : (
        <Button className="icon-button search-clear" aria-label={texts.clearSearch}>
          <Icon name="close" />
        </Button>
      )}
    </SearchField>
  );
}

interface FilterProps {
  readonly filter: RoomFilter;
  readonly change: (part: Partial<RoomFilter>) => void;
}

function StatusFilter({ filter, change }: FilterProps) {
  const texts = useTexts();
  const { status } = filter;
  const choices = STATUSES.map((id) => ({ id, label: texts[`status${id}`], mark: <StatusDot status={id} /> }));
  return (
    <PickMenu
      className={`pick ${status.length > 0 ? "is-active" : ""}`}
      label={texts.filterStatus}
      multiple
      chosen={[...status]}
      onChoose={(chosen) => change({ status: STATUSES.filter((one) => chosen.includes(one)) })}
      choices={choices}
    >
      <span className="pick-text">
        {status.length === 0
          ? texts.status
          : status.length === 1
            ? texts[`status${status[0]!}`]
            : texts.several(status.length)}
      </span>
    </PickMenu>
  );
}

function PriorityFilter({ filter, change }: FilterProps) {
  const texts = useTexts();
  const { priority } = filter;
  const choices = PRIORITIES.map((id) => ({ id, label: texts[`priority${id}`], mark: <PriorityMark priority={id} /> }));
  return (
    <PickMenu
      className={`pick ${priority.length > 0 ? "is-active" : ""}`}
      label={texts.filterPriority}
      multiple
      chosen={[...priority]}
      onChoose={(chosen) => change({ priority: PRIORITIES.filter((one) => chosen.includes(one)) })}
      choices={choices}
    >
      <span className="pick-text">
        {priority.length === 0
          ? texts.priority
          : priority.length === 1
            ? texts[`priority${priority[0]!}`]
            : texts.several(priority.length)}
      </span>
    </PickMenu>
  );
}

function AssigneePick({ filter, change }: FilterProps) {
  const texts = useTexts();
  const desk = useDesk();
  const admins = useStore(desk.admins);
  const others = admins.filter((one) => one.id !== desk.me.id);
  const choices: Choice<string>[] = [
    { id: "any", label: texts.anyone },
    { id: "me", label: texts.me },
    { id: "none", label: texts.unassigned },
    ...others.map((one) => ({ id: String(one.id), label: nameOf(one, texts.personNumber) })),
  ];
  const chosen = String(filter.assignee);
  const label =
    chosen === "any"
      ? texts.assignee
      : (choices.find((one) => one.id === chosen)?.label ?? texts.personNumber(Number(chosen)));
  const choose = ([id]: string[]) =>
    id !== undefined && change({ assignee: (/^\d+$/.test(id) ? Number(id) : id) as AssigneeFilter });
  return (
    <PickMenu
      className={`pick ${chosen === "any" ? "" : "is-active"}`}
      label={texts.filterAssignee}
      chosen={[chosen]}
      onChoose={choose}
      choices={choices}
    >
      <bdi className="pick-text">{label}</bdi>
    </PickMenu>
  );
}
