/** Checks 1 to 4 and 11: the link, its host, its seal, its serial, its scans. */
import { RECORD_TYPE } from "./batch_record.js";
import { BUNDLE } from "./evidence.js";
import { FAIL, failed, notChecked, notCheckedFor, passed, refused } from "./findings.js";
import { coveringBinding, coveringRun, coveringVoid, isApplied } from "./lot.js";
import { NOT_AT_HAND } from "./opened.js";
import { BINDING_TYPE, blankRun, RUN_TYPE } from "./stamps.js";
import { MISSING } from "./trust.js";
import { versions } from "./versions.js";

const [LINK, HOST, SEAL, SERIAL, SCANS] = [1, 2, 3, 4, 11];
const TOLD = {
  unknown: ["serial-unknown", "This serial was never issued."],
  "other-batch": ["serial-other-batch", "This serial belongs to another lot."],
  "lot-unknown": ["lot-unknown", "This lot is not registered."],
  "product-unknown": ["product-unknown", "This product is not registered."],
  void: ["label-void", "This label was declared void."],
  unbound: ["label-unbound", "This stamp is not bound to any lot yet."],
};

/** Check that the link parses and its check digits hold. */
export function check1({ asked, link }) {
  if (asked === null) return noLink(LINK);
  if (link === null) return refused(LINK, asked.problem);
  return passed(LINK, "link-well-formed", "The link reads %(link)s.", { link: String(link) });
}

/** Check that the link's host is one the trust list names, to the letter. */
export function check2({ link, trust }) {
  if (trust.problem !== null) return trustRefused(HOST, trust.problem);
  if (link === null) return noLink(HOST);
  const { origin } = link;
  if (!trust.origins.includes(origin)) {
    return failed(HOST, "host-not-trusted", "The trust list does not name %(origin)s.", { origin });
  }
  if (trust.firstSight) {
    return passed(
      HOST,
      "host-first-sight",
      "%(origin)s names itself; this verifier knew nobody before. Compare its root key: %(kid)s.",
      { origin, kid: trust.firstSight },
    );
  }
  return passed(HOST, "host-trusted", "The trust list names %(origin)s.", { origin });
}

/** Return the finding of a check that needs a trust list there is none of. */
export function trustRefused(number, why) {
  return number === HOST && why.code !== MISSING ? refused(number, why) : notCheckedFor(number, why);
}

/** Check that the seal was made for this very link, or that none is missing. */
export function check3(evidence) {
  if (evidence.link === null) return noLink(SEAL);
  if (evidence.sealed === null) return withoutSeal(evidence);
  if (evidence.trust.problem !== null) return trustRefused(SEAL, evidence.trust.problem);
  if (evidence.sealed.problem !== null) return refused(SEAL, evidence.sealed.problem);
  const index = evidence.sealed.seal.logIndex;
  const records = versions(evidence.opened, RECORD_TYPE);
  if (records.length && !records.some((one) => one.logIndex === index)) {
    return failed(
      SEAL,
      "seal-other-record",
      "The seal speaks of log entry %(index)d, which is not this lot's record.",
      { index },
    );
  }
  return passed(
    SEAL, "seal-genuine", "The seal was made for this link; it names log entry %(index)d.", { index },
  );
}

/** Check that the serial is genuine and in a live range of this lot. */
export function check4(evidence) {
  const { label, link, subject } = evidence;
  if (label === null) return toldByRecords(evidence);
  if (label.state in TOLD) return failed(SERIAL, ...TOLD[label.state]);
  const single = link !== null && link.serial !== null;
  if (label.state === "product" || !single && subject === "") {
    return notChecked(SERIAL, "no-lot", "The link names a product, not a lot or a label.");
  }
  if (!single) {
    return passed(
      SERIAL, "lot-level", "The link is shared by the whole lot, which is registered.",
    );
  }
  return againstRuns(evidence);
}

/** Return the finding of a check for which the service would have to speak. */
export function nobodySaid({ silence }, number) {
  if (silence !== null) return notCheckedFor(number, silence);
  return notChecked(number, "not-asked", "The service was not asked.");
}

/** Check that the code was not scanned as only a copied one would be. */
export function check11({ link, scans }) {
  if (link === null || scans === null) {
    return notChecked(SCANS, "offline", "Only the service knows how often.");
  }
  if (link.serial === null) {
    return notChecked(
      SCANS,
      "lot-level",
      "The whole lot shares this code, so its scans say nothing about copies.",
    );
  }
  const [sign] = scans.signs;
  if (sign !== undefined) {
    return failed(SCANS, sign, "The scans of this code look unusual (%(sign)s).", { sign });
  }
  return passed(
    SCANS, "scans-usual", "Scanned %(count)d times, with no sign of copying.", { count: scans.count },
  );
}

function noLink(number) {
  return notChecked(number, "no-link", "There is no link to look at.");
}

function withoutSeal(evidence) {
  const { label } = evidence;
  if (label?.sealed || coveringRun(evidence)?.sealed) {
    return failed(
      SEAL, "seal-dropped", "Labels of this run carry a seal; this one came without.",
    );
  }
  if (label === null) {
    return notChecked(
      SEAL,
      "seal-unknown",
      "The link carries no seal, and nobody could say whether it should.",
    );
  }
  return passed(SEAL, "seal-none", "Labels of this run are printed without a seal.");
}

/** Return what a bundle's records say against a serial, for nobody says it is ours. */
function toldByRecords(evidence) {
  if (evidence.mode === BUNDLE && evidence.link !== null && evidence.link.serial !== null) {
    const found = againstRuns(evidence);
    if (found.result === FAIL) return found;
  }
  return nobodySaid(evidence, SERIAL);
}

function againstRuns(evidence) {
  if (coveringVoid(evidence) !== null) return failed(SERIAL, ...TOLD.void);
  const run = coveringRun(evidence);
  if (run !== null && run.mustBeApplied && !isApplied(evidence)) {
    return failed(
      SERIAL,
      "label-not-applied",
      "The producer activates its labels; this one was printed and has not been activated.",
    );
  }
  if (run !== null) {
    return passed(
      SERIAL,
      "serial-live",
      "The serial is genuine and lies in a run that log entry %(index)d holds.",
      { index: run.logIndex },
    );
  }
  const told = [RUN_TYPE, BINDING_TYPE];
  const runs = evidence.opened.filter((one) => told.includes(one.credential?.type));
  const unproven = runs.find((one) => one.log !== null && NOT_AT_HAND.includes(one.log.code));
  if (unproven !== undefined) return notCheckedFor(SERIAL, unproven.log);
  return outside(evidence);
}

/** Return the finding on a serial that no run of the lot holds. */
function outside(evidence) {
  if (coveringBinding(evidence) !== null) return failed(SERIAL, ...TOLD["other-batch"]);
  if (blankRun(evidence.opened, evidence.link) !== null) {
    return failed(
      SERIAL, "serial-not-bound", "No signed and logged binding makes this stamp one of the lot's.",
    );
  }
  return failed(
    SERIAL, "serial-outside-runs", "No signed label run of this lot holds this serial.",
  );
}
