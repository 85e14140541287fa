/** Whether two decoded JSON values are the same. */
import { Decimal } from "./decimal.js";
import { isObject } from "./strict_json.js";

/** Return whether two values are equal, numbers by what they are worth. */
export function equal(one, other) {
  if (isNumber(one) && isNumber(other)) return decimalOf(one).compare(decimalOf(other)) === 0;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, place) => equal(value, other[place]));
  }
  if (isObject(one) && isObject(other)) {
    const names = Object.keys(one);
    return names.length === Object.keys(other).length
      && names.every((name) => name in other && equal(one[name], other[name]));
  }
  return one === other;
}

function isNumber(value) {
  return typeof value === "bigint" || value instanceof Decimal;
}

function decimalOf(value) {
  return value instanceof Decimal ? value : Decimal.of(value);
}
