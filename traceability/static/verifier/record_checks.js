/** Checks 5 and 6: signature, place in the log. */
import { RECORD_TYPE } from "./batch_record.js";
import { dayInVietnam } from "./days.js";
import { falseDisclosure } from "./disclosed.js";
import { RECORD_ONLY } from "./evidence.js";
import { failed, notChecked, notCheckedFor, passed, refused } from "./findings.js";
import { nobodySaid, trustRefused } from "./label_checks.js";
import { batchRecord, LABELS, REPRINT_TYPE, VOID_TYPE } from "./lot.js";
import { CLOCK_SLACK, NOT_AT_HAND } from "./opened.js";
import { isProblem, problem, spoken } from "./refusals.js";
import { blankRun, RUN_TYPE } from "./stamps.js";

const [SIGNATURE, LOG] = [5, 6];

/** Check who signed, when, with which key, and that it is about what was asked. */
export function check5(evidence) {
  const unreadable = evidence.opened.find((one) => one.unreadable);
  if (unreadable !== undefined) return refused(SIGNATURE, unreadable.signature);
  if (evidence.trust.problem !== null) return trustRefused(SIGNATURE, evidence.trust.problem);
  if (!evidence.opened.length) return noRecord(evidence, SIGNATURE);
  for (const one of evidence.opened) {
    const found = one.signature ?? wrongSubject(evidence, one);
    if (found !== null) return refusedOrOpen(SIGNATURE, found);
  }
  const falsehood = falseDisclosure(evidence.disclosed, evidence.allOpened);
  return falsehood === null ? ownRecord(evidence) : refused(SIGNATURE, falsehood);
}

/** Return the finding of a check that has no record to look at. */
export function noRecord(evidence, number) {
  if (evidence.silence !== null) return nobodySaid(evidence, number);
  return notChecked(number, "no-record", "There is no record to look at.");
}

/** Check that each leaf is under the log's signed head, in the order of time. */
export function check6(evidence) {
  if (evidence.trust.problem !== null) return trustRefused(LOG, evidence.trust.problem);
  if (!evidence.opened.length) return noRecord(evidence, LOG);
  const unlogged = evidence.opened.find((one) => one.log !== null);
  if (unlogged !== undefined) return refusedOrOpen(LOG, unlogged.log);
  return afterItsKey(evidence) ?? outOfOrder(evidence.opened) ?? logged(evidence);
}

/** Refuse a head that tells of times when its key had ended. */
function afterItsKey({ keyEnded, asOf }) {
  if (keyEnded === null || (asOf !== null && asOf < keyEnded)) return null;
  return failed(
    LOG, "log-key-ended", "The head tells of times after %(day)s, when its key had ended.", { day: dayInVietnam(keyEnded) },
  );
}

function refusedOrOpen(number, why) {
  return NOT_AT_HAND.includes(why.code) ? notCheckedFor(number, why) : refused(number, why);
}

function ownRecord(evidence) {
  if (evidence.mode === RECORD_ONLY) return signed(evidence.opened[0]);
  const own = evidence.opened.filter((one) => one.credential?.type === RECORD_TYPE);
  if (!own.length && !evidence.subject) return noRecord(evidence, SIGNATURE); // no lot's stamp
  if (!own.length) {
    return failed(
      SIGNATURE, "record-missing", "The lot's own record was not handed over.",
    );
  }
  if (batchRecord(evidence) === null && own.every((one) => one.sound)) {
    return failed(SIGNATURE, "record-unreadable", "This is no batch record.");
  }
  return signed(own.at(-1));
}

function signed({ credential }) {
  return passed(
    SIGNATURE,
    "signature-valid",
    "Signed on %(day)s by %(issuer)s with a key that was valid then.",
    { day: credential ? dayInVietnam(credential.issuedAt) : "", issuer: credential?.issuer ?? "" },
  );
}

function wrongSubject(evidence, { credential }) {
  if (evidence.mode === RECORD_ONLY || credential === null) return null;
  const about = LABELS.includes(credential.type) ? spoken(credential.claims.lot ?? "") : credential.subject;
  if (about === evidence.subject || ofBlanks(evidence, credential)) return null;
  return problem(
    "subject-mismatch",
    "The record is about %(subject)s, not about the lot asked for.",
    { subject: about },
  );
}

/** Return whether a record is about the blank stamps that the serial is among: it names no lot. */
function ofBlanks({ opened, link }, { type, subject, claims }) {
  if (![RUN_TYPE, VOID_TYPE, REPRINT_TYPE].includes(type) || Object.hasOwn(claims, "lot")) return false;
  const run = blankRun(opened, link);
  return run !== null && [subject, claims.run].includes(run.subject);
}

/** Refuse a record dated before one that the log held already: it is back-dated. */
function outOfOrder(records) {
  const known = records
    .filter((one) => one.credential !== null && one.record.logIndex !== null)
    .map((one) => ({ index: one.record.logIndex, at: one.credential.issuedAt }))
    .sort((one, other) => (one.index < other.index ? -1 : Number(one.index > other.index)));
  for (const [place, { index, at }] of known.entries()) {
    if (place && at + CLOCK_SLACK < known[place - 1].at) {
      return failed(
        LOG, "log-order", "Log entry %(index)d is dated before an entry that precedes it.", { index },
      );
    }
  }
  return null;
}

function logged({ opened, tree }) {
  const own = opened.filter((one) => one.credential?.type === RECORD_TYPE);
  const newest = (own.length ? own : opened).at(-1).record.logIndex;
  return passed(
    LOG,
    "logged",
    "In the log as entry %(index)d of %(size)d.",
    { index: newest ?? -1, size: isProblem(tree) ? 0 : tree.size },
  );
}
