// The one place that knows the verifier core: what it is asked, what is kept of its answer.

import { textOf } from "../verifier/bytes.js";
import { instantText } from "../verifier/days.js";
import { MAX_BYTES as MAX_POLICY, parsePolicy, TOO_LARGE } from "../verifier/policy.js";
import { problemOf, reading, Refusal } from "../verifier/refusals.js";
import { LISTS_MISSING } from "../verifier/status_checks.js";
import { openLists } from "../verifier/status_lists.js";
import { trustFor } from "../verifier/trust.js";
import { verify } from "../verifier/verify.js";

export { LISTS_MISSING, MAX_POLICY, verify };

const CONSISTENCY = 7;

/**
 * Return what a trust list that was handed over is worth beside the pinned one:
 * `{problem}` where it is refused, else the list to keep with its version and roots.
 */
export async function accepted(told, pinned, now) {
  const seconds = Math.floor(now.getTime() / 1000);
  const trust = await trustFor(location.origin, { pinned, told, now: seconds });
  if (trust.problem !== null) return { problem: trust.problem };
  const roots = trust.list.ring.keys.filter((key) => key.role === "root");
  return {
    problem: null,
    token: trust.token,
    version: Number(trust.list.version),
    root: roots.map((key) => key.thumbprint).join(" "),
  };
}

/** Return what a policy file says, `{problem, text, names}`: its problem is null where it counts. */
export function policyRead(bytes) {
  const code = "policy-malformed";
  try {
    if (bytes.length > MAX_POLICY) throw new Refusal(code, TOO_LARGE);
    const text = reading(() => textOf(bytes), code, "The policy is not UTF-8.");
    return { problem: null, text, names: parsePolicy(text).witnesses.map((one) => one.name) };
  } catch (error) {
    return { problem: problemOf(error), text: "", names: [] };
  }
}

/** Return the head to remember after a check; "" where it broke with the one before. */
export function headOf(found) {
  const { trust, head } = found.facts;
  const broken = found.checks.some(
    (one) => one.number === CONSISTENCY && one.result === "fail",
  );
  return trust !== null && head !== null && !broken ? head.note : "";
}

/** Return what of some status lists counts: signed by the service, not past its end. */
export async function acceptedStatus(tokens, pinned, now) {
  const seconds = Math.floor(now.getTime() / 1000);
  const trust = await trustFor(location.origin, { pinned, told: null, now: seconds });
  const { lists } = await openLists(tokens, trust, seconds);
  return [...lists.values()].map(({ key, validFrom, validUntil, token }) => ({
    id: key,
    valid_from: instantText(validFrom),
    valid_until: instantText(validUntil),
    token,
  }));
}
