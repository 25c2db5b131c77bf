/** The page's wishes: `data-` attributes of the script tag, then `window.SapaSettings`. */
import type { Settings } from "../api.ts";
import { parseHex } from "../colour.ts";

export const ACCENT = "#0b6e4f";

export function readSettings(script: HTMLScriptElement | null, page: Partial<Settings> = {}): Settings {
  const data = script?.dataset ?? {};
  const text = (name: keyof Settings) => String(page[name] ?? data[name] ?? "");
  const flag = (name: keyof Settings) => ["", "true", "1"].includes(String(page[name] ?? data[name] ?? "false"));
  const color = text("color");
  return {
    baseUrl: (text("baseUrl") || (script?.src ? new URL(script.src).origin : location.origin)).replace(/\/+$/, ""),
    token: text("token") || null,
    getToken: typeof page.getToken === "function" ? page.getToken : null,
    session: text("session") === "cookie" ? "cookie" : "token",
    color: parseHex(color) ? color : ACCENT,
    position: side(text("position")),
    greeting: text("greeting"),
    title: text("title"),
    locale: text("locale"),
    zIndex: Number(text("zIndex")) || 2147483000,
    label: text("label"),
    hideLauncher: flag("hideLauncher"),
    priority: flag("priority"),
    nonce: text("nonce") || script?.nonce || "",
  };
}

/** Where reading ends, when the page says nothing else. */
function side(wanted: string): "left" | "right" {
  if (wanted === "left" || wanted === "right") return wanted;
  return getComputedStyle(document.documentElement).direction === "rtl" ? "left" : "right";
}

/** `id` or `en`: what was asked for, else the first of the browser's languages that is spoken. */
export function chooseLocale(wanted: string): "id" | "en" {
  for (const each of [wanted, ...navigator.languages]) {
    const language = each.toLowerCase().split("-")[0];
    // Browsers before Unicode's renaming said "in" for Indonesian.
    if (language === "id" || language === "in") return "id";
    if (language === "en") return "en";
  }
  return "en";
}
