/** P-256 where WebCrypto is missing: points and ECDSA (FIPS 186-5 6.4.2); public data only. */
import { toNumber } from "./bytes.js";
import { sha256 } from "./sha2.js";

/** The order n of the curve's base point. */
export const P256_ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const P = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const BASE = [
  0x6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296n,
  0x4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5n,
];

/** Return whether 64 bytes x ‖ y are a point of the curve. */
export function isPoint(raw) {
  if (raw.length !== 64) return false;
  const [x, y] = coordinates(raw);
  return x < P && y < P && mod(y * y - (x * x * x - 3n * x + B)) === 0n;
}

/** Return whether a raw signature r ‖ s over a message verifies under a raw key x ‖ y. */
export function verifyEs256(raw, message, signature) {
  const r = toNumber(signature.subarray(0, 32));
  const s = toNumber(signature.subarray(32));
  if (!isPoint(raw) || r <= 0n || s <= 0n || r >= P256_ORDER || s >= P256_ORDER) return false;
  const inverse = invert(s, P256_ORDER);
  const u1 = (toNumber(sha256(message)) * inverse) % P256_ORDER;
  const u2 = (r * inverse) % P256_ORDER;
  const point = add(times(u1, BASE), times(u2, coordinates(raw)));
  return point !== null && point[0] % P256_ORDER === r;
}

function coordinates(raw) {
  return [toNumber(raw.subarray(0, 32)), toNumber(raw.subarray(32))];
}

function times(scalar, point) {
  let sum = null;
  let power = point;
  for (let left = scalar; left > 0n; left >>= 1n) {
    if (left & 1n) sum = add(sum, power);
    power = add(power, power);
  }
  return sum;
}

/** Add two affine points; `null` is the neutral one. */
function add(one, other) {
  if (one === null) return other;
  if (other === null) return one;
  const [x1, y1] = one;
  const [x2, y2] = other;
  if (x1 === x2 && mod(y1 + y2) === 0n) return null;
  const slope = x1 === x2
    ? mod((3n * x1 * x1 - 3n) * invert(mod(2n * y1), P))
    : mod((y2 - y1) * invert(mod(x2 - x1), P));
  const x = mod(slope * slope - x1 - x2);
  return [x, mod(slope * (x1 - x) - y1)];
}

function mod(number) {
  const rest = number % P;
  return rest < 0n ? rest + P : rest;
}

function invert(number, modulus) {
  let [a, b, u, v] = [number, modulus, 1n, 0n];
  while (a > 1n) {
    const quotient = b / a;
    [a, b] = [b - quotient * a, a];
    [u, v] = [v - quotient * u, u];
  }
  return u < 0n ? u + modulus : u;
}
