/** What this browser keeps between two checks: whom it trusts, what of each log it saw. */
import { instantText } from "../verifier/days.js";
import { readUnverified } from "../verifier/envelope.js";
import { parsePolicy } from "../verifier/policy.js";
import { Refusal } from "../verifier/refusals.js";
import { parseTrustList, rootNamedBy, verifyTrustList } from "../verifier/trust_list.js";
import { recallTree } from "../verifier/trust.js";

const KEY = "traceability-verifier";
const MAX_LISTS = 32;
const EMPTY = { v: 1, services: {}, policy: "" };
let kept = read();

/** @typedef {{trust_list: string, checkpoint: string, status: string[]}} Service */

/** Return what is kept of every service, by its did, and the witness policy. */
export function all() {
  return kept;
}

/** Return what is kept of the service that an origin belongs to. @returns {Service} */
export function serviceOf(origin) {
  const found = Object.values(kept.services).find((one) => listIn(one.trust_list).linkOrigins.includes(origin));
  return found ?? Object.values(kept.services)[0] ?? { trust_list: "", checkpoint: "", status: [] };
}

/** Return a kept trust list, decoded. */
export function listIn(token) {
  return parseTrustList(readUnverified(token).payload);
}

/**
 * Keep a trust list that was handed over by hand: a first one of its service, or a newer one
 * that its root leads to. Throws `Refusal`.
 */
export async function trust(token, now) {
  const before = kept.services[listIn(token).issuer];
  const held = before === undefined ? null : listIn(before.trust_list);
  const root = held === null ? rootNamedBy(token) : held.ring;
  const list = await verifyTrustList(token, root, { now, lastSeenVersion: held?.version ?? 0n, acceptExpired: true });
  keep(list.issuer, { checkpoint: "", status: [], ...before, trust_list: token });
  return list;
}

/** Keep what a check accepted: a newer list, a head that did not break with the past. */
export function learn({ facts, checks }) {
  const { trust: trusted, head } = facts;
  if (trusted === null || trusted.first_sight) return;
  const before = kept.services[trusted.issuer];
  if (before === undefined) return;
  const sound = checks[6].result === "pass" || !before.checkpoint;
  const grows = head !== null && !head.ended && sound && head.size > sizeOf(before.checkpoint);
  keep(trusted.issuer, {
    ...before,
    trust_list: trusted.token,
    checkpoint: grows ? head.note : before.checkpoint,
    status: facts.status_lists.length ? facts.status_lists.slice(0, MAX_LISTS) : before.status,
  });
}

/** Keep status lists that were handed over; which of them count is asked at each check. */
export function addStatus(tokens) {
  for (const [issuer, one] of Object.entries(kept.services)) {
    keep(issuer, { ...one, status: [...new Set([...tokens, ...one.status])].slice(0, MAX_LISTS) });
  }
}

/** Keep a witness policy. Throws `Refusal`. */
export function setPolicy(text) {
  parsePolicy(text);
  kept = { ...kept, policy: text };
  write();
}

/** Take over what another browser kept. Throws `Refusal`. */
export async function take(text, now) {
  const other = decoded(text);
  for (const one of Object.values(other.services)) {
    const list = await trust(one.trust_list, now);
    const before = kept.services[list.issuer];
    const newer = sizeOf(one.checkpoint) > sizeOf(before.checkpoint);
    keep(list.issuer, { ...before, checkpoint: newer ? one.checkpoint : before.checkpoint });
    addStatus(one.status);
  }
  if (other.policy) setPolicy(other.policy);
}

/** Return everything kept as a text to save. */
export function exported(now) {
  return `${JSON.stringify({ ...kept, exported_at: instantText(now) }, null, 1)}\n`;
}

/** Forget everything. */
export function forget() {
  kept = EMPTY;
  write();
}

function sizeOf(note) {
  const tree = note ? recallTree(note) : null;
  return tree?.size === undefined ? -1 : Number(tree.size);
}

function keep(issuer, service) {
  kept = { ...kept, services: { ...kept.services, [issuer]: service } };
  write();
}

function decoded(text) {
  const malformed = new Refusal("memory-unreadable", "This is no memory of a verifier.");
  let value;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed;
  }
  const services = Object.values(value?.services ?? {});
  const texts = services.flatMap((one) => [one?.trust_list, one?.checkpoint, ...(Array.isArray(one?.status) ? one.status : [null])]);
  if (value?.v !== 1 || ![...texts, value.policy].every((one) => typeof one === "string")) throw malformed;
  return value;
}

function read() {
  try {
    const text = localStorage.getItem(KEY);
    return text === null ? EMPTY : decoded(text);
  } catch {
    return EMPTY; // kept nothing, or nothing that can be read
  }
}

function write() {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // it lasts as long as the page is open
  }
}
