/** Dates, times and numbers as people of a language write them. */
import type { Locale } from "../state/prefs.ts";
import type { Texts } from "./en.ts";

const cache = new Map<string, Intl.DateTimeFormat>();

function dates(locale: Locale, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${name}`;
  let format = cache.get(key);
  if (!format) cache.set(key, (format = new Intl.DateTimeFormat(locale, options)));
  return format;
}

export function formatTime(locale: Locale, iso: string): string {
  return dates(locale, "time", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(new Date(iso));
}

export function formatDateTime(locale: Locale, iso: string): string {
  return dates(locale, "full", { dateStyle: "medium", timeStyle: "short" }).format(new Date(iso));
}

export function formatDay(locale: Locale, texts: Texts, iso: string, now: number): string {
  const days = daysAgo(iso, now);
  if (days === 0) return texts.today;
  if (days === 1) return texts.yesterday;
  const sameYear = new Date(iso).getFullYear() === new Date(now).getFullYear();
  return sameYear
    ? dates(locale, "day", { weekday: "long", day: "numeric", month: "long" }).format(new Date(iso))
    : dates(locale, "dayYear", { weekday: "long", day: "numeric", month: "long", year: "numeric" }).format(
        new Date(iso),
      );
}

/** Short for the list: a time today, a weekday this week, else a date. */
export function formatWhen(locale: Locale, texts: Texts, iso: string, now: number): string {
  const days = daysAgo(iso, now);
  if (days <= 0) return formatTime(locale, iso);
  if (days === 1) return texts.yesterday;
  const date = new Date(iso);
  if (days < 7) return dates(locale, "weekday", { weekday: "short" }).format(date);
  const sameYear = date.getFullYear() === new Date(now).getFullYear();
  return dates(
    locale,
    sameYear ? "short" : "shortYear",
    sameYear ? { day: "numeric", month: "short" } : { day: "numeric", month: "short", year: "2-digit" },
  ).format(date);
}

export function formatNumber(locale: Locale, value: number): string {
  return new Intl.NumberFormat(locale).format(value);
}

export function formatList(locale: Locale, names: readonly string[]): string {
  return new Intl.ListFormat(locale, { style: "long", type: "conjunction" }).format(names);
}

function daysAgo(iso: string, now: number): number {
  const midnight = (time: number) => {
    const date = new Date(time);
    return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  };
  return Math.round((midnight(now) - midnight(Date.parse(iso))) / 86_400_000);
}
