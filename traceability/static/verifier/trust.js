/** Whom a verifier trusts, and the log as its list lets it be seen. */
import { openCheckpoint, parseCheckpoint } from "./checkpoint.js";
import { KeyRing } from "./keyring.js";
import { vkeyOf } from "./keys.js";
import { openNote, parseNote, parseVkey } from "./note.js";
import { isProblem, problem, problemOf } from "./refusals.js";
import { logKeys, rootNamedBy, verifyTrustList } from "./trust_list.js";

export const MISSING = "trust-list-missing";
export const CHECKPOINT_MISSING = "checkpoint-missing";
const NO_LIST = problem(MISSING, "There is no trust list at hand.");
const EXPIRED = problem("trust-list-expired", "The trust list has expired.");

/**
 * @typedef {object} Trust
 * @property {object|null} problem why there is no list
 * @property {import("./trust_list.js").TrustList|null} list
 * @property {string} token the list as it was signed; empty where there is none
 * @property {KeyRing} ring @property {string[]} origins @property {string[]} hosts
 * @property {string} firstSight the root key's id, where nobody vouched for it before
 */

/**
 * Return whom to trust for an origin: a pinned list decides whose root counts, a list that
 * was handed over may be newer. Without a pinned one, the first list is taken at its word,
 * unless it was only `offered` with what is checked.
 * @param {string} origin
 * @param {{pinned: string|null, told: string|null, offered?: boolean, now: number}} lists
 * @returns {Promise<Trust>}
 */
export async function trustFor(origin, { pinned, told, offered = false, now }) {
  const held = pinned ? await pinnedList(pinned, now) : null;
  if (isProblem(held)) return distrusting(held);
  if (offered && told && held !== null) return newestOf({ held, pinned, told, now });
  if (!told || offered || (held !== null && !held.linkOrigins.includes(origin))) return atHand(held, pinned, now);
  try {
    const root = held ? held.ring : rootNamedBy(told);
    const list = await verifyTrustList(told, root, { now, lastSeenVersion: held ? held.version : 0n });
    return trusting(list, told, held ? "" : root.kid);
  } catch (error) {
    return distrusting(problemOf(error));
  }
}

/** Return the trust in the newer of a pinned list and one that came with what is checked. */
async function newestOf({ held, pinned, told, now }) {
  try {
    const list = await verifyTrustList(told, held.ring, { now, acceptExpired: true });
    if (list.version > held.version) return atHand(list, told, now);
  } catch (error) {
    problemOf(error); // an offered list that does not count changes nothing
  }
  return atHand(held, pinned, now);
}

/**
 * Return the head a listed log key signed, or why it is not accepted. One that ended by
 * itself counts too where `ended` heads are asked for, a revoked one never.
 */
export async function readTree(note, trust, now, ended = false) {
  if (trust.list === null) return trust.problem ?? NO_LIST;
  if (!note) return problem(CHECKPOINT_MISSING, "No signed head of the log is at hand.");
  try {
    const { logOrigin } = trust.list;
    const keys = logKeys(trust.list, now, ended).map((key) => parseVkey(vkeyOf(logOrigin, key)));
    return await openCheckpoint(note, keys, logOrigin);
  } catch (error) {
    return problemOf(error);
  }
}

/** Return when the last key that signed a head ended, or `null` while one counts. */
export async function keyEnded(note, trust, now) {
  if (trust.list === null || !isProblem(await readTree(note, trust, now))) return null;
  const ends = [];
  for (const key of logKeys(trust.list, now, true)) {
    const signed = await signedBy(note, parseVkey(vkeyOf(trust.list.logOrigin, key)));
    if (signed && key.notAfter !== null) ends.push(key.notAfter);
  }
  return ends.length ? Math.max(...ends) : null;
}

async function signedBy(note, key) {
  try {
    await openNote(note, [key]);
    return true;
  } catch (error) {
    problemOf(error);
    return false;
  }
}

/** Return the head this verifier accepted and wrote down earlier, or why it cannot be read. */
export function recallTree(note) {
  try {
    return parseCheckpoint(parseNote(note).text);
  } catch (error) {
    return problemOf(error);
  }
}

async function pinnedList(token, now) {
  try {
    return await verifyTrustList(token, rootNamedBy(token), { now, acceptExpired: true });
  } catch (error) {
    return problemOf(error);
  }
}

/** Return the trust in a list that was handed over or kept; it may expire. */
function atHand(list, token, now) {
  if (list === null) return distrusting(NO_LIST);
  return now >= list.expires ? distrusting(EXPIRED) : trusting(list, token, "");
}

function trusting(list, token, firstSight) {
  const origins = list.linkOrigins;
  const hosts = origins.map((origin) => origin.replace(/^[a-z]+:\/\//, "").replace(/[/?#].*$/, ""));
  return { problem: null, list, token, ring: list.ring, origins, hosts, firstSight };
}

function distrusting(why) {
  return { problem: why, list: null, token: "", ring: new KeyRing([]), origins: [], hosts: [], firstSight: "" };
}
