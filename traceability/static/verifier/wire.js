/** The evidence document a service answers with, and its bundles hold: read, not believed. */
import { decodeBase64, utf8 } from "./bytes.js";
import { parseDay, parseInstant } from "./days.js";
import { asFlag, asList, asText, asWhole, each, member, oneOf, optional } from "./members.js";
import { reading, Unreadable } from "./refusals.js";
import { readObject } from "./strict_json.js";

export const LABEL_STATES = [
  "live", "lot", "void", "unbound", "unknown", "other-batch", "lot-unknown", "product-unknown", "product",
];
const MAX_RECORDS = 2000; // of each kind
const MAX_PROOF = 64;
const MAX_STATUS = 32;

/** @typedef {{token: string, leaf: Uint8Array, logIndex: bigint|null, proof: Uint8Array[]|null}} LoggedRecord */

/**
 * Read a document. Throws `Refusal` "evidence-malformed"; members we do not know are ignored.
 * @param {string|Uint8Array|object} document its JSON text, or that text decoded
 */
export function readDocument(document) {
  return reading(() => read(decoded(document)), "evidence-malformed", "The service's answer is no evidence document.");
}

/** Return base64 leaves as bytes. Throws `Unreadable`. */
export function readLeaves(value) {
  return each(value).map((one) => decodeBase64(asText(one)));
}

function decoded(document) {
  if (document instanceof Uint8Array) return readObject(document);
  return readObject(utf8(typeof document === "string" ? document : JSON.stringify(document)));
}

function read(value) {
  const consistency = (one) => (one === null ? null : hashes(one));
  return {
    label: readLabel(member(value, "label")),
    records: records(member(value, "records")),
    recognitions: records(member(value, "recognitions")),
    papers: records(member(value, "papers")),
    inputs: records(member(value, "inputs")),
    events: records(optional(value, "events", [])),
    confirmations: records(optional(value, "confirmations", [])),
    checkpoint: asText(member(value, "checkpoint")),
    consistency: consistency(member(value, "consistency")),
    shown: readShown(member(value, "shown")),
    scans: readScans(member(value, "scans")),
    status: readStatus(optional(value, "status", [])),
  };
}

function readLabel(value) {
  if (value === null) return null;
  const voidOn = member(value, "void_on");
  return {
    state: oneOf(LABEL_STATES, member(value, "state")),
    sealed: asFlag(member(value, "sealed")),
    voidOn: voidOn === null ? null : parseInstant(voidOn),
    voidReason: asText(member(value, "void_reason")),
  };
}

function records(value) {
  const found = each(value);
  if (found.length > MAX_RECORDS) throw new Unreadable("too many records");
  return found.map((one) => {
    const logIndex = member(one, "log_index");
    const proof = member(one, "proof");
    return {
      token: asText(member(one, "token")),
      leaf: decodeBase64(asText(member(one, "leaf"))),
      logIndex: logIndex === null ? null : asWhole(logIndex),
      proof: proof === null ? null : hashes(proof),
    };
  });
}

function readShown(value) {
  if (value === null) return null;
  return {
    recordSha256: asText(member(value, "record_sha256")),
    status: asText(member(value, "status")),
    stars: asWhole(member(value, "stars")),
    papers: each(member(value, "papers")).map(asText),
    confirmations: each(optional(value, "confirmations", [])).map((one) => ({
      recordSha256: asText(member(one, "record_sha256")),
      party: asText(member(one, "party")),
      name: asText(member(one, "name")),
    })),
  };
}

function readScans(value) {
  if (value === null) return null;
  const first = member(value, "first");
  return {
    count: asWhole(member(value, "count")),
    first: first === null ? null : parseDay(first),
    signs: each(member(value, "signs")).map(asText),
  };
}

function readStatus(value) {
  const tokens = asList(value);
  if (tokens.length > MAX_STATUS) throw new Unreadable("too many status lists");
  return tokens.map(asText);
}

function hashes(value) {
  const found = each(value).map((one) => decodeBase64(asText(one)));
  if (found.length > MAX_PROOF || found.some((one) => one.length !== 32)) throw new Unreadable("no proof");
  return found;
}
