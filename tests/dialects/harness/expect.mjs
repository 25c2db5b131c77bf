// Exact comparison in which a function stands for a value that it accepts.
import assert from "node:assert/strict";

export const TIME = (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value);
export const ID = (value) => Number.isInteger(value) && value > 0;
export const TEXT = (value) => typeof value === "string" && value.length > 0;
export const LIST = Array.isArray;
export const ANYTHING = (value) => value !== undefined;
export const orNull = (accepts) => (value) => value === null || accepts(value);

/** Fails unless `actual` has the very keys and values of `expected`. */
export function same(actual, expected, message) {
  assert.deepEqual(actual, filled(actual, expected), message);
}

/** Fails unless each field of `expected` is there; others may be. */
export function includes(actual, expected, message) {
  const picked = Object.fromEntries(Object.keys(expected).map((key) => [key, actual?.[key]]));
  same(picked, expected, message ?? `in ${JSON.stringify(actual)}`);
}

function filled(actual, expected) {
  if (typeof expected === "function") return expected(actual) ? actual : `what ${expected.name || expected} accepts`;
  if (Array.isArray(expected)) return expected.map((each, at) => filled(actual?.[at], each));
  if (expected === null || typeof expected !== "object") return expected;
  return Object.fromEntries(Object.entries(expected).map(([key, value]) => [key, filled(actual?.[key], value)]));
}
