/** Bytes and the texts they travel as: UTF-8, hex, base64 in its two alphabets. */
import { Unreadable } from "./refusals.js";

const ENCODER = new TextEncoder();
const STANDARD = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map([...STANDARD].map((character, value) => [character, value]));
const PADDED = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Return a text as UTF-8. */
export function utf8(text) {
  return ENCODER.encode(text);
}

/** Return the text behind UTF-8. Throws `Unreadable` for anything else. */
export function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Unreadable("not UTF-8");
  }
}

/** Return whether a text holds no half of a surrogate pair. */
export function isWellFormed(text) {
  return !/[\ud800-\udfff]/u.test(text); // with the flag u, pairs are one character
}

/** Return how many characters a text has, astral ones counted once. */
export function lengthOf(text) {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** Return several byte strings as one. */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let place = 0;
  for (const one of parts) {
    whole.set(one, place);
    place += one.length;
  }
  return whole;
}

/** Return whether two byte strings are the same. */
export function same(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

/** Return lower-case hex. */
export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Return the bytes as one number, most significant first. */
export function toNumber(bytes) {
  return bytes.length ? BigInt(`0x${hex(bytes)}`) : 0n;
}

/** Return a number as so many bytes, most significant first. */
export function fromNumber(number, length) {
  const digits = number.toString(16).padStart(2 * length, "0");
  return Uint8Array.from({ length }, (_, place) => parseInt(digits.slice(2 * place, 2 * place + 2), 16));
}

/** Return base64 with padding. */
export function encodeBase64(bytes) {
  let text = "";
  for (let place = 0; place < bytes.length; place += 3) {
    const left = bytes.length - place;
    const group = (bytes[place] << 16) | ((bytes[place + 1] ?? 0) << 8) | (bytes[place + 2] ?? 0);
    text += STANDARD[group >> 18] + STANDARD[(group >> 12) & 63];
    text += left > 1 ? STANDARD[(group >> 6) & 63] : "=";
    text += left > 2 ? STANDARD[group & 63] : "=";
  }
  return text;
}

/** Return the bytes of base64 with padding; stray last bits pass. Throws `Unreadable`. */
export function decodeBase64(text) {
  if (typeof text !== "string" || !PADDED.test(text)) throw new Unreadable("not base64");
  return unpack(text.replace(/=+$/, ""));
}

/** Return the bytes of the one spelling of base64. Throws `Unreadable`. */
export function decodeCanonical(text) {
  const bytes = decodeBase64(text);
  if (encodeBase64(bytes) !== text) throw new Unreadable("not the canonical base64");
  return bytes;
}

/** Return base64url without padding (RFC 7515 2). */
export function encodeBase64url(bytes) {
  return encodeBase64(bytes).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_");
}

/** Return the bytes of base64url without padding; stray last bits pass. Throws `Unreadable`. */
export function unpackBase64url(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) throw new Unreadable("not base64url");
  return unpack(text.replaceAll("-", "+").replaceAll("_", "/"));
}

/** Return the bytes of the one spelling of base64url without padding. Throws `Unreadable`. */
export function decodeBase64url(text) {
  const bytes = unpackBase64url(text);
  if (encodeBase64url(bytes) !== text) throw new Unreadable("not the canonical base64url");
  return bytes;
}

function unpack(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let group = 0;
  let bits = 0;
  let place = 0;
  for (const character of text) {
    group = ((group << 6) | VALUES.get(character)) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[place] = (group >> bits) & 255;
      place += 1;
    }
  }
  return bytes;
}
