/** The desk in figures; each card shows just those conversations. */
import { Button } from "react-aria-components";
import type { Stats } from "../api.ts";
import { formatNumber } from "../i18n/format.ts";
import { EVERYTHING, type RoomFilter } from "../state/filter.ts";
import { useDesk, useLocale, useStore, useTexts } from "./context.tsx";

type Card = "Total" | "Open" | "Resolved" | "Closed" | "Unread";

const CARDS: readonly {
  readonly card: Card;
  readonly value: (stats: Stats) => number;
  readonly status: RoomFilter["status"] | null;
}[] = [
  { card: "Total", value: (stats) => stats.total, status: [] },
  { card: "Open", value: (stats) => stats.open, status: ["OPEN"] },
  { card: "Resolved", value: (stats) => stats.resolved, status: ["RESOLVED"] },
  { card: "Closed", value: (stats) => stats.closed, status: ["CLOSED"] },
  { card: "Unread", value: (stats) => stats.unread, status: null },
];

export function StatsCards() {
  const texts = useTexts();
  const locale = useLocale();
  const desk = useDesk();
  const stats = useStore(desk.stats.state);
  const { filter } = useStore(desk.list.state);
  const show = (status: RoomFilter["status"]) => {
    const next = { ...EVERYTHING, sort: filter.sort, status };
    desk.place.showFilter(next);
    desk.list.setFilter(next);
  };
  return (
    <ul className="stats" aria-label={texts.stats}>
      {CARDS.map(({ card, value, status }) => {
        const figure = stats ? formatNumber(locale, value(stats)) : "–";
        const content = (
          <>
            <span className="stat-value" data-stat={card.toLowerCase()}>
              {figure}
            </span>
            <span className="stat-label">{texts[`stat${card}`]}</span>
          </>
        );
        return (
          <li key={card} className={`stat stat-${card.toLowerCase()} ${stats && value(stats) > 0 ? "has-some" : ""}`}>
            {status === null ? (
              <span className="stat-face">{content}</span>
            ) : (
              <Button
                className="stat-face"
                aria-pressed={status.join() === filter.status.join()}
                onPress={() => show(status)}
              >
                {content}
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
