// Read the log's tiles as they are served (C2SP tlog-tiles); the core proves them.

import { LISTS_MISSING } from "./core.js";
import { askBytes } from "./network.js";

const WIDTH = 256; // entries of one full tile
const MOST_TILES = 64; // so many are waited for: 16,384 entries

/** Return how many entries a checkpoint speaks of; 0 where it is none. */
export function sizeOf(checkpoint) {
  const line = checkpoint.split("\n")[1] ?? "";
  const size = /^(0|[1-9][0-9]{0,15})$/.test(line) ? Number(line) : 0;
  return Number.isSafeInteger(size) ? size : 0;
}

/** Return a bundle's address below the log: groups of three digits, `x` before all but the last. */
export function bundlePath(index, width) {
  const digits = String(index);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, "0");
  const groups = padded.match(/[0-9]{3}/g);
  const path = groups.map((one, at) => (at < groups.length - 1 ? `x${one}` : one));
  const part = width < WIDTH ? `.p/${width}` : "";
  return `/log/tile/entries/${path.join("/")}${part}`;
}

/**
 * Return the entries after a lot's first record as base64. Null where they are too many:
 * status lists tell then of recalls, and it is a problem where none came along.
 */
export async function laterLeaves(document) {
  const { checkpoint, records, status } = document;
  const size = typeof checkpoint === "string" ? sizeOf(checkpoint) : 0;
  const indexes = (Array.isArray(records) ? records : [])
    .map((one) => one?.log_index)
    .filter((one) => Number.isSafeInteger(one) && one >= 0);
  if (size === 0 || indexes.length === 0) return null;
  const begin = Math.min(...indexes) + 1;
  if (begin >= size) return [];
  const first = Math.floor(begin / WIDTH);
  const last = Math.floor((size - 1) / WIDTH);
  if (last - first >= MOST_TILES) return status?.length ? null : LISTS_MISSING;
  const leaves = [];
  for (let index = first; index <= last; index += 1) {
    const width = Math.min(WIDTH, size - index * WIDTH);
    const bytes = await askBytes(bundlePath(index, width));
    leaves.push(...entriesOf(bytes).slice(0, width));
  }
  return leaves.slice(begin - first * WIDTH).map(base64);
}

/** Take a bundle apart: each entry stands behind its length in two bytes. */
export function entriesOf(bytes) {
  const entries = [];
  let at = 0;
  while (at + 2 <= bytes.length) {
    const end = at + 2 + ((bytes[at] << 8) | bytes[at + 1]);
    if (end > bytes.length) break;
    entries.push(bytes.subarray(at + 2, end));
    at = end;
  }
  return entries;
}

function base64(bytes) {
  let text = "";
  for (const one of bytes) text += String.fromCharCode(one);
  return btoa(text);
}
