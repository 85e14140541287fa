/** Checkpoints, and the text that proves one entry under one (C2SP tlog-checkpoint, -proof). */
import { decodeCanonical, lengthOf } from "./bytes.js";
import { openNote } from "./note.js";
import { Refusal, Unreadable } from "./refusals.js";

export const HASH_BYTES = 32;
export const PROOF_HEADER = "c2sp.org/tlog-proof@v1";
const MAX_SIZE = 2n ** 63n - 1n;
const MAX_PROOF_BYTES = 256 * 1024;
const MAX_HASHES = 63;
const SIZE = /^(?:0|[1-9][0-9]{0,18})$/;
const INDEX = /^index (0|[1-9][0-9]{0,18})$/;

/** @typedef {{origin: string, size: bigint, root: Uint8Array}} Checkpoint */

/** Read a note's text; extension lines are allowed and ignored. @returns {Checkpoint} */
export function parseCheckpoint(text) {
  const lines = text.replace(/\n$/, "").split("\n");
  if (!text.endsWith("\n") || lines.length < 3 || lines.includes("")) {
    throw malformed("The note is no checkpoint.");
  }
  const [origin, size, root] = lines;
  if (!SIZE.test(size) || BigInt(size) > MAX_SIZE) {
    throw malformed("The checkpoint's tree size cannot be read.");
  }
  return { origin, size: BigInt(size), root: parseHash(root) };
}

/**
 * Return what a known key of this log signed.
 * @param {string} note @param {import("./note.js").NoteKey[]} keys @param {string} origin
 */
export async function openCheckpoint(note, keys, origin) {
  const checkpoint = parseCheckpoint((await openNote(note, keys)).text);
  if (checkpoint.origin !== origin) {
    throw new Refusal(
      "checkpoint-origin",
      "The checkpoint is of the log %(found)s, not %(expected)s.",
      { found: checkpoint.origin, expected: origin },
    );
  }
  return checkpoint;
}

/**
 * Read a proof; verifies nothing. Throws `Refusal` "proof-malformed".
 * @returns {{index: bigint, hashes: Uint8Array[], checkpoint: string, extra: Uint8Array|null}}
 */
export function parseProof(text) {
  if (lengthOf(text) > MAX_PROOF_BYTES) throw badProof("The proof is too large.");
  const split = text.indexOf("\n\n");
  const lines = (split < 0 ? text : text.slice(0, split)).split("\n");
  if (split < 0 || lines.shift() !== PROOF_HEADER || !lines.length) throw badProof();
  try {
    const extra = lines[0].startsWith("extra ") ? decodeCanonical(lines.shift().slice(6)) : null;
    const found = lines.length ? INDEX.exec(lines.shift()) : null;
    if (found === null || lines.length > MAX_HASHES) throw badProof();
    return { index: BigInt(found[1]), hashes: lines.map(hashIn), checkpoint: text.slice(split + 2), extra };
  } catch (error) {
    throw error instanceof Unreadable ? badProof() : error;
  }
}

function parseHash(encoded) {
  try {
    return hashIn(encoded);
  } catch (error) {
    if (error instanceof Unreadable) throw malformed("A hash of the log cannot be read.");
    throw error;
  }
}

function hashIn(encoded) {
  const data = decodeCanonical(encoded);
  if (data.length !== HASH_BYTES) throw new Unreadable("no hash");
  return data;
}

function malformed(message) {
  return new Refusal("checkpoint-malformed", message);
}

function badProof(message = "This is no proof of a log.") {
  return new Refusal("proof-malformed", message);
}
