/** One verifier's material for one link, record or bundle, examined before the checks look at it. */
import { dayInVietnam, parseInstant } from "./days.js";
import { readLink } from "./digital_link.js";
import { coveringRun } from "./lot.js";
import { isTail } from "./merkle.js";
import { homeOf, openRecord } from "./opened.js";
import { cosigners, policyIn, signedByLog } from "./policy.js";
import { isProblem, problem, problemOf, Refusal, spoken, Unreadable } from "./refusals.js";
import { verifiedSeal } from "./seal.js";
import { openLists, together } from "./status_lists.js";
import { bindingOf } from "./stamps.js";
import { readObject } from "./strict_json.js";
import { keyEnded, readTree, trustFor } from "./trust.js";
import { readDocument, readLeaves } from "./wire.js";

export const ONLINE = "online"; // a link, and a service that answered
export const OFFLINE = "offline"; // a link and a trust list at hand, nothing else
export const RECORD_ONLY = "record"; // one record as a file
export const BUNDLE = "bundle"; // a file that holds the evidence
const NOTHING = {
  label: null, records: [], recognitions: [], papers: [], inputs: [], events: [], confirmations: [],
  checkpoint: "", consistency: null, shown: null, scans: null, status: [],
};

/**
 * @typedef {object} Evidence
 * @property {string} mode @property {boolean} whole a lot's records are at hand
 * @property {number} now seconds since 1970 @property {string} today
 * @property {import("./trust.js").Trust} trust
 * @property {object|null} asked @property {object|null} link @property {string} subject the lot's canonical link
 * @property {object|null} silence why the service said nothing
 * @property {object} tree the log's head, or a problem @property {string} seenCheckpoint
 * @property {object|null} tail all entries after the lot's first record, or a problem
 * @property {Map|object} laterEntries the tail's entries by subject, or a problem
 * @property {{seal: object|null, problem: object|null}|null} sealed
 * @property {import("./opened.js").Opened[]} opened, openedRecognitions, openedPapers, openedInputs, openedEvents,
 *   openedConfirmations
 */

/** Return everything the checks look at. Throws `Refusal` "input-malformed" for a caller's mistake. */
export async function gather(input) {
  const now = instantOf(input.now);
  const base = {
    mode: input.mode,
    now,
    told: NOTHING,
    asked: null,
    silence: null,
    later: null,
    seen: "",
    policy: policyIn(input.policy ?? ""),
    seenStatus: input.status ?? [],
    toldEvents: [],
    disclosed: [],
  };
  return input.mode === RECORD_ONLY ? ofRecord(input, base) : ofLink(input, base);
}

async function ofRecord(input, base) {
  const trust = await trustFor(homeOf(input.record), listsOf(input, base.now));
  return examined({ ...base, trust, told: { ...NOTHING, records: [input.record], checkpoint: input.checkpoint } });
}

async function ofLink(input, base) {
  const asked = readLink(input.text);
  const origin = asked.link?.origin;
  const lists = asked.link === null ? { pinned: null, told: null, now: base.now } : listsOf(input, base.now);
  const trust = await trustFor(origin, input.mode === OFFLINE ? { ...lists, told: null } : lists);
  const known = { ...base, asked, trust };
  if (input.mode === OFFLINE || asked.link === null && input.mode !== BUNDLE) return examined(known);
  if (input.mode === ONLINE && !trust.origins.includes(origin)) return examined(known);
  if (!input.document) return examined({ ...known, silence: input.silence ?? null });
  try {
    return examined({ ...known, ...receivedIn(input) });
  } catch (error) {
    return examined({ ...known, silence: problemOf(error) });
  }
}

/** Return what was handed over; a bundle's bare word on labels and scans may be of any age. */
function receivedIn(input) {
  const told = readDocument(input.document);
  const received = { told, later: laterOf(input.later_leaves ?? null), seen: input.seen_checkpoint ?? "" };
  if (input.mode !== BUNDLE) return { ...received, told: { ...told, events: [] } };
  return {
    ...received,
    told: { ...told, label: null, scans: null, consistency: null },
    toldEvents: input.told_events ?? [],
    disclosed: input.disclosed ?? [],
  };
}

function listsOf(input, now) {
  const offered = input.mode === BUNDLE;
  return { pinned: input.pinned_trust_list || null, told: input.trust_list || null, offered, now };
}

/** Examine what was received: keys, head, records, seal, lists, the log's tail. @returns {Promise<Evidence>} */
async function examined({ told, asked, later, seen, seenStatus, ...known }) {
  const { trust, now, mode, policy } = known;
  const tree = await readTree(told.checkpoint, trust, now, mode === BUNDLE); // kept longer than a key signs
  const open = (records) => Promise.all(records.map((one) => openRecord(one, { trust, tree, now })));
  const link = asked?.link ?? null;
  const opened = await open(told.records);
  const evidence = {
    ...told,
    ...known,
    asked,
    link,
    whole: [ONLINE, BUNDLE].includes(mode),
    today: dayInVietnam(now),
    seal: asked?.seal ?? null,
    subject: subjectOf(link, opened),
    tree,
    keyEnded: mode === BUNDLE ? await keyEnded(told.checkpoint, trust, now) : null,
    seenCheckpoint: seen,
    laterLeaves: later,
    opened,
    openedRecognitions: await open(told.recognitions),
    openedPapers: await open(told.papers),
    openedInputs: await open(told.inputs),
    openedEvents: await open(told.events),
    openedConfirmations: await open(told.confirmations),
    listsTold: await openLists(told.status, trust, now),
    listsSeen: await openLists(seenStatus, trust, now),
    seenStatus,
    cosigned: await cosignedBy(told.checkpoint, policy, now),
    signedByPolicyLog: isPolicy(policy) && await signedByLog(told.checkpoint, policy),
  };
  return { ...evidence, ...await drawnFrom(evidence) };
}

/** Return what the lot's records are about; of a blank stamp, the lot that a binding names. */
function subjectOf(link, opened) {
  if (link !== null && link.lot !== null) return String(link.lotLink());
  return bindingOf(opened, link)?.lot ?? "";
}

/** Return what follows from records and head together. */
async function drawnFrom(evidence) {
  const { opened, openedRecognitions, openedPapers, openedInputs, openedEvents, openedConfirmations } = evidence;
  const allOpened = [opened, openedRecognitions, openedPapers, openedInputs, openedEvents, openedConfirmations].flat();
  const first = firstProven(opened);
  const tail = tailOf(evidence, first);
  const entries = isProblem(tail) ? [] : (tail ?? []).map(entryIn).filter((entry) => entry !== null);
  const lists = together(evidence.listsSeen, evidence.listsTold);
  return {
    allOpened,
    first,
    tail,
    lists,
    laterEntries: isProblem(tail) ? tail : digestsBySubject(entries),
    asOf: newestOf([opened, openedInputs, openedEvents].flat(), entries),
    sealed: await sealOf(evidence),
  };
}

/** Return who has cosigned the head of those a policy names, or the problem of a false one. */
async function cosignedBy(note, policy, now) {
  if (!isPolicy(policy) || !policy.witnesses.length || !note) return [];
  try {
    return await cosigners(note, policy.witnesses, now);
  } catch (error) {
    return problemOf(error);
  }
}

function isPolicy(policy) {
  return policy !== null && !isProblem(policy);
}

/** Return the seal if it verifies, or why not; nothing where the link carries none. */
async function sealOf(evidence) {
  const { link, seal, trust } = evidence;
  if (link === null || seal === null) return null;
  const run = coveringRun(evidence);
  try {
    return { seal: await verifiedSeal(seal, link, trust.ring, run ? run.logIndex : null), problem: null };
  } catch (error) {
    return { seal: null, problem: problemOf(error) };
  }
}

/** Return the first record of the lot that the log is proven to hold, or `null`. */
function firstProven(opened) {
  const proven = opened.filter((one) => one.log === null).map((one) => one.record);
  return proven.length ? proven.reduce((least, one) => (one.logIndex < least.logIndex ? one : least)) : null;
}

/** Return all entries after the lot's first record, a problem if they are not that, or nothing. */
function tailOf({ laterLeaves, tree }, first) {
  if (laterLeaves === null || isProblem(laterLeaves) || isProblem(tree) || first === null) return null;
  if (isTail(tree, first.leaf, first.logIndex, first.proof, laterLeaves)) return laterLeaves;
  return problem("log-tail-false", "The log's entries do not lead to its signed head.");
}

/** Return the names and digests of each subject's entries; its parts (`…#void-<id>`) count as it. */
function digestsBySubject(entries) {
  const found = new Map();
  for (const entry of entries) {
    const subject = spoken(entry.subject ?? "");
    const whole = subject.split("#")[0];
    if (!found.has(whole)) found.set(whole, []);
    found.get(whole).push({ subject, digest: spoken(entry.sha256 ?? null) });
  }
  return found;
}

/** Return the newest time told of under the head, or `null`. */
function newestOf(opened, entries) {
  const signed = opened.filter((one) => one.sound && one.credential).map((one) => one.credential.issuedAt);
  const logged = entries.map((entry) => readable(() => parseInstant(entry.issued_at))).filter((at) => at !== null);
  return signed.length || logged.length ? Math.max(...signed, ...logged) : null;
}

/** Return a leaf's words, or `null`: others may live in a log. */
function entryIn(leaf) {
  return readable(() => readObject(leaf));
}

function readable(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

function laterOf(value) {
  if (value === null || isProblem(value)) return value;
  return known(() => readLeaves(value));
}

function instantOf(text) {
  return known(() => parseInstant(String(text).replace(/\.[0-9]+Z$/, "Z")));
}

function known(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) throw new Refusal("input-malformed", "The question cannot be read.");
    throw error;
  }
}
