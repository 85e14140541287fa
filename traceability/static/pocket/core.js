// The one place that knows the verifier core: what it is asked, what is kept of its answer.

import { trustFor } from "../verifier/trust.js";
import { verify } from "../verifier/verify.js";

export { verify };

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

/** Return the head to remember after a check; "" where it broke with the one before. */
export function headOf(found) {
  const { trust, head } = found.facts;
  const broken = found.checks.some(
    (one) => one.number === CONSISTENCY && one.result === "fail",
  );
  return trust !== null && head !== null && !broken ? head.note : "";
}

/** Return a status list's name and times as it states them; null where it is none. */
export function timesOf(token) {
  try {
    const payload = JSON.parse(textOf(token.split(".")[1]));
    const { id, validFrom, validUntil } = payload;
    const instants = [validFrom, validUntil].map((one) => Date.parse(one));
    if (typeof id !== "string" || instants.some(Number.isNaN)) return null;
    return { id, valid_from: validFrom, valid_until: validUntil };
  } catch {
    return null;
  }
}

function textOf(part) {
  const binary = atob(part.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = Uint8Array.from(binary, (one) => one.charCodeAt(0));
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}
