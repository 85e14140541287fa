/** What is asked of a log's head: logs, witnesses, a quorum (C2SP tlog-policy), and who gave it. */
import { lengthOf } from "./bytes.js";
import { COSIGNATURE, openNote, parseNote, parseVkey, PLAIN, signedBy, timeOf } from "./note.js";
import { problemOf, Refusal } from "./refusals.js";

export const MAX_BYTES = 64 * 1024;
const MOST = 64; // logs, witnesses and groups, of each
const NONE = "none";
const CLOCK_SLACK = 300n; // seconds two machines' clocks may differ
const FORBIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f]/;
export const TOO_LARGE = "The policy is too large.";

/**
 * @typedef {{name: string, key: import("./note.js").NoteKey}} Witness
 * @typedef {object} Policy
 * @property {import("./note.js").NoteKey[]} logs @property {Witness[]} witnesses
 * @property {Map<string, {least: number, members: string[]}>} groups @property {string} quorum
 */

/** Return what a policy text asks, a problem, or `null` where there is none. */
export function policyIn(text) {
  if (!text) return null;
  try {
    return parsePolicy(text);
  } catch (error) {
    return problemOf(error);
  }
}

/** Return whether a policy asks for any cosignature. */
export function asks(policy) {
  return policy.quorum !== NONE;
}

/** Read a policy. Throws `Refusal` "policy-malformed", which names the line. @returns {Policy} */
export function parsePolicy(text) {
  if (lengthOf(text) > MAX_BYTES) throw malformed(TOO_LARGE);
  const policy = { logs: [], witnesses: [], groups: new Map(), quorum: null };
  const names = { defined: new Set([NONE]), members: new Set([NONE]) };
  for (const [place, line] of text.split("\n").entries()) {
    const number = place + 1;
    if (FORBIDDEN.test(line)) {
      throw malformed("Line %(line)d of the policy holds a control character.", number);
    }
    const words = line.replace(/^[ \t]+|[ \t]+$/g, "").split(/[ \t]+/);
    if (words[0] && !words[0].startsWith("#")) take(policy, names, number, words);
  }
  if (policy.quorum === null) throw malformed("The policy has no quorum line.");
  return policy;
}

/**
 * Return who of some witnesses has cosigned a note, each with its newest cosignature.
 * Throws `Refusal` for a wrong signature in the name of one: somebody made it up.
 */
export async function cosigners(note, witnesses, now) {
  const { text, signatures } = parseNote(note);
  const known = new Map(witnesses.map((one) => [`${one.key.name}+${one.key.id}`, one]));
  const found = new Set();
  for (const line of signatures) {
    const witness = known.get(`${line.name}+${line.id}`);
    if (witness === undefined) continue;
    if (!(await signedBy(witness.key, text, line.signature))) {
      throw new Refusal("cosignature-invalid", "The cosignature of %(name)s is wrong.", { name: line.name });
    }
    if (timeOf(line.signature) <= BigInt(now) + CLOCK_SLACK) found.add(witness);
  }
  return [...found];
}

/** Return whether those who cosigned are as many as the policy asks. */
export function hasQuorum(policy, found) {
  const names = new Set(found.map((one) => one.name));
  const witnessed = (name) => {
    const group = policy.groups.get(name);
    return group === undefined ? names.has(name) : group.members.filter(witnessed).length >= group.least;
  };
  return !asks(policy) || witnessed(policy.quorum);
}

/** Return whether a log that the policy names has signed a note. */
export async function signedByLog(note, policy) {
  try {
    await openNote(note, policy.logs);
    return true;
  } catch (error) {
    if (error instanceof Refusal) return false;
    throw error;
  }
}

function take(policy, names, line, words) {
  const takers = { log: takeLog, witness: takeWitness, group: takeGroup, quorum: takeQuorum };
  if (!Object.hasOwn(takers, words[0])) {
    throw malformed("Line %(line)d of the policy begins with none of log, witness, group, quorum.", line);
  }
  takers[words[0]](policy, names, line, words);
  if (Math.max(policy.logs.length, policy.witnesses.length, policy.groups.size) > MOST) throw malformed(TOO_LARGE);
}

function takeLog(policy, names, line, words) {
  checkCount(line, words, 2, 3);
  const key = keyIn(line, words[1], PLAIN, policy.logs);
  checkUrl(line, words[2]);
  policy.logs.push(key);
}

function takeWitness(policy, names, line, words) {
  checkCount(line, words, 3, 4);
  const key = keyIn(line, words[2], COSIGNATURE, policy.witnesses.map((one) => one.key));
  define(names, line, words[1]);
  checkUrl(line, words[3]);
  policy.witnesses.push({ name: words[1], key });
}

function takeGroup(policy, names, line, words) {
  checkCount(line, words, 3, 2 * MOST);
  const members = words.slice(3);
  for (const name of members) {
    if (!names.defined.has(name) || names.members.has(name)) {
      throw malformed("Line %(line)d of the policy: %(name)s is not defined above, or is a member already.", line, { name });
    }
    names.members.add(name);
  }
  define(names, line, words[1]);
  policy.groups.set(words[1], { least: leastOf(line, words[2], members.length), members });
}

function takeQuorum(policy, names, line, words) {
  checkCount(line, words, 2, 2);
  if (policy.quorum !== null || !names.defined.has(words[1])) {
    throw malformed("Line %(line)d of the policy: the quorum is given twice, or names nobody defined above.", line);
  }
  [, policy.quorum] = words;
}

function define(names, line, name) {
  if (names.defined.has(name)) {
    throw malformed("Line %(line)d of the policy: the name %(name)s is taken.", line, { name });
  }
  names.defined.add(name);
}

function checkCount(line, words, least, most) {
  if (words.length < least || words.length > most) {
    throw malformed("Line %(line)d of the policy has too few or too many words.", line);
  }
}

function keyIn(line, vkey, kind, known) {
  let key;
  try {
    key = parseVkey(vkey, kind);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw malformed("Line %(line)d of the policy: this is no verifier key of its kind.", line);
  }
  if (known.some((one) => one.raw.join() === key.raw.join())) {
    throw malformed("Line %(line)d of the policy names a key a second time.", line);
  }
  return key;
}

function checkUrl(line, url) {
  if (url !== undefined && !/^https?:\/\//.test(url)) {
    throw malformed("Line %(line)d of the policy: the address must begin with https://.", line);
  }
}

function leastOf(line, word, count) {
  const least = /^[1-9][0-9]{0,3}$/.test(word) ? Number(word) : { any: 1, all: count }[word] ?? 0;
  if (least >= 1 && least <= count) return least;
  throw malformed("Line %(line)d of the policy: a group asks for all, any, or a number of its members.", line);
}

function malformed(message, line, params = {}) {
  return new Refusal("policy-malformed", message, { line, ...params });
}
