/** What stars a product holds on a day, and what dated papers and rights are worth. */
import { parseDay } from "./days.js";
import { decimalOf, isFilled } from "./batch_record.js";
import { member, oneOf, optional } from "./members.js";
import { Unreadable } from "./refusals.js";
import { RIGHT_KINDS } from "./facts.js";

/**
 * @typedef {object} Recognition
 * @property {string} publicId @property {bigint} stars
 * @property {string} issued @property {string} expires @property {string|null} withdrawnOn
 */

/** Read a recognition's claims. Throws `Unreadable`. @returns {Recognition} */
export function readRecognition(subject, claims) {
  const stars = wholeOf(member(claims, "stars"));
  decimalOf(member(claims, "points"));
  for (const name of ["decisionNo", "decidedBy", "certificateNo", "rules"]) member(claims, name);
  return {
    publicId: subject.slice(subject.lastIndexOf("/") + 1),
    stars,
    issued: parseDay(member(claims, "issued")),
    expires: parseDay(member(claims, "expires")),
    withdrawnOn: dayIn(claims, "withdrawnOn"),
  };
}

/**
 * Return what a product's recognitions are worth on a day: the one issued last decides.
 * @param {Recognition[]} recognitions @param {string} on
 * @returns {{on: string, state: string, stars: bigint, publicId: string}}
 */
export function standing(recognitions, on) {
  const known = [...recognitions].sort((one, other) => byText(one.issued, other.issued) || byText(one.publicId, other.publicId));
  const begun = known.filter((one) => one.issued <= on);
  const one = begun.at(-1) ?? known[0];
  const found = { on, stars: 0n, publicId: one?.publicId ?? "" };
  if (!begun.length) return { ...found, state: known.length ? "not-yet" : "none" };
  if (one.withdrawnOn !== null && one.withdrawnOn <= on) return { ...found, state: "withdrawn" };
  if (one.expires < on) return { ...found, state: "expired" };
  return { ...found, state: "valid", stars: one.stars };
}

/** Return whether a certificate's claims hold on every one of the days. Throws `Unreadable`. */
export function certificateHolds(claims, days) {
  const issued = parseDay(member(claims, "issued"));
  const expires = dayIn(claims, "expires");
  const withdrawnOn = dayIn(claims, "withdrawnOn");
  return days.every((day) => day >= issued && (withdrawnOn === null || day < withdrawnOn)
    && (expires === null || day <= expires));
}

/** Return whether a right's claims may be shown for all of the days. Throws `Unreadable`. */
export function rightIsShown(claims, days) {
  const code = member(claims, "kind");
  member(claims, "sign");
  const applied = oneOf(["application", "registered"], member(claims, "state")) === "application";
  const since = dayIn(claims, "rightToUseDate");
  const validTo = dayIn(claims, "validTo");
  const withdrawnOn = dayIn(claims, "withdrawnOn");
  const kind = RIGHT_KINDS[typeof code === "string" ? code : ""];
  if (kind === undefined) throw new Unreadable("no kind of right");
  const stands = days.every((day) => (withdrawnOn === null || day < withdrawnOn)
    && (validTo === null || day <= validTo));
  const mayUse = !kind.shared || (isFilled(optional(claims, "rightToUse", ""))
    && since !== null && days.every((day) => day >= since));
  return stands && mayUse && (applied ? kind.shownAsApplication : kind.shown);
}

/** Return whether a claim that names one thing, several or none speaks for this. */
export function names(claim, wanted) {
  if (claim === null || claim === undefined) return true;
  return Array.isArray(claim) ? claim.includes(wanted) : claim === wanted;
}

function dayIn(claims, name) {
  const value = optional(claims, name, null);
  return isFilled(value) ? parseDay(value) : null;
}

function wholeOf(value) {
  if (typeof value === "bigint" || typeof value === "boolean") return BigInt(value);
  if (typeof value === "string" && /^\s*[+-]?[0-9]+(?:_[0-9]+)*\s*$/.test(value)) {
    return BigInt(value.trim().replaceAll("_", "").replace("+", ""));
  }
  throw new Unreadable("no whole number");
}

function byText(one, other) {
  return one < other ? -1 : Number(one > other);
}
