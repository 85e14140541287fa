/** What check 8 finds in status lists; their age is always told. */
import { RECORD_TYPE } from "./batch_record.js";
import { instantText } from "./days.js";
import { BUNDLE } from "./evidence.js";
import { failed, notChecked, notCheckedFor, passed } from "./findings.js";
import { status } from "./lot.js";
import { isProblem, problem } from "./refusals.js";
import { asOf, EXPIRED, marking, REVOCATION, rolledBack, SUSPENSION } from "./status_lists.js";
import { versions } from "./versions.js";

const CURRENCY = 8;
export const LISTS_MISSING = problem(
  "status-list-missing", "The status lists at hand do not speak of this lot.",
);
const SAID = {
  recalled: "The lot is being recalled, as the status list of %(as_of)s says (%(hours)d h %(minutes)d min old).",
  held: "The lot is held for now, as the status list of %(as_of)s says (%(hours)d h %(minutes)d min old).",
  "recall-hidden": "The status list of %(as_of)s says that the lot is recalled (%(hours)d h %(minutes)d min old); the records handed over do not.",
  "hold-hidden": "The status list of %(as_of)s says that the lot is held (%(hours)d h %(minutes)d min old); the records handed over do not.",
};

/** Return what a finding tells of a list's age: its instant, and how long ago. */
export function ageOf(instant, now) {
  const seconds = Math.max(0, Math.floor(now - instant));
  return {
    as_of: instantText(instant),
    age_s: seconds,
    hours: Math.floor(seconds / 3600),
    minutes: Math.floor(seconds / 60) % 60,
  };
}

/** Return why a list that was handed over now is not accepted, or `null`. */
export function refusedList(evidence) {
  const { listsTold, listsSeen } = evidence;
  if (evidence.mode === BUNDLE) return refusedInBundle(evidence);
  return listsTold.problem ?? rolledBack(listsSeen, listsTold) ?? notWhole(evidence);
}

/** Return that a list tells of a paper's withdrawal, by where its record stands, or `null`. */
export function withdrawnInList({ link, lists, now }, logIndex) {
  const found = link === null ? null : marking(lists, link.origin, REVOCATION, [logIndex]);
  if (found === null) return null;
  return problem(
    "withdrawn-in-list",
    "What is shown as valid was withdrawn, as the status list of %(as_of)s says (%(hours)d h %(minutes)d min old).",
    ageOf(found.validFrom, now),
  );
}

/** Return the finding that a list stops the lot, where nobody asks the service, or `null`. */
export function stoppedByList(evidence) {
  return stopped(evidence, "recalled", "held");
}

/** Return the finding that a list stops the lot and the records do not say so, or `null`. */
export function stopHidden(evidence) {
  return stopped(evidence, "recall-hidden", "hold-hidden");
}

/** Return the instant for which lists at hand speak of the lot, or `null`. */
export function listedAsOf(evidence) {
  if (evidence.link === null) return null;
  return asOf(evidence.lists, evidence.link.origin, indexesOf(evidence));
}

/** Return the finding of lists that do not stop the lot, or why they are no help. */
export function nothingKnown(evidence) {
  const instant = listedAsOf(evidence);
  if (instant !== null) {
    return passed(
      CURRENCY,
      "nothing-known",
      "Nothing was known against this lot as of %(as_of)s (%(hours)d h %(minutes)d min ago).",
      ageOf(instant, evidence.now),
    );
  }
  if (!indexesOf(evidence).length || !(evidence.status.length || evidence.seenStatus.length)) {
    return notChecked(
      CURRENCY, "offline", "Only the service and its log know the newest version.",
    );
  }
  if (evidence.lists.problem !== null) return notCheckedFor(CURRENCY, evidence.lists.problem);
  return notCheckedFor(CURRENCY, LISTS_MISSING);
}

/** Return why a bundle's list is not accepted, or `null`; one may be old, as a bundle may. */
function refusedInBundle(evidence) {
  const { problem: found } = evidence.listsTold;
  if (found === null) return notWhole(evidence);
  return found.code === EXPIRED ? null : found;
}

/** Return that lists were handed over, but not those that speak of the lot, or `null`. */
function notWhole(evidence) {
  const { link, listsTold, status: told } = evidence;
  if (link === null || !told.length || asOf(listsTold, link.origin, indexesOf(evidence)) !== null) return null;
  return LISTS_MISSING;
}

/** Return where the log holds the lot's record: as proven, else as its seal says. */
function indexesOf(evidence) {
  const found = versions(evidence.opened, RECORD_TYPE)
    .filter((one) => one.credential.subject === evidence.subject)
    .map((one) => one.logIndex);
  const seal = evidence.sealed?.seal ?? null;
  return found.length || seal === null ? found : [seal.logIndex];
}

function stopped(evidence, recalled, held) {
  for (const [purpose, code] of [[REVOCATION, recalled], [SUSPENSION, held]]) {
    const found = markingList(evidence, purpose);
    if (found !== null) return failed(CURRENCY, code, SAID[code], ageOf(found.validFrom, evidence.now));
  }
  return null;
}

/** Return the list that marks the lot; a hold only if no record is newer than it. */
function markingList(evidence, purpose) {
  if (evidence.link === null) return null;
  const found = marking(evidence.lists, evidence.link.origin, purpose, indexesOf(evidence));
  if (found === null || purpose === REVOCATION) return found;
  const notice = status(evidence);
  if (notice === null || isProblem(notice)) return found;
  return notice.version.credential.issuedAt <= found.validFrom ? found : null;
}
