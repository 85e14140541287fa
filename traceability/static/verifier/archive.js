/** A zip file, read as if it came from an enemy: limits are checked before anything unfolds. */
import { same, textOf, utf8 } from "./bytes.js";
import { crc32, inflate, TooMuch } from "./inflate.js";
import { Refusal, Unreadable } from "./refusals.js";

export const MAX_BYTES = 16 * 1024 * 1024; // of the zip
const MAX_FILES = 8192;
const MAX_TOTAL = 48 * 1024 * 1024; // of all files unfolded
const MAX_RATIO = 100; // unfolded to packed, for files that are not small
const SMALL = 256 * 1024;
const [LOCAL, ENTRY, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const [LOCAL_BYTES, ENTRY_BYTES, END_BYTES] = [30, 46, 22];
const [STORED, DEFLATED] = [0, 8];
const ENCRYPTED = 0x1 | 0x40 | 0x2000;
const STREAMED = 0x8; // sizes follow the data: such files cannot be laid out beforehand
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:\/[A-Za-z0-9][A-Za-z0-9._-]{0,99})?$/;

/** Return whether bytes begin as a zip does. */
export function isArchive(bytes) {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/** Return the refusal of a bundle of which some part cannot be read. */
export function malformed(part = "zip") {
  return new Refusal(
    "bundle-malformed", "This is no evidence bundle, or it is damaged: %(part)s.", { part },
  );
}

/**
 * Return the texts of a zip's files by name. Only the plainest layout passes: files without
 * gaps between them, then the directory, then its end; stored or deflated. Throws `Refusal`.
 * @param {Uint8Array} data
 * @returns {Map<string, string>}
 */
export function unpack(data) {
  if (data.length > MAX_BYTES) throw tooLarge();
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const { entries, directory } = directoryOf(data, view);
  checkNames(entries);
  entries.forEach(checkKind);
  checkSizes(entries);
  const ends = [...entries.map((one) => one.offset), directory];
  if (ends[0] !== 0) throw stray();
  return new Map(entries.map((one, place) => {
    const begin = dataOf(data, view, one, ends[place + 1]);
    return [one.name, textIn(one.name, unfold(data, begin, one))];
  }));
}

function directoryOf(data, view) {
  if (data.length < 4 || view.getUint32(0, true) !== LOCAL) {
    if (holdsMagic(data)) throw stray();
    throw malformed();
  }
  const begin = lastEnd(data, view);
  const [disk, firstDisk, here, count] = [4, 6, 8, 10].map((at) => view.getUint16(begin + at, true));
  const [size, directory] = [12, 16].map((at) => view.getUint32(begin + at, true));
  if (disk || firstDisk || here !== count || view.getUint16(begin + 20, true)) throw malformed();
  if (directory + size !== begin) throw stray();
  if (count > MAX_FILES) throw tooLarge();
  const entries = [];
  let place = directory;
  while (place < begin) {
    const entry = entryAt(data, view, place, begin);
    entries.push(entry);
    place = entry.next;
  }
  if (place !== begin || entries.length !== count) throw malformed();
  return { entries: entries.sort((one, other) => one.offset - other.offset), directory };
}

function holdsMagic(data) {
  const near = data.subarray(0, 65_536);
  return near.some((byte, at) => byte === 0x50 && near[at + 1] === 0x4b && near[at + 2] === 3 && near[at + 3] === 4);
}

/** Return where the zip's end begins; it must end the bytes. */
function lastEnd(data, view) {
  for (let at = data.length - 4; at >= 0; at -= 1) {
    if (view.getUint32(at, true) !== END) continue;
    if (at + END_BYTES > data.length) throw malformed();
    if (at + END_BYTES !== data.length) throw stray();
    return at;
  }
  throw malformed();
}

function entryAt(data, view, place, end) {
  if (place + ENTRY_BYTES > end || view.getUint32(place, true) !== ENTRY) throw malformed();
  const short = (at) => view.getUint16(place + at, true);
  const long = (at) => view.getUint32(place + at, true);
  const [named, extra, note] = [short(28), short(30), short(32)];
  const next = place + ENTRY_BYTES + named + extra + note;
  if (next > end || (short(6) & 0xff) > 63) throw malformed();
  const rawName = data.subarray(place + ENTRY_BYTES, place + ENTRY_BYTES + named);
  checkExtra(view, place + ENTRY_BYTES + named, extra);
  return {
    flags: short(8),
    method: short(10),
    crc: long(16),
    packed: long(20),
    size: long(24),
    mode: long(38) >>> 16,
    offset: long(42),
    rawName,
    name: nameIn(rawName, short(8)),
    next,
  };
}

function checkExtra(view, begin, length) {
  let place = begin;
  while (begin + length - place >= 4) {
    place += 4 + view.getUint16(place + 2, true);
    if (place > begin + length) throw malformed();
  }
}

/** Return a file's name; what is not ASCII is none of ours, however it is meant. */
function nameIn(raw, flags) {
  try {
    return flags & 0x800 ? textOf(raw) : Array.from(raw, (byte) => String.fromCharCode(byte)).join("");
  } catch (error) {
    if (error instanceof Unreadable) throw malformed();
    throw error;
  }
}

function checkNames(entries) {
  const seen = new Set();
  for (const { name } of entries) {
    if (name.endsWith("/")) throw link(name);
    if (!NAME.test(name) || name.includes("..")) {
      throw new Refusal(
        "bundle-name-unsafe",
        "The bundle holds a file with an unsafe name: %(name)s.",
        { name: JSON.stringify(name.slice(0, 200)) },
      );
    }
    if (seen.has(name.toLowerCase())) { // some systems tell no small letters from capitals
      throw new Refusal("bundle-name-twice", "%(name)s stands twice.", { name });
    }
    seen.add(name.toLowerCase());
  }
}

function checkKind({ name, mode, flags, method }) {
  if (![0, 0o100000].includes(mode & 0o170000)) throw link(name);
  if (flags & ENCRYPTED) throw new Refusal("bundle-encrypted", "%(name)s is encrypted.", { name });
  if (/\.(?:zip|gz|tar|7z)$/i.test(name)) throw nested(name);
  if (![STORED, DEFLATED].includes(method) || flags & STREAMED) throw malformed(name);
}

function checkSizes(entries) {
  for (const { name, size, packed } of entries) {
    if (size > SMALL && size > MAX_RATIO * Math.max(packed, 1)) {
      throw new Refusal("bundle-ratio", "%(name)s unfolds to more than anybody opens.", { name });
    }
  }
  if (entries.reduce((sum, one) => sum + one.size, 0) > MAX_TOTAL) throw tooLarge();
}

/** Return where a file's data begins: right after its head, and right before `end`. */
function dataOf(data, view, entry, end) {
  const begin = entry.offset;
  if (begin + LOCAL_BYTES > data.length || view.getUint32(begin, true) !== LOCAL) throw malformed();
  const [packed, size] = [18, 22].map((at) => view.getUint32(begin + at, true));
  const [named, extra] = [26, 28].map((at) => view.getUint16(begin + at, true));
  const start = begin + LOCAL_BYTES + named + extra;
  if (start + entry.packed !== end) throw stray();
  const name = data.subarray(begin + LOCAL_BYTES, begin + LOCAL_BYTES + named);
  if (!same(name, entry.rawName) || packed !== entry.packed || size !== entry.size) throw malformed();
  return start;
}

function unfold(data, begin, { name, method, packed, size, crc }) {
  const raw = data.subarray(begin, begin + packed);
  const body = method === STORED ? raw : inflated(raw, name, size);
  if (body.length !== size || crc32(body) !== crc) throw malformed(name);
  return body;
}

function inflated(raw, name, size) {
  try {
    const { bytes, end } = inflate(raw, size);
    if (end === raw.length) return bytes;
  } catch (error) {
    if (!(error instanceof TooMuch || error instanceof Unreadable)) throw error;
  }
  throw malformed(name);
}

function textIn(name, body) {
  const zip = body.length >= 4 && same(body.subarray(0, 4), utf8("PK\u0003\u0004"));
  if (zip || (body[0] === 0x1f && body[1] === 0x8b)) throw nested(name);
  try {
    return textOf(body);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    throw new Refusal("bundle-not-utf8", "%(name)s is not UTF-8 text.", { name });
  }
}

function tooLarge() {
  return new Refusal("bundle-too-large", "The bundle is larger than any honest one.");
}

function stray() {
  return new Refusal(
    "bundle-trailing-bytes", "There are bytes in the bundle that belong to none of its files.",
  );
}

function link(name) {
  return new Refusal("bundle-link", "%(name)s is not a plain file.", { name: name.slice(0, 200) });
}

function nested(name) {
  return new Refusal("bundle-nested", "%(name)s is an archive itself.", { name });
}
