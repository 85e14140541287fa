/** Examine one record: its signature, its key, its words, its place in the log. */
import { hex, same, utf8 } from "./bytes.js";
import { checkConfirmer } from "./confirmation_checks.js";
import { instantText, parseInstant } from "./days.js";
import { CREDENTIAL_TYPE, readUnverified, verifyToken } from "./envelope.js";
import { RECORD } from "./keys.js";
import { includes } from "./merkle.js";
import { isProblem, problem, problemOf, Refusal, spoken, Unreadable } from "./refusals.js";
import { sha256 } from "./sha2.js";
import { isObject, readObject } from "./strict_json.js";
import { splitDid } from "./texts.js";
import { CHECKPOINT_MISSING } from "./trust.js";

export const CLOCK_SLACK = 5 * 60; // two machines' clocks
const PROOF_MISSING = "proof-missing";
const RECORD_MISSING = "record-not-at-hand";
/** Codes of what was only not there, rather than wrong. */
export const NOT_AT_HAND = [PROOF_MISSING, RECORD_MISSING, CHECKPOINT_MISSING];
const LACKING = "The record lacks what every record has.";
const NO_PROOF = "No proof of its place in the log came with it.";

/**
 * @typedef {object} Credential
 * @property {string} id @property {string} type @property {string} issuer @property {number} issuedAt
 * @property {bigint} version @property {string} supersedes @property {string} subject
 * @property {object} claims @property {object} voucher
 *
 * @typedef {object} Opened
 * @property {import("./wire.js").LoggedRecord} record @property {string} digest
 * @property {Credential|null} credential
 * @property {object|null} signature why check 5 refuses it @property {object|null} log why check 6 does
 * @property {string} kid @property {boolean} sound @property {boolean} unreadable
 */

/**
 * Return a record with everything that was found out about it; never throws for what it is.
 * @param {import("./wire.js").LoggedRecord} record
 * @param {{trust: import("./trust.js").Trust, tree: object, now: number}} by
 * @returns {Promise<Opened>}
 */
export async function openRecord(record, { trust, tree, now }) {
  if (!record.token) {
    const missing = problem(RECORD_MISSING, "The record itself is not at hand.");
    return opened(record, null, missing, isProblem(tree) ? tree : placeProblem(record, tree));
  }
  let words = null;
  let signature = null;
  try {
    words = wordsOf(record.token);
    await checkSignature(record, words, trust, now);
  } catch (error) {
    signature = problemOf(error);
  }
  return opened(record, words, signature, logProblem(record, words, tree));
}

/** Return the origin a record, or a log entry, says it is of; empty if none. */
export function homeOf(record) {
  try {
    const named = record.token
      ? readCredential(readUnverified(record.token).payload).id
      : spoken(readObject(record.leaf).subject ?? "");
    return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]+/.exec(named)?.[0] ?? "";
  } catch (error) {
    if (error instanceof Refusal || error instanceof Unreadable) return "";
    throw error;
  }
}

/** Return a payload's common words. Throws `Refusal` "record-malformed". @returns {Credential} */
export function readCredential(payload) {
  const { type, credentialSubject: claims } = payload;
  const credential = {
    id: payload.id,
    type: Array.isArray(type) && type.length === 2 ? type[1] : null,
    issuer: payload.issuer,
    issuedAt: instantIn(payload.validFrom),
    version: payload.version,
    supersedes: "supersedes" in payload ? payload.supersedes : "",
    subject: isObject(claims) ? claims.id : null,
    claims,
    voucher: payload.vouchedBy,
  };
  const texts = [credential.id, credential.type, credential.issuer, credential.supersedes, credential.subject];
  const sound = texts.every((one) => typeof one === "string") && isObject(claims)
    && isObject(credential.voucher) && credential.issuedAt !== null
    && typeof credential.version === "bigint" && credential.version >= 1n;
  if (!sound) throw new Refusal("record-malformed", LACKING);
  return credential;
}

function opened(record, words, signature, log) {
  return {
    record,
    digest: words ? words.digest : "",
    credential: words ? words.credential : null,
    kid: words ? words.kid : "",
    signature,
    log,
    sound: signature === null && log === null,
    unreadable: record.token !== "" && words === null,
  };
}

/** Return what a token says by itself, and the leaf the log must hold of it. */
function wordsOf(token) {
  const { payload, kid } = readUnverified(token);
  const credential = readCredential(payload);
  const digest = hex(sha256(utf8(token)));
  const leaf = {
    issued_at: instantText(credential.issuedAt), sha256: digest, subject: credential.subject, type: credential.type, v: 1,
  };
  return { credential, kid, digest, leaf: utf8(JSON.stringify(leaf)) }; // these members, in this order: RFC 8785
}

async function checkSignature(record, { credential, kid }, trust, now) {
  const key = trust.ring.valid(kid, RECORD, credential.issuedAt, record.logIndex);
  await verifyToken(record.token, CREDENTIAL_TYPE, key);
  checkIssuer(credential, key, trust);
  if (credential.issuedAt > now + CLOCK_SLACK) {
    throw new Refusal(
      "record-from-the-future",
      "The record is dated %(at)s, which is still to come.",
      { at: instantText(credential.issuedAt) },
    );
  }
}

function checkIssuer(credential, { kid, party }, trust) {
  const did = kid.split("#")[0];
  const [host, path] = splitDid(did);
  const atHome = ["https", "http"].some((scheme) => credential.id.startsWith(`${scheme}://${host}/records/`));
  const named = credential.issuer === did && did === party;
  if (!named || !trust.hosts.includes(host) || !atHome) {
    throw new Refusal(
      "issuer-mismatch",
      "The record names %(issuer)s as its issuer, but its key is of %(did)s.",
      { issuer: credential.issuer, did: party },
    );
  }
  checkConfirmer(credential, host, path);
}

function logProblem(record, words, tree) {
  if (isProblem(tree)) return tree;
  if (record.proof === null) return problem(PROOF_MISSING, NO_PROOF);
  return leafProblem(record, words) ?? placeProblem(record, tree);
}

function placeProblem(record, tree) {
  if (record.logIndex === null || record.proof === null) return problem(PROOF_MISSING, NO_PROOF);
  if (includes(tree, record.leaf, record.logIndex, record.proof)) return null;
  return problem(
    "inclusion-invalid", "The proof does not lead from this record to the log's signed head.",
  );
}

/** Say why the leaf is not the record's, naming the word that differs. */
function leafProblem(record, words) {
  if (words === null) return problem("leaf-mismatch", "The log cannot hold what nobody can read.");
  if (same(record.leaf, words.leaf)) return null;
  try {
    const [got, wanted] = [readObject(record.leaf), readObject(words.leaf)];
    const names = [...new Set([...Object.keys(got), ...Object.keys(wanted)])].sort();
    const field = names.filter((name) => got[name] !== wanted[name]).join(", ") || "form";
    return problem("leaf-mismatch", "The log's entry is for another record: %(field)s differs.", { field });
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return problem("leaf-malformed", "The log's entry cannot be read.");
  }
}

function instantIn(text) {
  try {
    return parseInstant(text);
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}
