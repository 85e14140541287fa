/** Read a compact JWS, strictly (RFC 7515, VC-JOSE-COSE). */
import { decodeBase64url, lengthOf, utf8 } from "./bytes.js";
import { reading, Refusal } from "./refusals.js";
import { inRange, SIGNATURE_BYTES, verifies } from "./signatures.js";
import { isObject, readObject } from "./strict_json.js";

export const CREDENTIAL_TYPE = "vc+jwt";
export const MAX_TOKEN = 1024 * 1024;
const ACCEPTED = { EdDSA: ["EdDSA", "Ed25519"], ES256: ["ES256"] }; // RFC 9864: a second name

/**
 * Take a token apart; nothing in it is verified yet. There is one spelling of each token.
 * @param {string} token
 * @returns {{header: object, payload: object, signature: Uint8Array, kid: string}}
 */
export function readUnverified(token) {
  if (token.length > MAX_TOKEN && lengthOf(token) > MAX_TOKEN) {
    throw new Refusal("token-too-large", "The token is longer than %(n)d bytes.", { n: MAX_TOKEN });
  }
  const parts = token.split(".");
  if (parts.length !== 3) throw new Refusal("token-malformed", "The token has not three parts.");
  const [header, payload, signature] = reading(
    () => {
      const [head, body, sign] = parts.map(decodeBase64url);
      return [readObject(head), readObject(body), sign];
    },
    "token-malformed",
    "The token's parts cannot be read.",
  );
  if (typeof header.kid !== "string") throw new Refusal("token-malformed", "The token names no key.");
  return { header, payload, signature, kid: header.kid };
}

/**
 * Return the payload of a token of this type that this key signed.
 * @param {string} token @param {string} typ @param {import("./keys.js").PublicKey} key
 */
export async function verifyToken(token, typ, key) {
  const envelope = readUnverified(token);
  checkHeader(envelope, typ, key);
  if (envelope.signature.length !== SIGNATURE_BYTES) {
    throw new Refusal("signature-length", "The signature has not 64 bytes.");
  }
  if (!inRange(key.alg, envelope.signature)) {
    throw new Refusal("signature-range", "The signature's numbers are out of range.");
  }
  const signed = utf8(token.slice(0, token.lastIndexOf(".")));
  if (!soundHints(envelope.header) || !(await verifies(key.alg, key.raw, signed, envelope.signature))) {
    throw new Refusal("signature-invalid", "The signature does not fit the record.");
  }
  return envelope.payload;
}

function checkHeader({ header, kid }, typ, key) {
  if (header.typ !== typ) {
    throw new Refusal("type-mismatch", "This is no token of type %(typ)s.", { typ });
  }
  if ("crit" in header || "b64" in header) {
    throw new Refusal("critical-header", "The token asks for extensions we do not know.");
  }
  if (kid !== key.kid) throw new Refusal("key-mismatch", "The token was signed with another key.");
  if (!ACCEPTED[key.alg].includes(header.alg)) {
    throw new Refusal("alg-mismatch", "The token's algorithm is not that of its key.");
  }
}

/** Return whether header members that RFC 7515 defines, and nobody here follows, have its types. */
function soundHints(header) {
  const text = (value) => typeof value === "string";
  const url = (value) => text(value) && /^https?:\/\//.test(value);
  const texts = (value) => Array.isArray(value) && value.every(text);
  const types = { jku: url, x5u: url, jwk: isObject, x5c: texts, x5t: text, "x5t#S256": text, cty: text };
  return Object.entries(types).every(([name, sound]) => !(name in header) || sound(header[name]));
}
