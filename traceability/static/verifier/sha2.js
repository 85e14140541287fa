/** SHA-256 and SHA-512 (FIPS 180-4), without waiting for WebCrypto. */
import { concat, fromNumber } from "./bytes.js";

const MASK = (1n << 64n) - 1n;
const PRIMES = firstPrimes(80);
const ROUNDS_64 = PRIMES.map((prime) => rootFraction(prime, 3n));
const ROUNDS_32 = Uint32Array.from(ROUNDS_64.slice(0, 64), (one) => Number(one >> 32n));
const START_64 = PRIMES.slice(0, 8).map((prime) => rootFraction(prime, 2n));
const START_32 = Uint32Array.from(START_64, (one) => Number(one >> 32n));

/** Return the SHA-256 digest. */
export function sha256(bytes) {
  const state = Uint32Array.from(START_32);
  const data = padded(bytes, 64, 8);
  const view = new DataView(data.buffer);
  const words = new Uint32Array(64);
  for (let start = 0; start < data.length; start += 64) {
    for (let t = 0; t < 16; t += 1) words[t] = view.getUint32(start + 4 * t);
    compress32(state, words);
  }
  const digest = new Uint8Array(32);
  const out = new DataView(digest.buffer);
  state.forEach((word, place) => out.setUint32(4 * place, word));
  return digest;
}

function compress32(state, w) {
  for (let t = 16; t < 64; t += 1) {
    const a = w[t - 15];
    const b = w[t - 2];
    const s0 = ((a >>> 7) | (a << 25)) ^ ((a >>> 18) | (a << 14)) ^ (a >>> 3);
    const s1 = ((b >>> 17) | (b << 15)) ^ ((b >>> 19) | (b << 13)) ^ (b >>> 10);
    w[t] = (w[t - 16] + s0 + w[t - 7] + s1) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t += 1) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + s1 + ((e & f) ^ (~e & g)) + ROUNDS_32[t] + w[t]) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  [a, b, c, d, e, f, g, h].forEach((word, place) => { state[place] += word; });
}

/** Return the SHA-512 digest; slow, for verifiers without WebCrypto. */
export function sha512(bytes) {
  let state = [...START_64];
  const data = padded(bytes, 128, 16);
  const view = new DataView(data.buffer);
  for (let start = 0; start < data.length; start += 128) {
    const w = [];
    for (let t = 0; t < 16; t += 1) w.push(view.getBigUint64(start + 8 * t));
    state = compress64(state, w);
  }
  return concat(...state.map((word) => fromNumber(word, 8)));
}

function compress64(state, w) {
  for (let t = 16; t < 80; t += 1) {
    const s0 = turn(w[t - 15], 1n) ^ turn(w[t - 15], 8n) ^ (w[t - 15] >> 7n);
    const s1 = turn(w[t - 2], 19n) ^ turn(w[t - 2], 61n) ^ (w[t - 2] >> 6n);
    w.push((w[t - 16] + s0 + w[t - 7] + s1) & MASK);
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 80; t += 1) {
    const s1 = turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n);
    const one = h + s1 + ((e & f) ^ (~e & MASK & g)) + ROUNDS_64[t] + w[t];
    const s0 = turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n);
    const two = s0 + ((a & b) ^ (a & c) ^ (b & c));
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & MASK, c, b, a, (one + two) & MASK];
  }
  return [a, b, c, d, e, f, g, h].map((word, place) => (state[place] + word) & MASK);
}

function turn(word, by) {
  return ((word >> by) | (word << (64n - by))) & MASK;
}

function padded(bytes, block, lengthBytes) {
  const size = Math.ceil((bytes.length + 1 + lengthBytes) / block) * block;
  const data = new Uint8Array(size);
  data.set(bytes);
  data[bytes.length] = 0x80;
  new DataView(data.buffer).setBigUint64(size - 8, BigInt(bytes.length) * 8n);
  return data;
}

function firstPrimes(count) {
  const primes = [];
  for (let candidate = 2; primes.length < count; candidate += 1) {
    if (primes.every((prime) => candidate % prime)) primes.push(candidate);
  }
  return primes.map(BigInt);
}

/** Return the first 64 bits of the fraction of a prime's square or cube root. */
function rootFraction(prime, degree) {
  const wanted = prime << (64n * degree);
  let low = 0n;
  let high = 1n << 70n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** degree <= wanted) low = middle;
    else high = middle;
  }
  return low & MASK;
}
