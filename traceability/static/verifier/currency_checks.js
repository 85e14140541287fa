/** Check 8: the newest version, and nothing that stands against the lot. */
import { dayInVietnam } from "./days.js";
import { BUNDLE } from "./evidence.js";
import { failed, notChecked, notCheckedFor, passed, refused } from "./findings.js";
import { batchRecord, chainProblem, coveringRun, hiddenRecord, latest, SPOKEN_OF, status } from "./lot.js";
import { noRecord } from "./record_checks.js";
import { isProblem, problem } from "./refusals.js";
import { FLAG_BEST_BEFORE } from "./seal.js";
import { ageOf, listedAsOf, nothingKnown, refusedList, stoppedByList, stopHidden } from "./status_checks.js";
import { versions } from "./versions.js";

const CURRENCY = 8;
const STOPPED = {
  recalled: "The lot is being recalled.",
  held: "The lot is held for now.",
};
const CURRENT = {
  "current-as-told": "Version %(version)d is the latest the service tells of; nothing stands against this lot.",
  current: "Version %(version)d is the latest, as the log itself shows; nothing stands against this lot.",
};
const CURRENT_LISTED = {
  "current-as-told": "Version %(version)d is the latest the service tells of; nothing stands against this lot, nor in the status lists of %(as_of)s (%(hours)d h %(minutes)d min old).",
  current: "Version %(version)d is the latest, as the log itself shows; nothing stands against this lot, nor in the status lists of %(as_of)s (%(hours)d h %(minutes)d min old).",
};

/** Check that the record is the latest, and that nothing stands against the lot. */
export function check8(evidence) {
  if (!evidence.whole) return stoppedByList(evidence) ?? expired(evidence) ?? nothingKnown(evidence);
  const newest = latest(evidence);
  const stop = stopped(evidence) ?? stopHidden(evidence);
  if (newest === null) return stop ?? noRecord(evidence, CURRENCY);
  const found = stop ?? outdated(evidence) ?? expired(evidence) ?? unread(evidence);
  if (found !== null) return found;
  const { version } = newest.credential;
  return evidence.mode === BUNDLE ? currentThen(evidence, version) : current(evidence, version);
}

/** Return the use-by day: from the record, or from a seal that verifies. */
export function expiryOf(evidence) {
  const record = batchRecord(evidence);
  if (record !== null) return record.expiry;
  const seal = evidence.sealed?.seal ?? null;
  return seal === null || seal.flags & FLAG_BEST_BEFORE ? null : seal.expiry;
}

/** Return the finding that stops the lot: recalled or held, signed or only told. */
function stopped(evidence) {
  const found = status(evidence);
  if (isProblem(found)) return refused(CURRENCY, found);
  const signed = found === null ? "" : found.notice.status;
  const told = evidence.shown?.status ?? "";
  for (const state of ["recalled", "held"]) {
    if (signed === state || (told === state && signed !== "released")) {
      return failed(CURRENCY, state, STOPPED[state]);
    }
  }
  return null;
}

/** Return the finding where a version is missing, hidden, or not the one shown. */
function outdated(evidence) {
  const found = incompleteHistory(evidence) ?? oldVersionShown(evidence)
    ?? refusedList(evidence);
  return found === null ? null : refused(CURRENCY, found);
}

function incompleteHistory(evidence) {
  for (const type of SPOKEN_OF) {
    const broken = chainProblem(versions(evidence.opened, type));
    if (broken !== null) return broken;
  }
  const known = evidence.opened.map((one) => one.digest);
  const run = coveringRun(evidence);
  return hiddenRecord(evidence, evidence.subject, known)
    ?? (run === null ? null : hiddenRecord(evidence, run.subject, known));
}

function oldVersionShown(evidence) {
  const shown = evidence.shown?.recordSha256 ?? "";
  if (["", latest(evidence).digest].includes(shown)) return null;
  return problem(
    "old-version-shown", "What is shown is not the newest version of the record.",
  );
}

function expired(evidence) {
  const expiry = expiryOf(evidence);
  if (expiry === null || evidence.today <= expiry) return null;
  return failed(CURRENCY, "expired", "Use by %(day)s, which has passed.", { day: expiry });
}

/** Return the finding where the log's entries were wanted and not to be had. */
function unread({ laterLeaves }) {
  return isProblem(laterLeaves) ? notCheckedFor(CURRENCY, laterLeaves) : null;
}

function current(evidence, version) {
  const code = evidence.laterLeaves === null ? "current-as-told" : "current";
  const instant = listedAsOf(evidence);
  if (instant === null) return passed(CURRENCY, code, CURRENT[code], { version });
  return passed(CURRENCY, code, CURRENT_LISTED[code], { version, ...ageOf(instant, evidence.now) });
}

/** Return what a bundle shows: how things stood when its head was signed. */
function currentThen(evidence, version) {
  const day = dayInVietnam(evidence.asOf ?? evidence.now);
  if (evidence.laterLeaves === null) {
    return notChecked(
      CURRENCY,
      "entries-not-at-hand",
      "Version %(version)d is the newest in this bundle, which tells of nothing after %(day)s; the log's later entries are not in it.",
      { version, day },
    );
  }
  return listedThen(evidence) ?? passed(
    CURRENCY,
    "current-then",
    "Version %(version)d was the latest as of %(day)s, as the log itself showed; nothing stood against this lot then.",
    { version, day },
  );
}

/** Return what a bundle's status lists add; too old ones leave the check open. */
function listedThen(evidence) {
  if (listedAsOf(evidence) !== null) return { ...nothingKnown(evidence), code: "current-then" };
  return evidence.lists.problem === null ? null : notCheckedFor(CURRENCY, evidence.lists.problem);
}
