/**
 * Which lot a blank stamp is bound to, as signed and logged records tell it. Its link names a
 * product and a serial, no lot; the subject of a binding names its range, `…#bind-<from>-<to>`.
 */
import { spoken } from "./refusals.js";
import { indexOfSerial } from "./seal.js";
import { versions, whole } from "./versions.js";

export const RUN_TYPE = "LabelRunRecord";
export const BINDING_TYPE = "LabelBindingRecord";
const PART = "#bind-";
const INDEX = /^[0-9]{1,10}$/;

/** Return the range of serials that a label run's record tells of, or `null`. */
export function runIn({ credential: { claims, subject }, logIndex }) {
  const [first, count] = [claims.firstIndex, claims.count].map(whole);
  if (first === null || count === null) return null;
  const sealed = claims.kind === "sealed";
  const mustBeApplied = claims.mustBeApplied === true;
  return { first, end: first + count, sealed, mustBeApplied, logIndex, subject };
}

/** Return whether a serial's index lies in a run. */
export function covers({ first, end }, index) {
  return first <= index && index < end;
}

/** Return the place in its sequence that a link's serial names, or `null`. */
export function indexIn(link) {
  return link === null || link.serial === null ? null : indexOfSerial(link.serial);
}

/** Return whether a label run's record is about blank stamps. */
export function isBlank({ credential }) {
  return credential.claims.kind === "blank";
}

/** Return the sound run of blank stamps that a link's serial was printed in, or `null`. */
export function blankRun(records, link) {
  const index = indexIn(link);
  if (index === null) return null;
  const product = String(link.productLink());
  const runs = versions(records, RUN_TYPE)
    .filter((one) => isBlank(one) && one.credential.claims.product === product)
    .map(runIn);
  return runs.find((run) => run !== null && covers(run, index)) ?? null;
}

/** Return what binds a link's serial to a lot of its product, or `null`: the oldest counts. */
export function bindingOf(records, link) {
  const run = blankRun(records, link);
  if (run === null) return null;
  const found = versions(records, BINDING_TYPE).filter((one) => binds(one, run, link));
  if (!found.length) return null;
  const oldest = found.reduce((least, one) => (one.logIndex < least.logIndex ? one : least));
  return { lot: oldest.credential.claims.lot, run };
}

/** Return the range that the subject of a binding names, or `null`. */
export function rangeIn(subject) {
  const at = subject.indexOf(PART);
  if (at < 0) return null;
  const range = subject.slice(at + PART.length);
  const dash = range.indexOf("-");
  const ends = [range.slice(0, dash), range.slice(dash + 1)];
  return dash >= 0 && ends.every((one) => INDEX.test(one)) ? ends.map(BigInt) : null;
}

/** Return whether a record about a run, or a part of it, may speak of an index. */
export function speaksOf(subject, index) {
  const part = rangeIn(subject);
  return part === null || index === null || part[0] <= index && index <= part[1];
}

function binds({ credential: { claims, subject } }, run, link) {
  const part = rangeIn(subject);
  const index = indexIn(link);
  return part !== null
    && whole(claims.from) === part[0]
    && whole(claims.to) === part[1]
    && part[0] <= index && index <= part[1]
    && subject.startsWith(run.subject + PART)
    && claims.run === run.subject
    && spoken(claims.lot ?? "").startsWith(`${link.productLink()}/10/`);
}
