/** How long to wait before trying again. */

const CAP_MS = 30_000;

/**
 * Doubles with each failure in a row up to half a minute, spread by a quarter either way so that a
 * restart does not bring everybody back in the same instant.
 */
export function backoff(baseMs: number, failures: number, random: () => number = Math.random): number {
  const ms = Math.min(CAP_MS, baseMs * 2 ** Math.min(failures, 16));
  return Math.round(ms * (0.75 + 0.5 * random()));
}
