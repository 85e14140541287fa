/** Part of check 9: what is shown as confirmed by a party was confirmed by it. */
import { chainProblem, hiddenRecord } from "./lot.js";
import { problem, Refusal } from "./refusals.js";

export const CONFIRMATION = "ConfirmationRecord";

/** @typedef {{recordSha256: string, party: string, name: string}} ShownConfirmation */

/** Return why something shown as confirmed is not, or `null`. */
export function confirmationsProblem(evidence) {
  for (const shown of evidence.shown.confirmations) {
    const found = wrongWith(evidence, shown);
    if (found !== null) return found;
  }
  return null;
}

/** Refuse a confirmation that is not a party's own, and all else under its key. */
export function checkConfirmer({ type, voucher, subject }, host, path) {
  if (!path && type !== CONFIRMATION) return;
  const id = path.slice(path.lastIndexOf("/") + 1);
  const own = path && [`https://${host}`, `http://${host}`].some(
    (home) => voucher.id === `${home}/${path}` && subject.startsWith(`${home}/records/`) && subject.endsWith(`#${id}`),
  );
  if (own && type === CONFIRMATION) return;
  throw new Refusal(
    "confirmer-mismatch", "A party confirms with its own key, and signs nothing else with it.",
  );
}

function wrongWith(evidence, shown) {
  const record = recordShown(evidence, shown.recordSha256);
  if (record === null) return otherVersion(shown);
  const known = evidence.openedConfirmations.map((one) => one.digest);
  const subject = `${record.id}#${shown.party.slice(shown.party.lastIndexOf("/") + 1)}`;
  const history = wordsOn(evidence, subject);
  return broken(history) ?? hiddenRecord(evidence, record.id, known) ?? wordProblem(history, shown);
}

/** Return the record with this digest, if it is the newest version at hand, or `null`. */
function recordShown(evidence, digest) {
  const opened = [...evidence.opened, ...evidence.openedRecognitions].filter((one) => one.sound && one.credential);
  const found = opened.find((one) => one.digest === digest)?.credential;
  if (found === undefined) return null;
  const same = opened.map((one) => one.credential)
    .filter((one) => one.subject === found.subject && one.type === found.type);
  return same.some((one) => one.version > found.version) ? null : found;
}

/** Return a party's words on a record, oldest first, whatever they are worth. */
function wordsOn({ openedConfirmations }, subject) {
  return openedConfirmations
    .filter(({ credential }) => credential?.type === CONFIRMATION && credential.subject === subject)
    .sort((one, other) => Number(one.credential.version - other.credential.version));
}

/** Return why a line of versions cannot be trusted to be whole; a thief's word is a link, no more. */
function broken(history) {
  for (const one of history) {
    const found = one.log ?? one.signature;
    if (found !== null && found.code !== "key-revoked") return found;
  }
  return chainProblem(history);
}

function wordProblem(history, shown) {
  const counting = history.filter((one) => one.sound);
  if (!counting.length) return missing(history, shown);
  const { claims, voucher } = counting.at(-1).credential;
  const { recordSha256, id, status = "", reason = "" } = claims;
  const sound = [recordSha256, id, status, reason].every((one) => typeof one === "string");
  if (!sound || !["", "withdrawn"].includes(status)) {
    return problem("confirmation-malformed", "The confirmation cannot be read.");
  }
  if (status === "withdrawn") {
    return problem(
      "confirmation-withdrawn", "%(party)s has taken its confirmation back.", { party: shown.party },
    );
  }
  if (recordSha256 !== shown.recordSha256) return otherVersion(shown);
  if (voucher.id === shown.party && (voucher.name ?? "") === shown.name) return null;
  return problem(
    "confirmation-otherwise",
    "The confirmation by %(party)s is shown otherwise than it was signed.",
    { party: shown.party },
  );
}

/** Return that nothing counts: the reason of what was handed over, if any was. */
function missing(history, { party }) {
  const refused = history.find((one) => one.signature !== null);
  return refused?.signature ?? problem(
    "confirmation-missing",
    "%(party)s is said to have confirmed a record, but nothing it signed says so.",
    { party },
  );
}

function otherVersion({ party }) {
  return problem(
    "confirmation-other-version",
    "%(party)s confirmed another version of the record than the one shown.",
    { party },
  );
}
