/** Contrast by WCAG 2.2, so that any accent colour can be read. */

type Rgb = [number, number, number];

const HEX = /^#([0-9a-f]{3}|[0-9a-f]{6})$/i;

/** `#abc` or `#aabbcc`; `null` for anything else. */
export function parseHex(colour: string): Rgb | null {
  if (!HEX.test(colour)) return null;
  const digits = colour.length === 4 ? colour.replace(/[0-9a-f]/gi, "$&$&") : colour;
  return [1, 3, 5].map((i) => parseInt(digits.slice(i, i + 2), 16)) as Rgb;
}

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

const WHITE: Rgb = [255, 255, 255];
const BLACK: Rgb = [0, 0, 0];

/** White or black, whichever is easier to read on `colour`: never below 4.58 to 1. */
export function inkOn(colour: string): string {
  const rgb = parseHex(colour);
  return rgb && contrast(rgb, WHITE) < contrast(rgb, BLACK) ? "#000000" : "#ffffff";
}

/** `colour`, moved towards black or white until it has `ratio` against `surface`. */
export function readableOn(colour: string, surface: string, ratio = 4.5): string {
  const rgb = parseHex(colour);
  const ground = parseHex(surface);
  if (!rgb || !ground) return colour;
  const target = luminance(ground) > 0.18 ? 0 : 255;
  for (let share = 0; share <= 1; share += 0.05) {
    const mixed = rgb.map((value) => Math.round(value + (target - value) * share)) as Rgb;
    if (contrast(mixed, ground) >= ratio) return toHex(mixed);
  }
  return target ? "#ffffff" : "#000000";
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, "0")).join("")}`;
}
