/** Texts as this service's first verifier counts and trims them. */

/** The blanks of Unicode, for use inside a character class. */
export const BLANK = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const ENDS = new RegExp(`^[${BLANK}]+|[${BLANK}]+$`, "g");
const ANY = new RegExp(`[${BLANK}]`);

/** Return a text without blanks at its ends. */
export function stripped(text) {
  return text.replace(ENDS, "");
}

/** Return whether a text holds a blank. */
export function hasBlank(text) {
  return ANY.test(text);
}

/** Return a text percent-encoded: only unreserved characters stay (RFC 3986, 2.3). */
export function quoted(text) {
  return encodeURIComponent(text).replace(
    /[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** Return host and, after it, the path of a did:web: empty for a service itself. */
export function splitDid(did) {
  const [host, ...path] = did.replace(/^did:web:/, "").split(":");
  return [unescaped(host), path.join("/")];
}

function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
