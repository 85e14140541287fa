/** Members of decoded JSON, each held to its type; all throw `Unreadable`. */
import { Unreadable } from "./refusals.js";
import { isObject } from "./strict_json.js";

/** Return an object's member, which must be there. */
export function member(value, name) {
  if (!isObject(value) || !(name in value)) throw new Unreadable(`${name} is missing`);
  return value[name];
}

/** Return an object's member, or a default where it is absent. */
export function optional(value, name, otherwise) {
  if (!isObject(value)) throw new Unreadable("not an object");
  return name in value ? value[name] : otherwise;
}

/** Return an object. */
export function asObject(value) {
  if (!isObject(value)) throw new Unreadable("not an object");
  return value;
}

/** Return a list. */
export function asList(value) {
  if (!Array.isArray(value)) throw new Unreadable("not a list");
  return value;
}

/** Return a text. */
export function asText(value) {
  if (typeof value !== "string") throw new Unreadable("not a text");
  return value;
}

/** Return a whole number from 0 on, as `BigInt`. */
export function asWhole(value) {
  if (typeof value !== "bigint" || value < 0n) throw new Unreadable("not a whole number");
  return value;
}

/** Return true or false. */
export function asFlag(value) {
  if (typeof value !== "boolean") throw new Unreadable("not true or false");
  return value;
}

/** Return one of a few words. */
export function oneOf(words, value) {
  if (typeof value !== "string" || !words.includes(value)) throw new Unreadable("not a known word");
  return value;
}

/** Return what can be walked through: a list, a text's characters, an object's names. */
export function each(value) {
  if (Array.isArray(value)) return value;
  if (typeof value === "string") return [...value];
  if (isObject(value)) return Object.keys(value);
  throw new Unreadable("not a list");
}
