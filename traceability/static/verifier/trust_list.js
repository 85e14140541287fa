/** The trust list: whose keys count for what, signed by the root key; one root hands over. */
import { asList, asObject, asText, asWhole, each, member, optional } from "./members.js";
import { parseInstant } from "./days.js";
import { readUnverified, verifyToken } from "./envelope.js";
import { KeyRing } from "./keyring.js";
import { LOG, parseKey, parseRole, ROOT } from "./keys.js";
import { reading, Refusal, Unreadable } from "./refusals.js";

export const TRUST_LIST_TYPE = "trust-list+jwt";
export const HANDOVER_TYPE = "root-handover+jwt";
const MAX_HANDOVERS = 64;
const CLOCK_SKEW = 5 * 60;

/**
 * @typedef {object} TrustList
 * @property {bigint} version @property {number} issued @property {number} expires
 * @property {string} issuer @property {string[]} linkOrigins @property {string} logOrigin
 * @property {{id: string, name: string}[]} parties @property {KeyRing} ring
 */

/**
 * Return the list if a root key signed it and it is not a step back.
 * @param {string} token
 * @param {import("./keys.js").PublicKey|KeyRing} root one pinned key, or the ring trusted so far
 * @param {{now: number, lastSeenVersion?: bigint, acceptExpired?: boolean}} how
 * @returns {Promise<TrustList>}
 */
export async function verifyTrustList(token, root, { now, lastSeenVersion = 0n, acceptExpired = false }) {
  const signer = await signingRoot(readUnverified(token), root, now);
  const list = parseTrustList(await verifyToken(token, TRUST_LIST_TYPE, signer));
  if (list.version < lastSeenVersion) {
    throw new Refusal(
      "trust-list-older",
      "Version %(version)d of the trust list is older than %(seen)d.",
      { version: list.version, seen: lastSeenVersion },
    );
  }
  if (list.issued > now + CLOCK_SKEW) {
    throw new Refusal("trust-list-not-yet-valid", "The trust list is dated in the future.");
  }
  if (now >= list.expires && !acceptExpired) {
    throw new Refusal("trust-list-expired", "The trust list has expired.");
  }
  return list;
}

/** Return the root key a list names for itself: trust on first use, no more. */
export function rootNamedBy(token) {
  const envelope = readUnverified(token);
  const key = parseTrustList(envelope.payload).ring.key(envelope.kid);
  if (key.role !== ROOT) {
    throw new Refusal("key-unknown", "No trusted list names the key %(kid)s.", { kid: key.kid });
  }
  return key;
}

/** Read the decoded JSON; members we do not know are ignored. @returns {TrustList} */
export function parseTrustList(value) {
  const { keys, ...list } = reading(() => readList(value), "trust-list-malformed", "This is not a trust list.");
  return { ...list, ring: new KeyRing(keys) };
}

/** Return the log's keys that count now, newest first. */
export function logKeys(list, now, ended = false) {
  return [...list.ring.keys].reverse().filter(
    (key) => key.role === LOG && key.revokedAt === null && key.notBefore <= now
      && (ended || key.notAfter === null || now < key.notAfter),
  );
}

function readList(value) {
  const log = member(value, "log");
  return {
    version: asWhole(member(value, "version")),
    issued: parseInstant(member(value, "issued")),
    expires: parseInstant(member(value, "expires")),
    issuer: asText(member(value, "issuer")),
    linkOrigins: asList(member(value, "link_origins")).map(asText),
    logOrigin: asText(member(log, "origin")),
    logVkey: asText(member(log, "vkey")),
    parties: asList(member(value, "parties")).map(
      (one) => ({ id: asText(member(one, "id")), name: asText(member(one, "name")) }),
    ),
    keys: asList(member(value, "keys")).map(parseKey),
    macKeys: asList(member(value, "mac_keys")).map(readMacKey),
    handovers: parseHandovers(value),
  };
}

function readMacKey(value) {
  asText(member(value, "key_id"));
  parseRole(member(value, "role"));
  return parseInstant(member(value, "not_before"));
}

function parseHandovers(value) {
  const tokens = asList(optional(value, "handovers", []));
  if (tokens.length > MAX_HANDOVERS) throw new Unreadable("more hand-overs than a list holds");
  return tokens.map(asText);
}

/** Return the root to verify a list with: the pinned one, or one handed over to. */
async function signingRoot({ kid, payload }, root, now) {
  const pinned = root instanceof KeyRing ? root : new KeyRing([root]);
  const ring = pinned.knows(kid) ? pinned : await withHeirs(pinned, payload, now);
  if (!(root instanceof KeyRing) && (kid === root.kid || !ring.knows(kid))) return root;
  return ring.valid(kid, ROOT, now, null);
}

/** Return the ring with the roots its own roots handed over to, one by one. */
async function withHeirs(pinned, payload, now) {
  let ring = pinned;
  let handovers;
  try {
    handovers = parseHandovers(payload);
  } catch (error) {
    if (error instanceof Unreadable) return pinned;
    throw error;
  }
  for (const token of each(handovers)) {
    try {
      ring = new KeyRing([...ring.keys, await heirOf(token, ring, payload.issuer, now)]);
    } catch (error) {
      if (!(error instanceof Refusal || error instanceof Unreadable)) throw error;
    }
  }
  return ring;
}

async function heirOf(token, ring, issuer, now) {
  const elder = ring.valid(readUnverified(token).kid, ROOT, now, null);
  const payload = await verifyToken(token, HANDOVER_TYPE, elder);
  parseInstant(member(payload, "issued")); // told, not believed: a thief writes any date
  const heir = parseKey(asObject(member(payload, "root")));
  const parties = [issuer, member(payload, "issuer"), elder.party, heir.party];
  if (parties.some((one) => one !== heir.party) || heir.kid !== `${heir.party}#${heir.thumbprint}`) {
    throw new Unreadable("a root of another service");
  }
  return new KeyRing([heir]).valid(heir.kid, ROOT, now, null);
}
