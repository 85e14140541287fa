/** The seal: 83 signed bytes inside the QR, and the serials beside it. */
import { concat, fromNumber, hex, toNumber, utf8 } from "./bytes.js";
import { daysLater } from "./days.js";
import { Refusal } from "./refusals.js";
import { EDDSA, verifies } from "./signatures.js";
import { keyId4 } from "./keys.js";

export const FLAG_BEST_BEFORE = 1; // the expiry is a best-before date, not a use-by
const DIGITS = 200;
const BYTES = 83;
const HEAD = 19;
const MAX_STARS = 5;
const EPOCH = "2020-01-01";
const DOMAIN = utf8("traceability-seal-v1\0");
const BASE32 = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/**
 * @typedef {object} Seal
 * @property {string} keyId hex of four bytes
 * @property {string|null} productionDate @property {string|null} expiry
 * @property {number} stars @property {string|null} starsUntil @property {number} flags
 * @property {bigint} logIndex @property {Uint8Array} head @property {Uint8Array} signature
 */

/** Take the 200 digits apart; each malformation has a code of its own. @returns {Seal} */
export function parseSeal(digits) {
  const blob = blobOf(digits);
  const view = new DataView(blob.buffer);
  const [version, stars, flags] = [blob[0], blob[9], blob[12]];
  if (version !== 1) throw refused("version", "The seal is of version %(n)d.", { n: version });
  if (stars > MAX_STARS) throw refused("stars", "The seal speaks of %(n)d stars.", { n: stars });
  if (flags & ~FLAG_BEST_BEFORE) throw refused("flags", "The seal sets unknown flags.");
  return {
    keyId: hex(blob.subarray(1, 5)),
    productionDate: dayAfter(view.getUint16(5)),
    expiry: dayAfter(view.getUint16(7)),
    stars,
    starsUntil: dayAfter(view.getUint16(10)),
    flags,
    logIndex: toNumber(blob.subarray(13, HEAD)),
    head: blob.subarray(0, HEAD),
    signature: blob.subarray(HEAD),
  };
}

/**
 * Return the seal if a listed key made it for this link. Throws `Refusal`.
 * @param {string} digits @param {import("./digital_link.js").DigitalLink} link
 * @param {import("./keyring.js").KeyRing} ring
 * @param {bigint|null} loggedAt where the label's run is proven to stand in the log
 */
export async function verifiedSeal(digits, link, ring, loggedAt) {
  const seal = parseSeal(digits);
  const key = ring.sealKey(seal.keyId, loggedAt);
  const sealed = elementsOf(link);
  if (key.alg !== EDDSA || keyId4(key) !== seal.keyId) {
    throw refused("key", "The seal was made with another key.");
  }
  const message = concat(DOMAIN, utf8(sealed), seal.head);
  if (!(await verifies(EDDSA, key.raw, message, seal.signature))) {
    throw refused("signature", "The seal does not fit this label.");
  }
  return seal;
}

/** Return the index that a serial's first six characters write, or `null`. */
export function indexOfSerial(text) {
  const characters = [...text];
  if (characters.length !== 13 || !characters.every((one) => BASE32.includes(one))) return null;
  return characters.slice(0, 6).reduce((sum, one) => sum * 32n + BigInt(BASE32.indexOf(one)), 0n);
}

/** Return what a seal on this link must be made for: `(01)…(10)…` and, for one label, `(21)…`. */
function elementsOf(link) {
  for (const value of [link.lot ?? "", ...(link.serial === null ? [] : [link.serial])]) {
    if (!/^[0-9A-Z-]{1,20}$/.test(value)) {
      throw refused("scope", "Only digits, A to Z and the hyphen can be sealed: %(value)s.", { value });
    }
  }
  const serial = link.serial === null ? "" : `(21)${link.serial}`;
  return `${link.product}(10)${link.lot}${serial}`;
}

function blobOf(digits) {
  if (!/^[0-9]*$/.test(digits.slice(0, DIGITS))) {
    throw refused("not-digits", "The seal may hold digits only.");
  }
  if (digits.length < DIGITS) throw refused("length", "The seal is cut short.");
  if (digits.length > DIGITS) throw refused("trailing", "Something follows the seal.");
  const number = BigInt(digits);
  if (number >> BigInt(8 * BYTES)) throw refused("overflow", "The seal's number is too large.");
  return fromNumber(number, BYTES);
}

function dayAfter(days) {
  return days ? daysLater(EPOCH, days) : null;
}

function refused(what, message, params) {
  return new Refusal(`seal-${what}`, message, params);
}
