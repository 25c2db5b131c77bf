/** The languages of the dashboard. */
import type { Locale } from "../state/prefs.ts";
import { en, type Texts } from "./en.ts";
import { id } from "./id.ts";

export const LANGUAGES: Record<Locale, Texts> = { en, id };
export type { Texts } from "./en.ts";
