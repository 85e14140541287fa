/** What the records about one lot say, read from those that hold. */
import { readBatchRecord, readStatusRecord, RECORD_TYPE, STATUS_RECORD_TYPE } from "./batch_record.js";
import { isProblem, problem, problemOf, Refusal, spoken } from "./refusals.js";
import { indexOfSerial } from "./seal.js";

export const RUN_TYPE = "LabelRunRecord";
export const VOID_TYPE = "LabelVoidRecord";
export const APPLIED_TYPE = "LabelAppliedRecord";
export const REPRINT_TYPE = "LabelReprintRecord";
/** Types whose subject is the lot itself. */
export const SPOKEN_OF = [RECORD_TYPE, STATUS_RECORD_TYPE];
/** Types that name the lot among their claims. */
export const LABELS = [RUN_TYPE, VOID_TYPE, APPLIED_TYPE, REPRINT_TYPE];
const STATUSES = ["held", "recalled", "released"];

/** @typedef {{credential: import("./opened.js").Credential, digest: string, logIndex: bigint}} Version */

/** Return the sound versions of a type, oldest first. @returns {Version[]} */
export function versions(records, type) {
  return records
    .filter((one) => one.sound && one.record.logIndex !== null && one.credential.type === type)
    .map((one) => ({ credential: one.credential, digest: one.digest, logIndex: one.record.logIndex }))
    .sort((one, other) => Number(one.credential.version - other.credential.version));
}

/** Return the newest sound version of the lot's own record, or `null`. */
export function latest(evidence) {
  return lastAbout(evidence, RECORD_TYPE);
}

/** Return what the newest sound record says of the lot, or `null`. */
export function batchRecord(evidence) {
  const version = latest(evidence);
  if (version === null) return null;
  try {
    return readBatchRecord(version.credential.claims);
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

/** Return the newest sound hold, recall or release, `null`, or a problem: it may be a recall. */
export function status(evidence) {
  const version = lastAbout(evidence, STATUS_RECORD_TYPE);
  if (version === null) return null;
  try {
    const notice = readStatusRecord(version.credential.claims);
    if (STATUSES.includes(notice.status)) return { notice, version };
  } catch (error) {
    return problemOf(error);
  }
  return problem("status-unknown", "The lot's newest notice is of a kind that is not known here.");
}

/** Return why versions do not follow each other without a gap, or `null`. */
export function chainProblem(records) {
  let before = "";
  for (const [place, { credential, digest }] of records.entries()) {
    const params = { number: place + 1, type: credential.type };
    if (credential.version !== BigInt(place + 1)) {
      return problem("version-missing", "Version %(number)d of %(type)s is missing.", params);
    }
    if (credential.supersedes !== before) {
      return problem(
        "supersedes-broken", "Version %(number)d of %(type)s does not continue the one before.", params,
      );
    }
    before = digest;
  }
  return null;
}

/** Return why the log's tail shows that a record about a subject was kept from us, or `null`. */
export function hiddenRecord({ laterEntries }, subject, known) {
  if (isProblem(laterEntries)) return laterEntries;
  const hidden = (laterEntries.get(subject) ?? []).find((digest) => !known.includes(digest));
  if (hidden === undefined) return null;
  return problem(
    "newer-record-hidden",
    "The log holds a record about %(subject)s that was not handed over.",
    { subject },
  );
}

/** Return the sound run that the link's serial was printed in, or `null`. */
export function coveringRun(evidence) {
  const index = serialIndex(evidence);
  if (index === null) return null;
  const found = ofLot(evidence, RUN_TYPE).find(({ credential: { claims } }) => {
    const [first, count] = [claims.firstIndex, claims.count].map(whole);
    return first !== null && count !== null && first <= index && index < first + count;
  });
  if (found === undefined) return null;
  const { credential, logIndex } = found;
  const { kind, mustBeApplied } = credential.claims;
  return {
    sealed: kind === "sealed", mustBeApplied: mustBeApplied === true, logIndex, subject: credential.subject,
  };
}

/** Return the sound record that takes the link's serial back, or `null`. */
export function coveringVoid(evidence) {
  const index = serialIndex(evidence);
  if (index === null) return null;
  const found = ofLot(evidence, VOID_TYPE).find(({ credential }) => holds(credential.claims, index));
  if (found === undefined) return null;
  return { reason: spoken(found.credential.claims.reason ?? ""), since: found.credential.issuedAt };
}

/** Return whether a sound record tells that the link's label was put on goods. */
export function isApplied(evidence) {
  const index = serialIndex(evidence);
  if (index === null) return false;
  return ofLot(evidence, APPLIED_TYPE).some(({ credential }) => holds(credential.claims, index));
}

function holds(claims, index) {
  const [first, last] = [claims.from, claims.to].map(whole);
  return first !== null && last !== null && first <= index && index <= last;
}

function lastAbout(evidence, type) {
  const found = versions(evidence.opened, type).filter((one) => one.credential.subject === evidence.subject);
  return found.at(-1) ?? null;
}

function ofLot(evidence, type) {
  return versions(evidence.opened, type).filter((one) => one.credential.claims.lot === evidence.subject);
}

function serialIndex({ link }) {
  return link === null || link.serial === null ? null : indexOfSerial(link.serial);
}

/** Return a whole number, for which true and false pass as well, or `null`. */
function whole(value) {
  return typeof value === "bigint" || typeof value === "boolean" ? BigInt(value) : null;
}
