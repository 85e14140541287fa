/** Verify a link, a record or a bundle: eleven numbered checks, one verdict, believing nobody. */
import { parseProof } from "./checkpoint.js";
import { check9 } from "./claim_checks.js";
import { check8 } from "./currency_checks.js";
import { gather, RECORD_ONLY } from "./evidence.js";
import { factsOf } from "./summary.js";
import { asJson } from "./findings.js";
import { check10 } from "./genealogy_checks.js";
import { check7 } from "./head_checks.js";
import { check1, check11, check2, check3, check4 } from "./label_checks.js";
import { check5, check6 } from "./record_checks.js";
import { exitCode, requiredChecks, verdictOf } from "./verdict.js";

const CHECKS = [check1, check2, check3, check4, check5, check6, check7, check8, check9, check10, check11];

/**
 * @typedef {object} Question
 * @property {"online"|"offline"|"record"|"bundle"} mode
 * @property {string} text the link; of a record, its compact JWS (empty: the proof alone)
 * @property {string} [proof] of a record: the text that proves its place in the log
 * @property {object|string|null} [document] the evidence document
 * @property {string|null} [trust_list] the list the service or the bundle hands over
 * @property {string|null} [pinned_trust_list] the list this verifier holds by itself
 * @property {string} [seen_checkpoint] the last head this verifier accepted
 * @property {string[]|object|null} [later_leaves] the log's entries after the lot's first record
 *   in base64, or a problem `{code, message, params}` where they were not to be had
 * @property {object|null} [silence] why the service said nothing, as a problem
 * @property {string} now ISO instant in UTC
 */

/**
 * Return the verdict with its findings, and facts to show beside them.
 * Throws `Refusal` only for a question that cannot be read, never for what was received.
 * @param {Question} input
 */
export async function verify(input) {
  const evidence = await gather(input.mode === RECORD_ONLY ? asRecord(input) : input);
  const findings = CHECKS.map((check) => check(evidence));
  const required = requiredChecks(evidence);
  return {
    verdict: verdictOf(findings, required),
    exit_code: exitCode(findings, required),
    required,
    checks: findings.map(asJson),
    facts: factsOf(evidence),
  };
}

/** Return a question about a record file with its record and head. Throws `Refusal`. */
function asRecord(input) {
  const token = (input.text ?? "").trim();
  const proof = input.proof ? parseProof(input.proof) : null;
  const record = {
    token,
    leaf: proof?.extra ?? new Uint8Array(),
    logIndex: proof ? proof.index : null,
    proof: proof ? proof.hashes : null,
  };
  return { ...input, record, checkpoint: proof?.checkpoint ?? "" };
}
