/** What a page tells beside the verdict, drawn from records that hold. */
import { dayInVietnam, instantText } from "./days.js";
import { RECORD_TYPE } from "./batch_record.js";
import { batchRecord, coveringVoid, status } from "./lot.js";
import { isProblem, spoken } from "./refusals.js";
import { listedAsOf } from "./status_checks.js";
import { versions } from "./versions.js";

/**
 * Return plain facts: the lot, who signed, whom we trust, which head of the log was seen.
 * `accepted` is what a verifier keeps for the next time; empty where nothing is to be kept.
 */
export function factsOf(evidence) {
  return {
    link: evidence.link ? String(evidence.link) : evidence.asked?.text ?? "",
    lot: lotOf(evidence),
    signers: signersOf(evidence),
    logged_on: loggedOn(evidence),
    stop: stopOf(evidence),
    void_reason: coveringVoid(evidence)?.reason ?? evidence.label?.voidReason ?? "",
    seal: sealOf(evidence),
    trust: trustOf(evidence),
    head: headOf(evidence),
    as_of: evidence.asOf === null ? null : instantText(evidence.asOf),
    status_as_of: statusAsOf(evidence),
    status_lists: [...evidence.lists.lists.values()].map((one) => one.token),
    checked_at: instantText(evidence.now),
  };
}

function lotOf(evidence) {
  const record = batchRecord(evidence);
  if (record === null) return null;
  const { product, producer, lotNumber, productionDate, packagingDate, bestBefore, expiry, site } = record;
  return {
    product_vi: spoken(product.nameVi),
    product_en: spoken(product.nameEn),
    producer: spoken(producer.name),
    lot_number: spoken(lotNumber),
    commune: spoken(site.communeName),
    production_date: productionDate,
    packaging_date: packagingDate,
    best_before: bestBefore,
    expiry,
  };
}

/** Return who signed what, each key once; only where the signature holds. */
function signersOf(evidence) {
  const groups = [evidence.opened, evidence.openedRecognitions, evidence.openedPapers, evidence.openedInputs];
  const found = new Map();
  for (const one of groups.flat().filter((opened) => opened.signature === null)) {
    const types = found.get(one.kid)?.types ?? [];
    if (!types.includes(one.credential.type)) types.push(one.credential.type);
    found.set(one.kid, { kid: one.kid, issuer: one.credential.issuer, types });
  }
  return [...found.values()];
}

function loggedOn(evidence) {
  const [first] = versions(evidence.opened, RECORD_TYPE);
  return first === undefined ? null : dayInVietnam(first.credential.issuedAt);
}

function stopOf(evidence) {
  const found = status(evidence);
  if (found === null || isProblem(found) || found.notice.status === "released") return null;
  const { notice, version } = found;
  return {
    status: notice.status,
    since: dayInVietnam(version.credential.issuedAt),
    reason_vi: spoken(notice.reasonVi),
    reason_en: spoken(notice.reasonEn),
    advice_vi: spoken(notice.adviceVi),
    advice_en: spoken(notice.adviceEn),
    contact: spoken(notice.contact),
    by: spoken(version.credential.voucher.name ?? ""),
  };
}

function sealOf({ sealed }) {
  if (!sealed?.seal) return null;
  const { productionDate, expiry, stars, starsUntil, flags, logIndex } = sealed.seal;
  return {
    production_date: productionDate,
    expiry,
    stars,
    stars_until: starsUntil,
    best_before: Boolean(flags & 1),
    log_index: Number(logIndex),
  };
}

function trustOf({ trust, now }) {
  if (trust.list === null) return null;
  const { version, issued, expires, issuer } = trust.list;
  return {
    token: trust.token,
    version: Number(version),
    issued: instantText(issued),
    expires: instantText(expires),
    age_s: Math.max(0, Math.floor(now - issued)),
    issuer,
    origins: trust.origins,
    roots: trust.ring.keys.filter((key) => key.role === "root").map((key) => key.thumbprint),
    first_sight: trust.firstSight,
  };
}

function statusAsOf(evidence) {
  const instant = listedAsOf(evidence);
  return instant === null ? null : instantText(instant);
}

function headOf({ tree, checkpoint, keyEnded }) {
  if (isProblem(tree)) return null;
  return { origin: tree.origin, size: Number(tree.size), note: checkpoint, ended: keyEnded !== null };
}
