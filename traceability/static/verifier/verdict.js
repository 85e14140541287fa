/** What the findings add up to, and the exit code that says so. */
import { BUNDLE, OFFLINE, ONLINE, RECORD_ONLY } from "./evidence.js";
import { FAIL, NOT_CHECKED } from "./findings.js";
import { asks } from "./policy.js";
import { isProblem } from "./refusals.js";

const REQUIRED = { [ONLINE]: [1, 2, 3, 4, 5, 6, 8, 9], [OFFLINE]: [1, 2, 3], [BUNDLE]: [1, 2, 5, 6, 8, 9] };
const NOT_REGISTERED = ["serial-unknown", "serial-other-batch", "lot-unknown", "product-unknown"];
const RECALLS = ["recalled", "recall-hidden"];
const STATES = {
  recalled: "recalled", "recall-hidden": "recalled", "label-void": "void", held: "held", expired: "expired",
};
// Something lacks, none lies.
const LESSER = ["seal-dropped", "quorum-missing", "label-not-applied", "label-unbound"];
const SUSPICION = 11; // what fails here says something of the paper, not of the record

/** Return the checks without which there is no green. */
export function requiredChecks(evidence) {
  if (evidence.mode === OFFLINE) return REQUIRED[OFFLINE]; // there is no head at hand to ask of
  const asked = asksWitnesses(evidence) ? [7] : [];
  if (evidence.mode === RECORD_ONLY) {
    return [5, ...(evidence.records.some((one) => one.proof !== null) ? [6] : []), ...asked];
  }
  const seen = evidence.mode === BUNDLE && evidence.seenCheckpoint ? [7] : [];
  return [...new Set([...REQUIRED[evidence.mode], ...seen, ...asked])].sort((one, other) => one - other);
}

function asksWitnesses({ policy }) {
  return policy !== null && (isProblem(policy) || asks(policy));
}

/** Return the one word; the gravest thing found decides. */
export function verdictOf(findings, required) {
  const failures = findings.filter((one) => one.result === FAIL);
  const codes = failures.map((one) => one.code);
  const notRegistered = codes.some((code) => NOT_REGISTERED.includes(code));
  if (notRegistered && !failures.some((one) => one.number <= 2)) return "unknown";
  if (!codes.some((code) => RECALLS.includes(code)) && failures.some(isFalse)) return "failed";
  const state = Object.keys(STATES).find((code) => codes.includes(code));
  if (codes.length) return state === undefined ? "attention" : STATES[state];
  return isOpen(findings, required) ? "incomplete" : "verified";
}

/** Return 0: none failed, all required done; 1: one failed; 2: one is open. */
export function exitCode(findings, required) {
  if (findings.some((one) => one.result === FAIL)) return 1;
  return isOpen(findings, required) ? 2 : 0;
}

/** Return whether something untrue was met, rather than a state or a suspicion. */
function isFalse({ code, number }) {
  return !(code in STATES) && !LESSER.includes(code) && number !== SUSPICION;
}

function isOpen(findings, required) {
  return required.some((number) => findings[number - 1].result === NOT_CHECKED);
}
