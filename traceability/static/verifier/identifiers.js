/** GS1 keys and application identifiers, and the part each may play in a link. */
import { dayOf, lastDay } from "./days.js";
import { Refusal, Unreadable } from "./refusals.js";

export const GTIN = "01";
export const VARIANT = "22";
export const LOT = "10";
export const SERIAL = "21";
export const INTERNAL = "X"; // of this service, not of GS1
/** In the order they must stand in (GS1 Digital Link URI Syntax, 4.5). */
export const QUALIFIERS = { [GTIN]: [VARIANT, LOT, SERIAL], [INTERNAL]: [LOT, SERIAL] };

const KNOWN = new RegExp(
  "^(?:0[0-2]|1[0-35-7]|2[0-2]|235|24[0-3]|25[0-13-5]|30|37|9[0-9]"
    + "|3(?:1[0-6]|2[0-9]|3[0-7]|4[0-9]|5[0-7]|6[0-9])[0-5]"
    + "|39[01245][0-9]|393[0-9]|40[0-3]|41[0-7]|42[0-7]"
    + "|43(?:0[0-9]|1[0-9]|2[0-6]|3[0-3])"
    + "|700[1-9]|701[01]|702[0-3]|703[0-9]|7040|71[0-7]|723[0-9]|724[0-2]"
    + "|800[1-9]|801[0-4]|801[7-9]|802[06]|8030|811[0-2]|8200)$",
);
const DATES = ["11", "12", "13", "15", "16", "17", "7006"];
const CSET82 = /^[0-9A-Za-z!"%&'()*+,\-./_:;<=>?]*$/;
const KINDS = {
  [LOT]: {
    code: "lot-invalid",
    wrongLength: "A lot number has 1 to 20 characters.",
    wrongCharacters: "A lot number cannot hold %(points)s.",
  },
  [SERIAL]: {
    code: "serial-invalid",
    wrongLength: "A serial number has 1 to 20 characters.",
    wrongCharacters: "A serial number cannot hold %(points)s.",
  },
  [VARIANT]: {
    code: "variant-invalid",
    wrongLength: "A product variant has 1 to 20 characters.",
    wrongCharacters: "A product variant cannot hold %(points)s.",
  },
};

/** Say whether GS1 has such an application identifier (list of January 2025). */
export function isKnown(identifier) {
  return KNOWN.test(identifier);
}

/** Return the 14 digits of a GTIN. Throws `Refusal` "key-invalid", "check-digit". */
export function parseGtin(text) {
  if (!/^(?:[0-9]{8}|[0-9]{12}|[0-9]{13}|[0-9]{14})$/.test(text)) {
    throw new Refusal("key-invalid", "A GTIN has 8, 12, 13 or 14 digits, 0-9 only.");
  }
  const [expected, found] = [checkDigit(text.slice(0, -1)), text.at(-1)];
  if (expected !== found) {
    throw new Refusal(
      "check-digit",
      "The check digit of %(key)s is wrong: %(expected)s belongs at its end, not %(found)s.",
      { key: text, expected, found },
    );
  }
  return text.padStart(14, "0");
}

/** Return an internal code. Throws `Refusal` "key-invalid". */
export function parseInternalCode(text) {
  if (/^[0-9A-Z-]{1,20}$/.test(text)) return text;
  throw new Refusal("key-invalid", "An internal code has up to 20 characters: 0-9, A-Z and -.");
}

/** Refuse a lot, serial or variant that is not 1 to 20 characters of GS1's set 82. */
export function holdNumber(identifier, text) {
  const { code, wrongLength, wrongCharacters } = KINDS[identifier];
  const characters = [...text];
  if (characters.length < 1 || characters.length > 20) {
    throw new Refusal(code, wrongLength);
  }
  const foreign = characters.filter((one) => !CSET82.test(one)).map(codePoint);
  if (foreign.length) {
    const points = [...new Set(foreign)].sort().join(", ");
    throw new Refusal(code, wrongCharacters, { points });
  }
}

/** Refuse an attribute of a link's query that is none of GS1. */
export function holdAttribute(name, value) {
  if (!isKnown(name)) {
    throw link("(%(name)s) is no application identifier of GS1.", { name });
  }
  if (!value) throw link("(%(name)s) has no value.", { name });
  if (!CSET82.test(value)) throw link("(%(name)s) holds characters outside GS1's set.", { name });
  if (DATES.includes(name) && !isAiDate(value)) {
    throw new Refusal("ai-date-invalid", "%(text)s is no day of the calendar.", { text: value });
  }
}

/** Say whether six digits are a day of some century; day 00 is the month's last. */
function isAiDate(text) {
  if (!/^[0-9]{6}$/.test(text)) return false;
  const [years, month, day] = text.match(/../g).map(Number);
  const year = years > 50 ? 1900 + years : 2000 + years; // the nearest to 2000, a leap year
  try {
    dayOf(year, month, day || (month >= 1 && month <= 12 ? lastDay(year, month) : 0));
    return true;
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}

/** Return the digit after ASCII digits: weights 3 and 1 in turn, 3 at the right end. */
function checkDigit(body) {
  const sum = [...body].reverse().reduce((so, digit, place) => so + Number(digit) * (place % 2 ? 1 : 3), 0);
  return String((10 - (sum % 10)) % 10);
}

function codePoint(character) {
  return `U+${character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function link(message, params) {
  return new Refusal("link-invalid", message, params);
}
