/**
 * Signed notes with Ed25519 keys, and cosignatures on them (C2SP signed-note, tlog-cosignature).
 *
 * A cosignature is over the text under a line that says when, and begins with that instant.
 */
import { concat, decodeBase64, decodeCanonical, encodeBase64, hex, isWellFormed, lengthOf, toNumber, utf8 } from "./bytes.js";
import { Refusal, Unreadable } from "./refusals.js";
import { sha256 } from "./sha2.js";
import { EDDSA, verifies } from "./signatures.js";
import { BLANK, hasBlank } from "./texts.js";

export const MAX_NOTE = 64 * 1024;
export const PLAIN = 1;
export const COSIGNATURE = 4;
const MAX_TIME = 2n ** 63n - 1n;
const MAX_SIGNATURES = 64;
const ID_BYTES = 4;
const CONTROL = /[\u0000-\u0009\u000b-\u001f]/;
const LINE = new RegExp(`^— ([^${BLANK}]+) ([A-Za-z0-9+/]+={0,2})$`);

/**
 * @typedef {{name: string, id: string, raw: Uint8Array, kind: number}} NoteKey `id` is four bytes in hex
 * @typedef {{name: string, id: string, signature: Uint8Array}} NoteSignature
 * @typedef {{text: string, signatures: NoteSignature[]}} Note
 */

/** Read `name+hash+key` of a kind of key. Throws `Refusal` "vkey-malformed". @returns {NoteKey} */
export function parseVkey(vkey, kind = PLAIN) {
  const [name, id = "", ...rest] = vkey.split("+");
  const encoded = rest.join("+");
  let data;
  try {
    data = decodeBase64(encoded);
  } catch (error) {
    if (error instanceof Unreadable) throw badVkey();
    throw error;
  }
  if (data[0] !== kind || data.length !== 33 || !isName(name)) throw badVkey();
  const raw = data.subarray(1);
  const hash = hex(sha256(concat(utf8(`${name}\n`), data)).subarray(0, ID_BYTES));
  if (id !== hash || encodeBase64(data) !== encoded) throw badVkey();
  return { name, id, raw, kind };
}

/** Split a signed note into text and signatures; verifies nothing. @returns {Note} */
export function parseNote(note) {
  if (note.length > MAX_NOTE && lengthOf(note) > MAX_NOTE) {
    throw new Refusal("note-too-large", "The note is too large.");
  }
  if (!isWellFormed(note)) throw malformed("The note is not UTF-8.");
  if (CONTROL.test(note)) throw malformed("The note holds a control character.");
  const split = note.lastIndexOf("\n\n");
  const tail = note.slice(split + 2);
  if (split < 1 || !tail.endsWith("\n")) throw malformed("The note has no signatures.");
  const lines = tail.slice(0, -1).split("\n");
  if (lines.length > MAX_SIGNATURES) {
    throw new Refusal("note-too-large", "The note has too many signatures.");
  }
  return { text: `${note.slice(0, split)}\n`, signatures: lines.map(parseLine) };
}

/** Return whether a key made a raw signature over a note's text. */
export async function signedBy(key, text, signature) {
  if (key.kind === PLAIN) return verifies(EDDSA, key.raw, utf8(text), signature);
  const at = timeOf(signature);
  if (at > MAX_TIME) return false;
  return verifies(EDDSA, key.raw, utf8(`cosignature/v1\ntime ${at}\n${text}`), signature.subarray(8));
}

/** Return the seconds since 1970 a raw cosignature begins with, unverified. */
export function timeOf(signature) {
  return toNumber(signature.subarray(0, 8));
}

/**
 * Return the note with the signatures that known keys made, each verified.
 *
 * Signatures of unknown keys are left out; one wrong signature of a known key refuses it.
 * @param {string} note @param {NoteKey[]} keys @returns {Promise<Note>}
 */
export async function openNote(note, keys) {
  const { text, signatures } = parseNote(note);
  const known = new Map(keys.map((key) => [`${key.name}+${key.id}`, key]));
  const verified = [];
  for (const one of signatures) {
    const key = known.get(`${one.name}+${one.id}`);
    if (key === undefined) continue;
    if (!(await signedBy(key, text, one.signature))) {
      throw new Refusal(
        "note-signature-invalid", "The signature of %(name)s on the note is wrong.", { name: one.name },
      );
    }
    verified.push(one);
  }
  if (!verified.length) throw new Refusal("note-unsigned", "No known key has signed the note.");
  return { text, signatures: verified };
}

function parseLine(line) {
  const found = LINE.exec(line);
  const bad = malformed("A signature line of the note cannot be read.");
  if (found === null || !isName(found[1])) throw bad;
  try {
    const data = decodeCanonical(found[2]);
    if (data.length <= ID_BYTES) throw bad;
    return { name: found[1], id: hex(data.subarray(0, ID_BYTES)), signature: data.subarray(ID_BYTES) };
  } catch (error) {
    throw error instanceof Unreadable ? bad : error;
  }
}

function isName(name) {
  return name !== "" && !name.includes("+") && !hasBlank(name);
}

function malformed(message) {
  return new Refusal("note-malformed", message);
}

function badVkey() {
  return new Refusal("vkey-malformed", "This is no verifier key of a log.");
}
