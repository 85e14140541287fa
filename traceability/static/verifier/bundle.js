/** What lies in an evidence bundle: its files, their manifest, and what a verifier takes of it. */
import { isArchive, malformed, unpack } from "./archive.js";
import { decodeBase64, encodeBase64, hex, unpackBase64url, utf8 } from "./bytes.js";
import { PROOF_HEADER } from "./checkpoint.js";
import { parseInstant } from "./days.js";
import { asList, asObject, asText, each, member, optional } from "./members.js";
import { Refusal, spoken, Unreadable } from "./refusals.js";
import { sha256 } from "./sha2.js";
import { isObject, readObject } from "./strict_json.js";
import { readDocument } from "./wire.js";

export { isArchive };
const MAX_LEAVES = 16_384;
const [MANIFEST, EVIDENCE] = ["manifest.json", "evidence.json"];
const [RECORDS, PROOFS, STATUS] = ["records/", "proofs/", "status/"];
const KINDS = ["records", "recognitions", "papers", "inputs", "events", "confirmations"];

/**
 * Return a bundle as a question for `verify`, without what the verifier holds by itself.
 *
 * Its manifest must list every file as it is, and the files made for other tools must say
 * what the evidence says; nothing is verified beyond that. Throws `Refusal`.
 * @param {Uint8Array} data
 */
export function readBundle(data) {
  const files = unpack(data);
  const manifest = objectIn(files, MANIFEST);
  checkManifest(files, manifest);
  const document = objectIn(files, EVIDENCE);
  try {
    return questionOf(files, manifest, document);
  } catch (error) {
    const wrongEvidence = error instanceof Refusal && error.code === "evidence-malformed";
    if (error instanceof Unreadable || wrongEvidence) throw malformed(EVIDENCE);
    throw error;
  }
}

function questionOf(files, manifest, document) {
  const link = asText(member(manifest, "link"));
  const question = {
    mode: "bundle",
    text: link,
    origin: asText(member(manifest, "origin")),
    made_at: member(manifest, "made_at"),
    document: files.get(EVIDENCE),
    later_leaves: leavesIn(member(objectIn(files, "later-leaves.json"), "leaves")),
    trust_list: fileIn(files, "trust-list.jws").trim(),
  };
  parseInstant(question.made_at);
  const events = objectIn(files, "events.jsonld");
  question.disclosed = disclosuresIn(member(objectIn(files, "disclosures.json"), "disclosures"));
  if (document.link !== link || link.includes("\n")) throw differs(MANIFEST);
  checkParts(files, derivedFiles(document));
  question.told_events = asList(member(member(events, "epcisBody"), "eventList")).map(asObject);
  readDocument(files.get(EVIDENCE));
  return question;
}

function checkManifest(files, manifest) {
  if (manifest.v !== 1n || !isObject(manifest.files)) throw malformed(MANIFEST);
  const names = [...new Set([...files.keys(), ...Object.keys(manifest.files)])].filter((name) => name !== MANIFEST);
  if (MANIFEST in manifest.files) names.push(MANIFEST);
  for (const name of names.sort()) {
    const text = name === MANIFEST ? undefined : files.get(name);
    if (text === undefined || manifest.files[name] !== digestOf(text)) {
      throw new Refusal(
        "bundle-manifest-mismatch", "%(name)s is not as the manifest lists it.", { name: name.slice(0, 200) },
      );
    }
  }
}

function checkParts(files, derived) {
  const repeated = [...files.keys()].filter((name) => [RECORDS, PROOFS, STATUS].some((folder) => name.startsWith(folder)));
  for (const name of [...new Set([...repeated, ...derived.keys()])].sort()) {
    if (files.get(name) !== derived.get(name)) throw differs(name);
  }
}

/** Return the files that repeat the evidence for other tools, by name. */
function derivedFiles(document) {
  const files = new Map();
  for (const kind of KINDS) {
    for (const one of each(optional(document, kind, []))) {
      const token = asText(member(one, "token"));
      const name = nameFor(files, token);
      files.set(`${RECORDS}${name}.jws`, token);
      const proof = proofOf(one, document.checkpoint);
      if (proof) files.set(`${PROOFS}${name}.txt`, proof);
    }
  }
  for (const token of each(optional(document, "status", []))) {
    files.set(`${STATUS}${statusName(asText(token))}.jws`, token);
  }
  return files;
}

/** Return a record's name: its id, or its SHA-256 where that cannot be read or stands twice. */
function nameFor(files, token) {
  const id = spoken(claimed(token).id ?? "");
  const name = id.slice(id.lastIndexOf("/") + 1);
  const free = /^[A-Za-z0-9]{1,64}$/.test(name) && (files.get(`${RECORDS}${name}.jws`) ?? token) === token;
  return free ? name : digestOf(token);
}

function proofOf(one, checkpoint) {
  const [hashes, index] = [member(one, "proof"), member(one, "log_index")];
  if (hashes === null || index === null) return "";
  const lines = [
    PROOF_HEADER,
    `extra ${recoded(member(one, "leaf"))}`,
    `index ${spoken(index)}`,
    ...each(hashes).map(recoded),
  ];
  return `${lines.join("\n")}\n\n${asText(checkpoint)}`;
}

function statusName(token) {
  const place = /\/([a-z]{1,40})\/([0-9]{1,19})/.exec(spoken(claimed(token).id ?? ""));
  return place ? `${place[1]}-${place[2]}` : digestOf(token);
}

/** Return what a token says, unverified; nothing where it cannot be read. */
function claimed(token) {
  try {
    return readObject(unpackBase64url(token.split(".")[1] ?? ""));
  } catch (error) {
    if (error instanceof Unreadable) return {};
    throw error;
  }
}

function leavesIn(value) {
  if (value === null) return null;
  const leaves = asList(value);
  if (leaves.length > MAX_LEAVES) throw new Unreadable("too many entries");
  leaves.forEach((one) => decodeBase64(asText(one)));
  return leaves;
}

function disclosuresIn(value) {
  return asList(value).map((one) => ({
    record: asText(member(one, "record")),
    name: asText(member(one, "name")),
    salt: decodeBase64(asText(member(one, "salt"))),
    value: member(one, "value"),
  }));
}

function objectIn(files, name) {
  try {
    return readObject(utf8(fileIn(files, name)));
  } catch (error) {
    if (error instanceof Unreadable) throw malformed(name);
    throw error;
  }
}

function fileIn(files, name) {
  if (!files.has(name)) throw malformed(name);
  return files.get(name);
}

function recoded(value) {
  return encodeBase64(decodeBase64(asText(value)));
}

function digestOf(text) {
  return hex(sha256(utf8(text)));
}

function differs(name) {
  return new Refusal("bundle-parts-differ", "%(name)s is not what the evidence says.", { name });
}
