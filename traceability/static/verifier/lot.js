/** What the records about one lot say, read from those that hold. */
import { readBatchRecord, readStatusRecord, RECORD_TYPE, STATUS_RECORD_TYPE } from "./batch_record.js";
import { isProblem, problem, problemOf, Refusal, spoken } from "./refusals.js";
import {
  BINDING_TYPE, bindingOf, blankRun, covers, indexIn, isBlank, RUN_TYPE, runIn, speaksOf,
} from "./stamps.js";
import { versions, whole } from "./versions.js";

export const VOID_TYPE = "LabelVoidRecord";
export const APPLIED_TYPE = "LabelAppliedRecord";
export const REPRINT_TYPE = "LabelReprintRecord";
/** Types whose subject is the lot itself. */
export const SPOKEN_OF = [RECORD_TYPE, STATUS_RECORD_TYPE];
/** Types that name the lot among their claims. */
export const LABELS = [RUN_TYPE, VOID_TYPE, BINDING_TYPE, APPLIED_TYPE, REPRINT_TYPE];
const STATUSES = ["held", "recalled", "released"];

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
export function hiddenRecord({ laterEntries, link }, subject, known) {
  if (isProblem(laterEntries)) return laterEntries;
  const index = indexIn(link); // bindings of other stamps need not be handed over
  const told = (laterEntries.get(subject) ?? []).filter((one) => speaksOf(one.subject, index));
  const hidden = told.find((one) => !known.includes(one.digest));
  if (hidden === undefined) return null;
  return problem(
    "newer-record-hidden",
    "The log holds a record about %(subject)s that was not handed over.",
    { subject },
  );
}

/** Return what binds the link's serial to a lot, or `null`. */
export function coveringBinding({ opened, link }) {
  return bindingOf(opened, link);
}

/** Return the sound run of the lot that the link's serial was printed in, or `null`. */
export function coveringRun(evidence) {
  const index = indexIn(evidence.link);
  if (index === null) return null;
  const own = ofLot(evidence, RUN_TYPE).filter((one) => !isBlank(one)).map(runIn);
  const found = own.find((run) => run !== null && covers(run, index));
  if (found !== undefined) return found;
  const binding = coveringBinding(evidence); // blank stamps are of the lot that it names
  return binding !== null && binding.lot === evidence.subject ? binding.run : null;
}

/** Return the sound record that takes the link's serial back, or `null`. */
export function coveringVoid(evidence) {
  const index = indexIn(evidence.link);
  if (index === null) return null;
  const told = [...ofLot(evidence, VOID_TYPE), ...voidsOfBlanks(evidence)];
  const found = told.find(({ credential }) => holds(credential.claims, index));
  if (found === undefined) return null;
  return { reason: spoken(found.credential.claims.reason ?? ""), since: found.credential.issuedAt };
}

/** Return what became void of the blank stamps that the link's serial is among. */
function voidsOfBlanks({ opened, link }) {
  const run = blankRun(opened, link);
  if (run === null) return [];
  return versions(opened, VOID_TYPE).filter((one) => one.credential.claims.run === run.subject);
}

/** Return whether a sound record tells that the link's label was put on goods. */
export function isApplied(evidence) {
  const index = indexIn(evidence.link);
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
