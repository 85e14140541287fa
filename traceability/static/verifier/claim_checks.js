/** Check 9: stars, certificates, rights and confirmations that are shown as valid. */
import { confirmationsProblem } from "./confirmation_checks.js";
import { passed, refused } from "./findings.js";
import { trustRefused } from "./label_checks.js";
import { batchRecord, chainProblem, hiddenRecord } from "./lot.js";
import { certificateHolds, names, readRecognition, rightIsShown, standing } from "./rating.js";
import { noRecord } from "./record_checks.js";
import { problem, Unreadable } from "./refusals.js";
import { withdrawnInList } from "./status_checks.js";
import { versions } from "./versions.js";

export const RECOGNITION = "RecognitionRecord";
export const CERTIFICATE = "CertificateRecord";
export const IP_RIGHT = "IpRightRecord";
const CLAIMS = 9;
const STANDING = {
  none: "Stars are shown, but no signed record gives any.",
  "not-yet": "On %(on)s the stars were not yet given.",
  expired: "On %(on)s the stars had expired.",
  withdrawn: "On %(on)s the stars had been withdrawn.",
};

/** Check that stars and papers shown as valid held at production and hold today. */
export function check9(evidence) {
  if (evidence.trust.problem !== null) return trustRefused(CLAIMS, evidence.trust.problem);
  const lot = batchRecord(evidence);
  if (lot === null || evidence.shown === null) return noRecord(evidence, CLAIMS);
  const records = [...evidence.openedRecognitions, ...evidence.openedPapers];
  const found = firstUnsound(records) ?? brokenHistory(evidence, records)
    ?? starsProblem(evidence, lot, evidence.shown.stars)
    ?? papersProblem(evidence, lot, evidence.shown.papers)
    ?? confirmationsProblem(evidence);
  return found === null ? claimsHold(evidence.shown) : refused(CLAIMS, found);
}

function claimsHold({ stars, papers }) {
  if (stars === 0n) {
    return passed(
      CLAIMS,
      "no-stars-shown",
      "No stars are shown as valid. Certificates and rights shown: %(papers)d; all hold.",
      { papers: papers.length },
    );
  }
  return passed(
    CLAIMS,
    "claims-hold",
    "%(stars)d stars held at production and hold today, as a signed record says. Certificates and rights shown: %(papers)d; all hold.",
    { stars, papers: papers.length },
  );
}

function firstUnsound(records) {
  for (const one of records) {
    const found = one.signature ?? one.log;
    if (found !== null) return found;
  }
  return null;
}

function brokenHistory(evidence, records) {
  const known = records.map((one) => one.digest);
  for (const [subject, history] of bySubject(records)) {
    const found = chainProblem(history) ?? hiddenRecord(evidence, subject, known);
    if (found !== null) return found;
  }
  return null;
}

/** Return each subject's versions, oldest first; subjects in order. */
function bySubject(records) {
  const found = new Map();
  for (const type of [RECOGNITION, CERTIFICATE, IP_RIGHT]) {
    for (const one of versions(records, type)) {
      const { subject } = one.credential;
      found.set(subject, [...(found.get(subject) ?? []), one]);
    }
  }
  return new Map([...found].sort(([one], [other]) => (one < other ? -1 : Number(one > other))));
}

function starsProblem(evidence, lot, stars) {
  let facts;
  try {
    facts = [...bySubject(evidence.openedRecognitions).values()].map((history) => recognitionIn(history.at(-1), lot));
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    return problem("recognition-unreadable", "This is no recognition.");
  }
  if (facts.includes(null)) {
    return problem("recognition-other-product", "The recognition is for another product.");
  }
  if (stars === 0n) return null;
  const [made, today] = [lot.productionDate, evidence.today].map((day) => standing(facts, day));
  return standingProblem(made, stars) ?? standingProblem(today, stars) ?? listedProblem(evidence, today);
}

/** Return that a status list tells of the withdrawal of stars that seem to hold, or `null`. */
function listedProblem(evidence, { publicId }) {
  for (const [subject, history] of bySubject(evidence.openedRecognitions)) {
    if (subject.slice(subject.lastIndexOf("/") + 1) === publicId) {
      return withdrawnInList(evidence, history.at(-1).logIndex);
    }
  }
  return null;
}

function recognitionIn({ credential: { subject, claims } }, lot) {
  if (!("product" in claims)) throw new Unreadable("no product");
  return claims.product === lot.product.link ? readRecognition(subject, claims) : null;
}

function standingProblem(held, stars) {
  if (held.state !== "valid") {
    return problem(`stars-${held.state}`, STANDING[held.state], { on: held.on });
  }
  if (held.stars >= stars) return null;
  return problem(
    "stars-too-many",
    "%(shown)d stars are shown, but on %(on)s there were %(held)d.",
    { shown: stars, held: held.stars, on: held.on },
  );
}

function papersProblem(evidence, lot, subjects) {
  const histories = bySubject(evidence.openedPapers);
  const days = [lot.productionDate, evidence.today];
  for (const subject of subjects) {
    const history = histories.get(subject);
    if (history === undefined) {
      return problem(
        "paper-without-record",
        "%(subject)s is shown as valid, but no signed record says so.",
        { subject },
      );
    }
    if (!paperHolds(history.at(-1), lot, days)) {
      return problem(
        "paper-lapsed",
        "%(subject)s is shown as valid, but did not hold on both days.",
        { subject },
      );
    }
    const listed = withdrawnInList(evidence, history.at(-1).logIndex);
    if (listed !== null) return listed;
  }
  return null;
}

function paperHolds({ credential: { type, claims, voucher } }, lot, days) {
  if (voucher.id !== lot.producer.id || !names(claims.product, lot.product.link)) return false;
  try {
    return type === CERTIFICATE ? certificateHolds(claims, days) : rightIsShown(claims, days);
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}
