/** Exact decimal numbers: a whole number and a power of ten, never a binary float. */
import { Unreadable } from "./refusals.js";

const FORM = /^([+-]?)(?:([0-9]+)(?:\.([0-9]*))?|\.([0-9]+))(?:[eE]([+-]?[0-9]+))?$/;
const MAX_EXPONENT = 999_999_999_999_999_999n;
const BEARABLE = 10_000n; // digits that are written out at most

/** The number `units × 10^exponent`. */
export class Decimal {
  /** @param {bigint} units @param {bigint} exponent */
  constructor(units, exponent) {
    this.units = units;
    this.exponent = exponent;
  }

  /** Read a finite decimal as Python's `Decimal` does. Throws `Unreadable`. */
  static parse(text) {
    const found = typeof text === "string" ? FORM.exec(text) : null;
    if (found === null) throw new Unreadable("not a decimal number");
    const [, sign, whole = "", part, bare, power = "0"] = found;
    const digits = part ?? bare ?? "";
    const exponent = BigInt(power);
    if (exponent > MAX_EXPONENT || exponent < -MAX_EXPONENT) throw new Unreadable("too large a power");
    const units = BigInt((whole + digits) || "0");
    return new Decimal(sign === "-" ? -units : units, exponent - BigInt(digits.length));
  }

  /** Return a whole number as a decimal. */
  static of(number) {
    return new Decimal(BigInt(number), 0n);
  }

  /** Return the power of ten of the first digit. */
  get adjusted() {
    const digits = this.units.toString().replace("-", "");
    return this.exponent + BigInt(digits.length) - 1n;
  }

  /** Return the product. */
  times(other) {
    return new Decimal(this.units * other.units, this.exponent + other.exponent);
  }

  /** Return the sum. */
  plus(other) {
    const [one, two, exponent] = aligned(this, other);
    return new Decimal(one + two, exponent);
  }

  /** Return a negative number, zero or a positive one, as this is less, equal or more. */
  compare(other) {
    const far = order(this) !== order(other) || this.units === 0n || other.units === 0n;
    if (far) return order(this) < order(other) ? -1 : Number(order(this) > order(other));
    const [one, two] = aligned(this, other);
    return one < two ? -1 : Number(one > two);
  }

  /** Return the shortest plain form: `12.5`, `400`. */
  plain() {
    const sign = this.units < 0n ? "-" : "";
    const digits = this.units.toString().replace("-", "");
    if (this.exponent >= 0n) return sign + (digits === "0" ? digits : digits + "0".repeat(small(this.exponent)));
    const places = small(-this.exponent);
    const long = digits.padStart(places + 1, "0");
    const whole = `${long.slice(0, -places)}.${long.slice(-places)}`;
    return sign + whole.replace(/0+$/, "").replace(/\.$/, "");
  }
}

/** Return a number that orders decimals of different sign or size. */
function order(one) {
  if (one.units === 0n) return 0n;
  const size = one.adjusted + 10n * MAX_EXPONENT;
  return one.units < 0n ? -size : size;
}

function aligned(one, other) {
  const exponent = one.exponent < other.exponent ? one.exponent : other.exponent;
  return [
    one.units * 10n ** BigInt(small(one.exponent - exponent)),
    other.units * 10n ** BigInt(small(other.exponent - exponent)),
    exponent,
  ];
}

function small(number) {
  if (number > BEARABLE) throw new Unreadable("too far apart to write out");
  return Number(number);
}
