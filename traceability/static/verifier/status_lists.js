/** What status lists at hand say of the log's entries (W3C Bitstring Status List v1.0). */
import { decodeBase64url, lengthOf } from "./bytes.js";
import { instantText, parseInstant } from "./days.js";
import { CREDENTIAL_TYPE, readUnverified, verifyToken } from "./envelope.js";
import { gunzip, TooMuch } from "./inflate.js";
import { STATUS } from "./keys.js";
import { asText, each, member } from "./members.js";
import { isProblem, problem, problemOf, reading, Refusal, Unreadable } from "./refusals.js";
import { splitDid } from "./texts.js";

export const REVOCATION = "revocation"; // recalled or withdrawn, for good
export const SUSPENSION = "suspension"; // held, for the time being
export const EXPIRED = "status-list-expired";
const PURPOSES = [REVOCATION, SUSPENSION];
const SIZE = 131_072;
const BYTES = SIZE / 8;
const MOST = 32; // lists that are looked at
const MAX_TOKEN = 64 * 1024;
const CLOCK_SLACK = 5 * 60;
const NEVER_ENDS = 31 * 86_400; // longer than any list of ours is good for
const ID = /^(.*?)\/status\/(suspension|revocation)\/(0|[1-9][0-9]{0,11})$/s;
const NO_LIST = "This is no status list.";

/**
 * @typedef {object} StatusList
 * @property {string} key origin, purpose and number @property {string} purpose @property {string} origin
 * @property {string} issuer @property {number} validFrom @property {number} validUntil
 * @property {Uint8Array} bits @property {string} token
 *
 * @typedef {{lists: Map<string, StatusList>, problem: object|null}} AtHand
 */

/** Return the newest list of each address that counts, and why others do not. @returns {Promise<AtHand>} */
export async function openLists(tokens, trust, now) {
  const lists = new Map();
  let first = null;
  for (const token of tokens.slice(0, MOST)) {
    const found = await openList(token, trust, now);
    if (isProblem(found)) first ??= found;
    else if ((lists.get(found.key)?.validFrom ?? -Infinity) < found.validFrom) lists.set(found.key, found);
  }
  return { lists, problem: first };
}

/** Return the newest of what was seen before and what is told now. @returns {AtHand} */
export function together(seen, told) {
  const lists = new Map(seen.lists);
  for (const [key, one] of told.lists) {
    if ((lists.get(key)?.validFrom ?? -Infinity) <= one.validFrom) lists.set(key, one);
  }
  return { lists, problem: told.problem ?? seen.problem };
}

/** Return that a list told now is older than one seen before, or `null`. */
export function rolledBack(seen, told) {
  for (const [key, one] of told.lists) {
    const before = seen.lists.get(key);
    if (before !== undefined && one.validFrom < before.validFrom) {
      return problem(
        "status-list-rolled-back",
        "The status list of %(as_of)s is older than the one of %(seen)s that was seen before.",
        { as_of: instantText(one.validFrom), seen: instantText(before.validFrom) },
      );
    }
  }
  return null;
}

/** Return when the oldest list that speaks of some entries was made, if each is spoken of. */
export function asOf({ lists }, origin, indexes) {
  const found = indexes.flatMap((index) => PURPOSES.map((purpose) => lists.get(keyOf(origin, purpose, index))));
  if (!found.length || found.includes(undefined)) return null;
  return Math.min(...found.map((one) => one.validFrom));
}

/** Return a list that marks one of some entries of the log, or `null`. */
export function marking({ lists }, origin, purpose, indexes) {
  for (const index of indexes) {
    const found = lists.get(keyOf(origin, purpose, index));
    const position = Number(index % BigInt(SIZE));
    if (found !== undefined && found.bits[position >> 3] & (0x80 >> (position & 7))) return found;
  }
  return null;
}

async function openList(token, trust, now) {
  try {
    if (lengthOf(token) > MAX_TOKEN) {
      throw new Refusal("status-list-too-large", "The list is longer than %(n)d characters.", { n: MAX_TOKEN });
    }
    const { payload, kid } = readUnverified(token);
    const list = { ...readList(payload), token };
    const key = trust.ring.valid(kid, STATUS, list.validFrom, null);
    await verifyToken(token, CREDENTIAL_TYPE, key);
    return wrongIssuer(list, key.party, trust) ?? wrongTime(list, now) ?? list;
  } catch (error) {
    return problemOf(error);
  }
}

function wrongIssuer(list, party, trust) {
  const [host, path] = splitDid(party);
  const home = list.origin.slice(list.origin.indexOf("://") + 3);
  if (list.issuer === party && !path && home === host && trust.origins.includes(list.origin)) return null;
  return problem("status-list-issuer", "The list is another service's.");
}

function wrongTime(list, now) {
  if (list.validFrom > now + CLOCK_SLACK) {
    return problem("status-list-from-the-future", "The list is dated in the future.");
  }
  if (now < Math.min(list.validUntil, list.validFrom + NEVER_ENDS)) return null;
  return problem(
    EXPIRED,
    "The status list of %(as_of)s is too old to be used.",
    { as_of: instantText(list.validFrom) },
  );
}

function readList(payload) {
  const list = reading(() => partsOf(payload), "status-list-malformed", NO_LIST);
  const place = ID.exec(list.id);
  if (!list.typed || place === null) throw new Refusal("status-list-malformed", NO_LIST);
  const [, origin, purpose, number] = place;
  if (list.purpose !== purpose) {
    throw new Refusal("status-list-purpose", "The list's purpose is not that of its address.");
  }
  return { ...list, origin, key: `${origin} ${purpose} ${number}`, bits: bitsIn(list.encoded) };
}

function partsOf(payload) {
  const subject = member(payload, "credentialSubject");
  const typed = each(member(payload, "type")).includes("BitstringStatusListCredential")
    && member(subject, "type") === "BitstringStatusList";
  return {
    id: asText(member(payload, "id")),
    purpose: asText(member(subject, "statusPurpose")),
    typed,
    validFrom: parseInstant(member(payload, "validFrom")),
    validUntil: parseInstant(member(payload, "validUntil")),
    issuer: asText(member(payload, "issuer")),
    encoded: asText(member(subject, "encodedList")),
  };
}

function bitsIn(text) {
  if (!text.startsWith("u")) {
    throw new Refusal("status-list-encoding", "The list is not written in base64url.");
  }
  try {
    const bits = gunzip(decodeBase64url(text.slice(1)), BYTES);
    if (bits.length === BYTES) return bits;
  } catch (error) {
    if (error instanceof Unreadable) {
      throw new Refusal("status-list-encoding", "The list cannot be unpacked.");
    }
    if (!(error instanceof TooMuch)) throw error;
  }
  throw new Refusal("status-list-size", "The list does not hold %(n)d bits.", { n: SIZE });
}

function keyOf(origin, purpose, index) {
  return `${origin} ${purpose} ${index / BigInt(SIZE)}`;
}
