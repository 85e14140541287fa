/** Private values handed over on purpose: each opens its commitment or is a lie. */
import { concat, encodeBase64url, utf8 } from "./bytes.js";
import { problem, Unreadable } from "./refusals.js";
import { sha256 } from "./sha2.js";
import { isObject } from "./strict_json.js";

/** @typedef {{record: string, name: string, salt: Uint8Array, value: unknown}} Disclosed */

/**
 * Return the first value that opens no commitment of its record, or `null`.
 * @param {Disclosed[]} disclosed @param {import("./opened.js").Opened[]} records
 */
export function falseDisclosure(disclosed, records) {
  const signed = new Map();
  for (const { credential, signature } of records) {
    if (credential === null || signature !== null) continue;
    signed.set(credential.id.slice(credential.id.lastIndexOf("/") + 1), credential.claims.commitments);
  }
  const found = disclosed.find((one) => !opens(one, signed.get(one.record)));
  if (found === undefined) return null;
  return problem(
    "disclosure-false",
    "The value of %(name)s does not open what record %(record)s commits to.",
    { name: found.name, record: found.record },
  );
}

function opens({ name, salt, value }, commitments) {
  if (!isObject(commitments)) return false;
  try {
    const digest = sha256(concat(salt, utf8(canonicalJson(value))));
    return commitments[name] === encodeBase64url(digest);
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}

/** Return the RFC 8785 form. Throws `Unreadable` for numbers that have none here. */
function canonicalJson(value) {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (isObject(value)) {
    const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonicalJson(value[name])}`);
    return `{${members.join(",")}}`;
  }
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return String(value);
  if (value === null || typeof value === "boolean" || typeof value === "string") return JSON.stringify(value);
  throw new Unreadable("a number without a canonical form");
}
