/** One verifier's material for one link or record, examined before the checks look at it. */
import { dayInVietnam, parseInstant } from "./days.js";
import { readLink } from "./digital_link.js";
import { coveringRun } from "./lot.js";
import { isTail } from "./merkle.js";
import { homeOf, openRecord } from "./opened.js";
import { isProblem, problem, problemOf, Refusal, Unreadable } from "./refusals.js";
import { verifiedSeal } from "./seal.js";
import { readTree, trustFor } from "./trust.js";
import { readDocument, readLeaves } from "./wire.js";

export const ONLINE = "online"; // a link, and a service that answered
export const OFFLINE = "offline"; // a link and a trust list at hand, nothing else
export const RECORD_ONLY = "record"; // one record as a file
const NOTHING = {
  label: null, records: [], recognitions: [], papers: [], inputs: [], checkpoint: "", consistency: null, shown: null, scans: null,
};

/**
 * @typedef {object} Evidence
 * @property {string} mode @property {number} now seconds since 1970 @property {string} today
 * @property {import("./trust.js").Trust} trust
 * @property {object|null} asked @property {object|null} link @property {string} subject the lot's canonical link
 * @property {object|null} silence why the service said nothing
 * @property {object} tree the log's head, or a problem @property {string} seenCheckpoint
 * @property {object|null} tail @property {{seal: object|null, problem: object|null}|null} sealed
 * @property {import("./opened.js").Opened[]} opened, openedRecognitions, openedPapers, openedInputs
 */

/** Return everything the checks look at. Throws `Refusal` "input-malformed" for a caller's mistake. */
export async function gather(input) {
  const now = instantOf(input.now);
  return input.mode === RECORD_ONLY ? ofRecord(input, now) : ofLink(input, now);
}

async function ofRecord(input, now) {
  const trust = await trustFor(homeOf(input.record), listsOf(input, now));
  const told = { ...NOTHING, records: [input.record], checkpoint: input.checkpoint };
  return examined({ mode: RECORD_ONLY, now, trust, asked: null, told, silence: null, later: null, seen: "" });
}

async function ofLink(input, now) {
  const asked = readLink(input.text);
  const base = { mode: input.mode, now, asked, told: NOTHING, silence: null, later: null, seen: "" };
  const origin = asked.link?.origin;
  const lists = asked.link === null ? { pinned: null, told: null, now } : listsOf(input, now);
  const trust = await trustFor(origin, input.mode === OFFLINE ? { ...lists, told: null } : lists);
  if (input.mode === OFFLINE || asked.link === null || !trust.origins.includes(origin)) {
    return examined({ ...base, trust });
  }
  if (!input.document) return examined({ ...base, trust, silence: input.silence ?? null });
  try {
    const told = readDocument(input.document);
    const later = laterOf(input.later_leaves ?? null);
    return examined({ ...base, trust, told, later, seen: input.seen_checkpoint ?? "" });
  } catch (error) {
    return examined({ ...base, trust, silence: problemOf(error) });
  }
}

function listsOf(input, now) {
  return { pinned: input.pinned_trust_list || null, told: input.trust_list || null, now };
}

/** Examine what was received: keys, head, records, seal, the log's tail. @returns {Promise<Evidence>} */
async function examined({ mode, now, trust, asked, told, silence, later, seen }) {
  const tree = await readTree(told.checkpoint, trust, now);
  const open = (records) => Promise.all(records.map((one) => openRecord(one, { trust, tree, now })));
  const link = asked?.link ?? null;
  const evidence = {
    ...told,
    mode,
    now,
    today: dayInVietnam(now),
    trust,
    asked,
    link,
    seal: asked?.seal ?? null,
    subject: link !== null && link.lot !== null ? String(link.lotLink()) : "",
    silence,
    tree,
    seenCheckpoint: seen,
    laterLeaves: later,
    opened: await open(told.records),
    openedRecognitions: await open(told.recognitions),
    openedPapers: await open(told.papers),
    openedInputs: await open(told.inputs),
  };
  evidence.tail = tailOf(evidence);
  evidence.sealed = await sealOf(evidence);
  return evidence;
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

/** Return all entries after the lot's first record, a problem if they are not that, or nothing. */
function tailOf({ laterLeaves, tree, opened }) {
  if (laterLeaves === null || isProblem(laterLeaves) || isProblem(tree)) return null;
  const logged = opened.map((one) => one.record).filter((_, place) => opened[place].log === null);
  if (!logged.length) return null;
  const first = logged.reduce((least, one) => (one.logIndex < least.logIndex ? one : least));
  if (isTail(tree, first.leaf, first.logIndex, first.proof, laterLeaves)) return laterLeaves;
  return problem("log-tail-false", "The log's entries do not lead to its signed head.");
}

function laterOf(value) {
  if (value === null || isProblem(value)) return value;
  return asked(() => readLeaves(value));
}

function instantOf(text) {
  return asked(() => parseInstant(String(text).replace(/\.[0-9]+Z$/, "Z")));
}

function asked(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) throw new Refusal("input-malformed", "The question cannot be read.");
    throw error;
  }
}
