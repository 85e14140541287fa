/** Digital Links: the address a label carries, read from raw text and written back. */
import { isWellFormed, textOf, utf8 } from "./bytes.js";
import {
  GTIN, holdAttribute, holdNumber, INTERNAL, isKnown, LOT, parseGtin, parseInternalCode, QUALIFIERS, SERIAL, VARIANT,
} from "./identifiers.js";
import { problemOf, Refusal, Unreadable } from "./refusals.js";
import { quoted, stripped } from "./texts.js";

const ABSOLUTE = /^(https?|HTTPS?):\/\/([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#[^\n]*)?$/u;
const HOST = /^(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?$/;
const DEFAULT_PORTS = { https: ":443", http: ":80" };
const DOTS = [".", ".."]; // browsers fold these away, even percent-encoded
const SINGLE = ["s", "linkType"];

/** A product, lot or single label as an address; one that exists is valid. */
export class DigitalLink {
  constructor({ origin, kind, key, lot = null, serial = null, variant = null }) {
    Object.assign(this, { origin, kind, key, lot, serial, variant });
    if (lot !== null) holdNumber(LOT, lot);
    if (serial !== null) holdNumber(SERIAL, serial);
    if (variant !== null) {
      holdNumber(VARIANT, variant);
      if (kind === INTERNAL) throw refused("An internal code has no variants.");
    }
    if ([lot, serial, variant].some((value) => DOTS.includes(value))) {
      throw refused("A value made of dots cannot stand in a link.");
    }
  }

  /** Return the percent-encoded link. */
  toString() {
    const elements = [[this.kind, this.key], [VARIANT, this.variant], [LOT, this.lot], [SERIAL, this.serial]];
    const path = elements.filter(([, value]) => value !== null).map(([name, value]) => `/${name}/${quoted(value)}`);
    return this.origin + path.join("");
  }

  /** Return the link of the lot this label belongs to. */
  lotLink() {
    return new DigitalLink({ ...this, serial: null });
  }

  /** Return the link of the product alone. */
  productLink() {
    return new DigitalLink({ ...this, variant: null, lot: null, serial: null });
  }

  /** Return the element string of the product alone: `(01)…` or `(X)…`. */
  get product() {
    return `(${this.kind})${this.key}`;
  }
}

/**
 * Return what a text says as a link; never throws for what was read.
 * @returns {{text: string, link: DigitalLink|null, seal: string|null, problem: object|null}}
 */
export function readLink(text) {
  try {
    const { link, seal } = parseLink(stripped(text));
    return { text, link, seal, problem: null };
  } catch (error) {
    return { text, link: null, seal: null, problem: problemOf(error) };
  }
}

/** Read an absolute link and the seal in its query. Throws `Refusal`. */
export function parseLink(text) {
  const absolute = ABSOLUTE.exec(text);
  if (absolute === null) throw refused("A link starts with https:// or HTTPS://.");
  const [, scheme, host, path, query = ""] = absolute;
  return parseTarget(originOf(scheme.toLowerCase(), host), path, query);
}

function parseTarget(origin, rawPath, rawQuery) {
  const values = valuesOf(rawPath);
  const query = queryOf(rawQuery);
  const kind = values.has(GTIN) ? GTIN : INTERNAL;
  const key = kind === GTIN ? parseGtin(values.get(GTIN)) : parseInternalCode(values.get(INTERNAL));
  values.set(kind, key);
  const [lot, serial, variant] = [LOT, SERIAL, VARIANT].map((name) => values.get(name) ?? null);
  const link = new DigitalLink({ origin, kind, key, lot, serial, variant });
  holdBeside(query, values);
  return { link, seal: query.get("s") ?? null };
}

function originOf(scheme, host) {
  if (!HOST.test(host)) throw refused("The link has no valid host name.");
  const port = DEFAULT_PORTS[scheme];
  const small = host.toLowerCase();
  return `${scheme}://${small.endsWith(port) ? small.slice(0, -port.length) : small}`;
}

/** Return the path's identifiers and decoded values, held to their order. */
function valuesOf(rawPath) {
  const segments = rawPath.replace(/\/$/, "").split("/");
  if (segments[0] || segments.length % 2 === 0 || segments.slice(1).includes("")) {
    throw refused("A link is made of pairs: /01/GTIN/10/LOT/21/SERIAL.");
  }
  const names = segments.filter((_, place) => place % 2 === 1);
  const [first, ...others] = names;
  if (!Object.hasOwn(QUALIFIERS, first ?? "")) throw refused("A link starts with /01/ or /X/.");
  let passed = -1;
  for (const name of others) {
    const place = QUALIFIERS[first].indexOf(name, passed + 1);
    if (place < 0) throw misplaced(name);
    passed = place;
  }
  return new Map(names.map((name, place) => [name, decoded(segments[2 * place + 2])]));
}

function misplaced(name) {
  if (QUALIFIERS[GTIN].includes(name)) {
    return refused("(%(name)s) stands in the wrong place: the order is 22, 10, 21.", { name });
  }
  if (isKnown(name)) return refused("(%(name)s) does not belong in the path.", { name });
  return refused("The path holds an unknown identifier.");
}

/** Return the query's values; identifiers, the seal and the link type stand once. */
function queryOf(raw) {
  const values = new Map();
  for (const part of raw.split("&").filter(Boolean)) {
    const split = part.indexOf("=");
    const name = decoded(split < 0 ? part : part.slice(0, split));
    const value = decoded(split < 0 ? "" : part.slice(split + 1));
    const numeric = /^[0-9]+$/.test(name);
    if (numeric) holdAttribute(name, value);
    if ((numeric || SINGLE.includes(name)) && values.has(name) && values.get(name) !== value) {
      throw refused("%(name)s stands twice.", { name });
    }
    if (!values.has(name)) values.set(name, value);
  }
  return values;
}

/** Refuse identifiers of the path that are repeated in the query with another value. */
function holdBeside(query, path) {
  for (const name of [GTIN, VARIANT, LOT, SERIAL].filter((one) => query.has(one))) {
    if (!path.has(name)) throw refused("(%(name)s) belongs in the path of the link.", { name });
    const mine = name === GTIN ? query.get(name).padStart(14, "0") : query.get(name);
    if (mine !== path.get(name)) throw refused("%(name)s stands twice.", { name: `(${name})` });
  }
}

/** Return one raw segment or value without its escapes; a plus stays a plus. */
function decoded(raw) {
  if (/%(?![0-9A-Fa-f]{2})/.test(raw)) throw refused("The address holds a broken percent sign.");
  if (!isWellFormed(raw)) throw refused("The address is not UTF-8.");
  const parts = raw.split(/((?:%[0-9A-Fa-f]{2})+)/);
  const bytes = parts.flatMap((part, place) => (place % 2
    ? part.match(/[0-9A-Fa-f]{2}/g).map((pair) => parseInt(pair, 16))
    : [...utf8(part)]));
  try {
    return textOf(Uint8Array.from(bytes));
  } catch (error) {
    if (error instanceof Unreadable) throw refused("The address is not UTF-8.");
    throw error;
  }
}

function refused(message, params) {
  return new Refusal("link-invalid", message, params);
}
