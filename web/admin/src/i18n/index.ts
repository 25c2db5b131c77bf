/** The languages of the dashboard. */
import type { Locale } from "../state/prefs";
import { en, type Texts } from "./en";
import { id } from "./id";

export const LANGUAGES: Record<Locale, Texts> = { en, id };
export type { Texts } from "./en";
