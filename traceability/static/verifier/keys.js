/** Public keys as values: what each may vouch for, and when. */
import { concat, decodeBase64url, encodeBase64, encodeBase64url, hex, utf8 } from "./bytes.js";
import { parseInstant } from "./days.js";
import { asObject, asText, asWhole, member, oneOf } from "./members.js";
import { isPoint } from "./p256.js";
import { Refusal, Unreadable } from "./refusals.js";
import { sha256 } from "./sha2.js";
import { EDDSA, ES256 } from "./signatures.js";

export const ROOT = "root";
export const RECORD = "record";
export const SEAL = "seal";
export const LOG = "log";
export const STATUS = "status";
const ROLES = [ROOT, RECORD, SEAL, LOG, STATUS, "serial", "scratch"];
const STATUSES = ["active", "retired", "revoked"];
const MEMBERS = { OKP: ["crv", "kty", "x"], EC: ["crv", "kty", "x", "y"] };

/**
 * @typedef {object} PublicKey
 * @property {string} kid @property {string} alg @property {string} role @property {string} party
 * @property {Uint8Array} raw 32 bytes (Ed25519) or 64 (P-256, x ‖ y)
 * @property {string} thumbprint RFC 7638
 * @property {number} notBefore seconds since 1970
 * @property {number|null} notAfter @property {bigint|null} revokedAt log index
 */

/**
 * Read a key's entry of a trust list. Throws `Refusal` "key-malformed" and `Unreadable`.
 * @returns {PublicKey}
 */
export function parseKey(value) {
  const jwk = parseJwk(asObject(member(value, "jwk")));
  const kid = asText(member(value, "kid"));
  const alg = asText(member(value, "alg"));
  if (alg !== jwk.alg || !kid.endsWith(`#${jwk.thumbprint}`)) {
    throw malformed("The key's id or algorithm is not that of its bytes.");
  }
  const notAfter = member(value, "not_after");
  const revokedAt = member(value, "revoked_at");
  const key = {
    ...jwk,
    kid,
    role: parseRole(member(value, "role")),
    party: asText(member(value, "party")),
    notBefore: parseInstant(member(value, "not_before")),
    notAfter: notAfter === null ? null : parseInstant(notAfter),
    revokedAt: revokedAt === null ? null : asWhole(revokedAt),
  };
  oneOf(STATUSES, member(value, "status"));
  return key;
}

/** Return a role that exists. Throws `Unreadable`. */
export function parseRole(value) {
  return oneOf(ROLES, value);
}

/** Return the four bytes, in hex, by which a seal names its key. */
export function keyId4(key) {
  return hex(sha256(key.raw).subarray(0, 4));
}

/** Return the verifier key of a C2SP signed note: `name+hash+base64`. */
export function vkeyOf(name, key) {
  const typed = concat(Uint8Array.of(1), key.raw); // 1: Ed25519
  const hash = sha256(concat(utf8(`${name}\n`), typed)).subarray(0, 4);
  return `${name}+${hex(hash)}+${encodeBase64(typed)}`;
}

function parseJwk(value) {
  const alg = algOf(value);
  const names = MEMBERS[value.kty];
  const given = Object.keys(value).sort();
  if (given.join() !== names.join() || !given.every((name) => typeof value[name] === "string")) {
    throw malformed("The key has not exactly the members it needs.");
  }
  const ordered = Object.fromEntries(names.map((name) => [name, value[name]]));
  const thumbprint = encodeBase64url(sha256(utf8(JSON.stringify(ordered))));
  return { alg, raw: rawOf(alg, value), thumbprint };
}

function algOf(value) {
  if (value.kty === "OKP" && value.crv === "Ed25519") return EDDSA;
  if (value.kty === "EC" && value.crv === "P-256") return ES256;
  throw malformed("The key is neither Ed25519 nor P-256.");
}

function rawOf(alg, jwk) {
  try {
    const raw = alg === EDDSA ? decodeBase64url(jwk.x) : concat(decodeBase64url(jwk.x), decodeBase64url(jwk.y));
    if (alg === EDDSA ? raw.length === 32 : isPoint(raw)) return raw;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
  }
  throw malformed("The public key is not a point of its curve.");
}

function malformed(message) {
  return new Refusal("key-malformed", message);
}
