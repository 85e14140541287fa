/** What a check says: pass, fail or not checked, and the sentence that explains it. */
import { fill } from "./refusals.js";

export const PASS = "pass";
export const FAIL = "fail";
export const NOT_CHECKED = "not-checked";
/** Permanent: scripts, documents and the inspector's screen say the same. */
export const NAMES = [
  "link", "host", "seal", "serial", "signature", "log", "consistency", "currency", "claims", "genealogy", "scans",
];

/**
 * @typedef {object} Finding
 * @property {number} number @property {string} name @property {string} result
 * @property {string} code @property {string} message @property {object} params
 */

/** Return a check that holds. @returns {Finding} */
export function passed(number, code, message, params = {}) {
  return finding(number, PASS, { code, message, params });
}

/** Return a check that does not hold. @returns {Finding} */
export function failed(number, code, message, params = {}) {
  return finding(number, FAIL, { code, message, params });
}

/** Return a check that could not be done, with the reason. @returns {Finding} */
export function notChecked(number, code, message, params = {}) {
  return finding(number, NOT_CHECKED, { code, message, params });
}

/** Return a check that could not be done for a reason met below. @returns {Finding} */
export function notCheckedFor(number, problem) {
  return finding(number, NOT_CHECKED, problem);
}

/** Return a check that fails for a reason met below. @returns {Finding} */
export function refused(number, problem) {
  return finding(number, FAIL, problem);
}

/** Return a finding as plain JSON, with its English sentence. */
export function asJson({ number, name, result, code, message, params }) {
  const plain = Object.fromEntries(
    Object.entries(params).map(([key, value]) => [key, typeof value === "bigint" ? Number(value) : value]),
  );
  return { number, name, result, code, message, params: plain, detail: fill(message, plain) };
}

function finding(number, result, { code, message, params }) {
  return { number, name: NAMES[number - 1], result, code, message, params };
}
