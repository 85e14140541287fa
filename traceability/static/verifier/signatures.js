/** Verify Ed25519 and ES256 signatures: by WebCrypto where it can, else by what lies here. */
import * as noble from "../vendor/noble-ed25519/index.js";
import { concat, toNumber } from "./bytes.js";
import { P256_ORDER, verifyEs256 } from "./p256.js";
import { sha512 } from "./sha2.js";

/** The order L of Ed25519's base point (RFC 8032 5.1). */
export const ED25519_ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
export const EDDSA = "EdDSA";
export const ES256 = "ES256";
export const SIGNATURE_BYTES = 64;
const ECDSA = { name: "ECDSA", hash: "SHA-256" };
const P_256 = { name: "ECDSA", namedCurve: "P-256" };
let engine = null;

noble.hashes.sha512 = sha512;

/** Return whether a 64-byte signature's numbers lie inside the group. */
export function inRange(alg, signature) {
  const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];
  if (alg === EDDSA) return toNumber(s.slice().reverse()) < ED25519_ORDER;
  return [r, s].every((half) => toNumber(half) > 0n && toNumber(half) < P256_ORDER);
}

/**
 * Return whether a raw key (32 bytes, or x ‖ y) made a raw 64-byte signature.
 * @param {string} alg `EdDSA` or `ES256`: a property of the key, never of a token
 * @param {Uint8Array} raw @param {Uint8Array} message @param {Uint8Array} signature
 */
export async function verifies(alg, raw, message, signature) {
  if (signature.length !== SIGNATURE_BYTES || !inRange(alg, signature)) return false;
  engine ??= await engineOf(globalThis.crypto?.subtle);
  return engine[alg](raw, message, signature);
}

/** Forget how signatures are verified; the next one looks for WebCrypto again. */
export function forgetEngine() {
  engine = null;
}

/** Return what verifies here: WebCrypto for what it knows, code of ours for the rest. */
async function engineOf(subtle) {
  const found = { [EDDSA]: byNoble, [ES256]: verifyEs256 };
  if (subtle === undefined) return found;
  const byHash = (raw, message, signature) => byWebCrypto(subtle, P_256, ECDSA, concat(Uint8Array.of(4), raw), message, signature);
  const plain = (raw, message, signature) => byWebCrypto(subtle, "Ed25519", "Ed25519", raw, message, signature);
  if (await works(subtle, "Ed25519", BASE_ED25519)) found[EDDSA] = plain;
  if (await works(subtle, P_256, BASE_P256)) found[ES256] = byHash;
  return found;
}

const BASE_ED25519 = Uint8Array.of(0x58, ...Array(31).fill(0x66)); // RFC 8032 5.1
const BASE_P256 = Uint8Array.from(
  ("046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    + "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5").match(/../g),
  (pair) => parseInt(pair, 16),
);

async function works(subtle, algorithm, key) {
  try {
    await subtle.importKey("raw", key, algorithm, false, ["verify"]);
    return true;
  } catch {
    return false;
  }
}

async function byWebCrypto(subtle, kind, algorithm, raw, message, signature) {
  try {
    const key = await subtle.importKey("raw", raw, kind, false, ["verify"]);
    return await subtle.verify(algorithm, key, signature, message);
  } catch {
    return false; // no point of its curve
  }
}

function byNoble(raw, message, signature) {
  try {
    return noble.verify(signature, message, raw, { zip215: false });
  } catch {
    return false;
  }
}
