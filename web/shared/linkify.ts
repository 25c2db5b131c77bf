/** Finds the addresses in a text, so that a view can show them as links without touching HTML. */

export type TextToken =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string };

const ADDRESS = /\bhttps?:\/\/[^\s<>"'`\u202a-\u202e\u2066-\u2069]+|\bwww\.[^\s<>"'`\u202a-\u202e\u2066-\u2069]+|\b[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+\b/gi;

/** Only `http:`, `https:` and `mailto:` become links; everything else stays text. */
export function tokenise(text: string): TextToken[] {
  const tokens: TextToken[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const found = trimTail(match[0]);
    const href = toHref(found);
    if (!href) continue;
    if (match.index > end) tokens.push({ kind: "text", text: text.slice(end, match.index) });
    tokens.push({ kind: "link", text: found, href });
    end = match.index + found.length;
  }
  if (end < text.length) tokens.push({ kind: "text", text: text.slice(end) });
  return tokens;
}

/** A full stop after an address ends the sentence; a bracket belongs to it only if it was opened in it. */
function trimTail(address: string): string {
  let text = address.replace(/[.,;:!?*_~]+$/, "");
  while (/[)\]}]$/.test(text) && count(text, /[)\]}]/g) > count(text, /[([{]/g)) {
    text = text.slice(0, -1).replace(/[.,;:!?]+$/, "");
  }
  return text;
}

function count(text: string, signs: RegExp): number {
  return text.match(signs)?.length ?? 0;
}

function toHref(address: string): string | null {
  try {
    if (/^https?:/i.test(address)) return new URL(address).href;
    if (/^www\./i.test(address)) return new URL(`https://${address}`).href;
    return `mailto:${encodeURIComponent(address).replace("%40", "@")}`;
  } catch {
    return null;
  }
}
