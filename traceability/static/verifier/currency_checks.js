/** Check 8: the newest version, and nothing that stands against the lot. */
import { ONLINE } from "./evidence.js";
import { failed, notChecked, notCheckedFor, passed, refused } from "./findings.js";
import { batchRecord, chainProblem, coveringRun, hiddenRecord, latest, SPOKEN_OF, status, versions } from "./lot.js";
import { noRecord } from "./record_checks.js";
import { isProblem, problem } from "./refusals.js";
import { FLAG_BEST_BEFORE } from "./seal.js";

const CURRENCY = 8;
const STOPPED = {
  recalled: "The lot is being recalled.",
  held: "The lot is held for now.",
};

/** Check that the record is the latest, and that nothing stands against the lot. */
export function check8(evidence) {
  if (evidence.mode !== ONLINE) {
    return expired(evidence) ?? notChecked(
      CURRENCY, "offline", "Only the service and its log know the newest version.",
    );
  }
  const newest = latest(evidence);
  if (newest === null) return stopped(evidence) ?? noRecord(evidence, CURRENCY);
  return stopped(evidence) ?? outdated(evidence) ?? expired(evidence) ?? unread(evidence)
    ?? current(evidence, newest.credential.version);
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
  const found = incompleteHistory(evidence) ?? oldVersionShown(evidence);
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

function current({ laterLeaves }, version) {
  if (laterLeaves === null) {
    return passed(
      CURRENCY,
      "current-as-told",
      "Version %(version)d is the latest the service tells of; nothing stands against this lot.",
      { version },
    );
  }
  return passed(
    CURRENCY,
    "current",
    "Version %(version)d is the latest, as the log itself shows; nothing stands against this lot.",
    { version },
  );
}
