/** Read a JSON object the one way it can be meant (RFC 8259, RFC 7493). */
import { isWellFormed, textOf } from "./bytes.js";
import { Decimal } from "./decimal.js";
import { Unreadable } from "./refusals.js";

/** Arrays and objects inside each other, the outermost counted. */
export const MAX_DEPTH = 64;
const MAX_DIGITS = 4300;
const NUMBER = /(-?(?:0|[1-9][0-9]*))(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const BLANKS = /[ \t\n\r]*/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const WORDS = [["null", null], ["true", true], ["false", false]];

/**
 * Return the object behind UTF-8 JSON: whole numbers become `BigInt`, fractions `Decimal`,
 * objects have no prototype. Throws `Unreadable` for duplicate keys, NaN, lone surrogates,
 * numbers of absurd length and too deep nesting.
 * @param {Uint8Array} bytes
 */
export function readObject(bytes) {
  const value = new Reader(textOf(bytes)).whole();
  if (!isObject(value)) throw new Unreadable("not a JSON object");
  return value;
}

/** Return whether a value is a JSON object. */
export function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    && !(value instanceof Decimal);
}

class Reader {
  constructor(text) {
    this.text = text;
    this.place = 0;
    this.depth = 0;
  }

  whole() {
    const value = this.value();
    this.skip();
    if (this.place !== this.text.length) throw new Unreadable("something follows");
    return value;
  }

  value() {
    this.skip();
    const character = this.text[this.place];
    if (character === "{") return this.nested(() => this.object());
    if (character === "[") return this.nested(() => this.array());
    if (character === '"') return this.string();
    for (const [word, value] of WORDS) {
      if (this.text.startsWith(word, this.place)) {
        this.place += word.length;
        return value;
      }
    }
    return this.number();
  }

  nested(read) {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) throw new Unreadable("nested too deeply");
    this.place += 1;
    const value = read();
    this.depth -= 1;
    return value;
  }

  object() {
    const value = Object.create(null);
    if (this.ends("}")) return value;
    do {
      this.skip();
      if (this.text[this.place] !== '"') throw new Unreadable("a key is missing");
      const name = this.string();
      if (name in value) throw new Unreadable("a key stands twice");
      this.take(":");
      value[name] = this.value();
    } while (this.goesOn("}"));
    return value;
  }

  array() {
    const value = [];
    if (this.ends("]")) return value;
    do value.push(this.value()); while (this.goesOn("]"));
    return value;
  }

  string() {
    this.place += 1;
    let text = "";
    for (;;) {
      text += this.match(PLAIN)[0];
      const character = this.text[this.place];
      this.place += 1;
      if (character === '"') break;
      if (character !== "\\") throw new Unreadable("a text does not end");
      text += this.escape();
    }
    if (!isWellFormed(text)) throw new Unreadable("half a character");
    return text;
  }

  escape() {
    const character = this.text[this.place];
    this.place += 1;
    if (character !== "u") {
      const meant = ESCAPES[character];
      if (meant === undefined) throw new Unreadable("an unknown escape");
      return meant;
    }
    const digits = this.text.slice(this.place, this.place + 4);
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new Unreadable("a broken escape");
    this.place += 4;
    return String.fromCharCode(parseInt(digits, 16));
  }

  number() {
    const found = this.match(NUMBER);
    if (found === null) throw new Unreadable("no value");
    const [text, whole, fraction, exponent] = found;
    if (fraction !== undefined || exponent !== undefined) return Decimal.parse(text);
    if (whole.replace("-", "").length > MAX_DIGITS) throw new Unreadable("too long a number");
    return BigInt(text);
  }

  skip() {
    this.match(BLANKS);
  }

  match(pattern) {
    pattern.lastIndex = this.place;
    const found = pattern.exec(this.text);
    if (found !== null) this.place += found[0].length;
    return found;
  }

  take(character) {
    this.skip();
    if (this.text[this.place] !== character) throw new Unreadable(`${character} is missing`);
    this.place += 1;
  }

  ends(character) {
    this.skip();
    if (this.text[this.place] !== character) return false;
    this.place += 1;
    return true;
  }

  goesOn(end) {
    if (this.ends(end)) return false;
    this.take(",");
    return true;
  }
}
