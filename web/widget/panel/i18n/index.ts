/** The words and the times of the language in force. */
import { en, type Words } from "./en.ts";
import { id } from "./id.ts";

export type { Words };

export function wordsOf(locale: string): Words {
  return locale === "id" ? id : en;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale + JSON.stringify(options);
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(locale, options)));
  return found;
}

/** 14:05 */
export function clock(locale: string, time: string): string {
  return format(locale, { hour: "2-digit", minute: "2-digit" }).format(new Date(time));
}

/** Today, Yesterday, or the date; with the year when it is another one. */
export function day(locale: string, time: string, now = new Date()): string {
  const date = new Date(time);
  const words = wordsOf(locale);
  if (isSameDay(date, now)) return words.today;
  const yesterday = new Date(now);
  yesterday.setDate(now.getDate() - 1);
  if (isSameDay(date, yesterday)) return words.yesterday;
  return format(locale, {
    weekday: "short", day: "numeric", month: "long",
    ...(date.getFullYear() === now.getFullYear() ? {} : { year: "numeric" }),
  }).format(date);
}

/** The clock for today, else the short date. */
export function short(locale: string, time: string, now = new Date()): string {
  const date = new Date(time);
  return isSameDay(date, now) ? clock(locale, time) : format(locale, { day: "numeric", month: "short" }).format(date);
}

export function isSameDay(one: Date, other: Date): boolean {
  return one.toDateString() === other.toDateString();
}
