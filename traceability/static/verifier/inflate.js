/** Unpack DEFLATE and GZIP (RFC 1951, 1952) within a limit, to the last bit of what was packed. */
import { Unreadable } from "./refusals.js";

const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const LENGTHS = steps(3, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5]);
const DISTANCES = steps(1, [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]);
const LONGEST = { base: 258, extra: 0 };
const MAX_BITS = 15;
const TABLE = crcTable();

/** The packed bytes unfold to more than the limit. */
export class TooMuch extends Error {}

/**
 * Return what DEFLATE data unfolds to, and where it ends. Throws `Unreadable`, `TooMuch`.
 * @param {Uint8Array} data @param {number} limit in bytes @param {number} [start]
 * @returns {{bytes: Uint8Array, end: number}}
 */
export function inflate(data, limit, start = 0) {
  const input = new Bits(data, start);
  const out = new Output(limit);
  let last = false;
  while (!last) {
    last = input.take(1) === 1;
    const kind = input.take(2);
    if (kind === 0) stored(input, out);
    else if (kind === 1) coded(input, out, FIXED_LITERALS, FIXED_DISTANCES);
    else if (kind === 2) coded(input, out, ...dynamicCodes(input));
    else throw broken();
  }
  return { bytes: out.whole(), end: input.place };
}

/** Return what one GZIP member unfolds to; nothing may follow. Throws `Unreadable`, `TooMuch`. */
export function gunzip(data, limit) {
  const { bytes, end } = inflate(data, limit, headerEnd(data));
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (end + 8 !== data.length) throw broken();
  if (view.getUint32(end, true) !== crc32(bytes) || view.getUint32(end + 4, true) !== bytes.length) throw broken();
  return bytes;
}

/** Return the CRC-32 of bytes (ISO 3309). */
export function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

/** The bits of a byte string, the lowest of each byte first. */
class Bits {
  constructor(data, place) {
    this.data = data;
    this.place = place;
    this.buffer = 0;
    this.count = 0;
  }

  take(wanted) {
    while (this.count < wanted) {
      if (this.place >= this.data.length) throw broken();
      this.buffer |= this.data[this.place] << this.count;
      this.place += 1;
      this.count += 8;
    }
    const found = this.buffer & ((1 << wanted) - 1);
    this.buffer >>>= wanted;
    this.count -= wanted;
    return found;
  }

  /** Return the next symbol of a code, reading bit by bit. */
  symbol(code) {
    let [value, first, index] = [0, 0, 0];
    for (let length = 1; length <= MAX_BITS; length += 1) {
      value |= this.take(1);
      const count = code.counts[length];
      if (value - count < first) return code.symbols[index + (value - first)];
      index += count;
      first = (first + count) << 1;
      value <<= 1;
    }
    throw broken();
  }

  align() {
    this.buffer = 0;
    this.count = 0;
  }
}

/** Bytes that grow as they come, up to a limit. */
class Output {
  constructor(limit) {
    this.limit = limit;
    this.bytes = new Uint8Array(Math.min(limit, 65_536));
    this.length = 0;
  }

  push(byte) {
    if (this.length === this.bytes.length) this.grow();
    this.bytes[this.length] = byte;
    this.length += 1;
  }

  copy(distance, length) {
    if (distance > this.length) throw broken();
    for (let count = 0; count < length; count += 1) this.push(this.bytes[this.length - distance]);
  }

  grow() {
    if (this.length >= this.limit) throw new TooMuch("more than the limit");
    const larger = new Uint8Array(Math.min(this.limit, 2 * this.length));
    larger.set(this.bytes);
    this.bytes = larger;
  }

  whole() {
    return this.bytes.slice(0, this.length);
  }
}

const FIXED_LITERALS = codeOf(Array.from({ length: 288 }, (_, symbol) => {
  if (symbol < 144) return 8;
  if (symbol < 256) return 9;
  return symbol < 280 ? 7 : 8;
}));
const FIXED_DISTANCES = codeOf(Array(32).fill(5)); // the last two stand for nothing

function stored(input, out) {
  input.align();
  const length = input.take(8) | (input.take(8) << 8);
  const inverse = input.take(8) | (input.take(8) << 8);
  if ((length ^ inverse) !== 0xffff) throw broken();
  for (let count = 0; count < length; count += 1) out.push(input.take(8));
}

function coded(input, out, literals, distances) {
  for (;;) {
    const symbol = input.symbol(literals);
    if (symbol === 256) return;
    if (symbol < 256) {
      out.push(symbol);
      continue;
    }
    const length = symbol === 285 ? LONGEST : LENGTHS[symbol - 257];
    if (length === undefined) throw broken();
    const run = length.base + input.take(length.extra);
    const distance = DISTANCES[input.symbol(distances)];
    if (distance === undefined) throw broken();
    out.copy(distance.base + input.take(distance.extra), run);
  }
}

function dynamicCodes(input) {
  const [literals, distances, meta] = [input.take(5) + 257, input.take(5) + 1, input.take(4) + 4];
  if (literals > 286 || distances > 30) throw broken();
  const metaLengths = Array(19).fill(0);
  for (const symbol of ORDER.slice(0, meta)) metaLengths[symbol] = input.take(3);
  const lengths = lengthsOf(input, codeOf(metaLengths), literals + distances);
  if (lengths[256] === 0) throw broken();
  return [codeOf(lengths.slice(0, literals), true), codeOf(lengths.slice(literals), true)];
}

function lengthsOf(input, code, wanted) {
  const lengths = [];
  while (lengths.length < wanted) {
    const symbol = input.symbol(code);
    if (symbol < 16) {
      lengths.push(symbol);
      continue;
    }
    const again = symbol === 16 ? lengths.at(-1) : 0;
    if (again === undefined) throw broken();
    const [least, bits] = { 16: [3, 2], 17: [3, 3], 18: [11, 7] }[symbol];
    for (let count = least + input.take(bits); count > 0; count -= 1) lengths.push(again);
  }
  if (lengths.length > wanted) throw broken();
  return lengths;
}

/** Return a canonical code; one that leaves room passes only where no word has two bits. */
function codeOf(lengths, sparse = false) {
  const counts = Array(MAX_BITS + 1).fill(0);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  let left = 1;
  for (const count of counts.slice(1)) left = 2 * left - count;
  const roomy = sparse && counts.every((count, length) => length < 2 || count === 0);
  if (left < 0 || (left > 0 && !roomy)) throw broken();
  const symbols = [...lengths.keys()].filter((symbol) => lengths[symbol])
    .sort((one, other) => lengths[one] - lengths[other] || one - other);
  return { counts, symbols };
}

function headerEnd(data) {
  const flags = data[3];
  if (data.length < 18 || data[0] !== 0x1f || data[1] !== 0x8b || data[2] !== 8 || flags & 0xe0) throw broken();
  let place = 10;
  if (flags & 4) place += 2 + (data[place] | (data[place + 1] << 8));
  for (const bit of [8, 16]) {
    if (flags & bit) place = data.indexOf(0, place) + 1 || data.length;
  }
  return place + (flags & 2 ? 2 : 0);
}

function steps(from, extras) {
  let base = from;
  return extras.map((extra) => {
    const step = { base, extra };
    base += 1 << extra;
    return step;
  });
}

function crcTable() {
  return Uint32Array.from({ length: 256 }, (_, start) => {
    let crc = start;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
    return crc;
  });
}

function broken() {
  return new Unreadable("the packed bytes are damaged");
}
