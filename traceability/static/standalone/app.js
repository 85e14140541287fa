/** The verifier in one file: take files or a link, check them here, ask nobody. */
import { isArchive, MAX_BYTES } from "../verifier/archive.js";
import { readBundle } from "../verifier/bundle.js";
import { PROOF_HEADER } from "../verifier/checkpoint.js";
import { instantText } from "../verifier/days.js";
import { readLink } from "../verifier/digital_link.js";
import { readUnverified } from "../verifier/envelope.js";
import { homeOf } from "../verifier/opened.js";
import { Refusal } from "../verifier/refusals.js";
import { TRUST_LIST_TYPE } from "../verifier/trust_list.js";
import { verify } from "../verifier/verify.js";
import { addStatus, all, exported, forget, learn, listIn, serviceOf, setPolicy, take, trust } from "./memory.js";
import { element, fingerprints, reported, trusted } from "./show.js";
import { language, say, sentence, turn } from "./words.js";

const MAX_TEXT = 1024 * 1024;
const MAX_FILES = 32;
const FOREIGN = "trust-list-missing";
const $ = (id) => document.getElementById(id);
let last = null; // what was asked, to ask it again when trust or language changes

function clock() {
  return Math.floor(Date.now() / 1000);
}

/** Look at files in an order that lets lists and proofs help what is checked. */
async function receive(files) {
  const parts = { bundles: [], records: [], proofs: [], told: [] };
  for (const file of [...files].slice(0, MAX_FILES)) await sort(file, parts);
  if (parts.told.length) tell(parts.told.join(" "));
  const [bundle] = parts.bundles;
  const [record] = parts.records;
  const [proof] = parts.proofs;
  if (bundle !== undefined) await ask({ bundle: readBundle(bundle.bytes), name: bundle.name });
  else if (record !== undefined || proof !== undefined) {
    await ask({ mode: "record", text: record?.text ?? "", proof: proof?.text, name: (record ?? proof).name });
  } else if (last !== null) await ask(last);
  showTrust();
}

async function sort(file, parts) {
  if (file.size > MAX_BYTES) throw new Refusal("file-too-large", "The file is too large.");
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (isArchive(bytes)) {
    parts.bundles.push({ bytes, name: file.name });
    return;
  }
  if (bytes.length > MAX_TEXT) throw new Refusal("file-too-large", "The file is too large.");
  const text = new TextDecoder().decode(bytes).trim();
  if (text.startsWith(PROOF_HEADER)) parts.proofs.push({ text: `${text}\n`, name: file.name });
  else if (text.startsWith("{")) await takeMemory(text, parts);
  else if (/^(?:#|log |witness |group |quorum )/.test(text)) {
    setPolicy(`${text}\n`);
    parts.told.push(say("policy-kept"));
  } else await takeToken(text, file.name, parts);
}

async function takeMemory(text, parts) {
  await take(text, clock());
  parts.told.push(say("memory-taken"));
}

async function takeToken(text, name, parts) {
  const { header, payload } = readUnverified(text);
  if (header.typ === TRUST_LIST_TYPE) {
    await trust(text, clock());
    parts.told.push(say("list-kept"));
  } else if (Array.isArray(payload.type) && payload.type.includes("BitstringStatusListCredential")) {
    addStatus([text]);
    parts.told.push(say("status-kept"));
  } else parts.records.push({ text, name });
}

/** Check what was asked, and show it. */
async function ask(asked) {
  last = asked;
  const { bundle, name, ...plain } = asked;
  const question = bundle ?? plain;
  const known = serviceOf(originOf(question));
  const report = await verify({
    ...question,
    pinned_trust_list: known.trust_list || null,
    seen_checkpoint: known.checkpoint,
    status: known.status,
    policy: all().policy,
    now: instantText(clock()),
  });
  learn(report);
  const shown = reported(report, { made_at: bundle?.made_at, source: name ?? question.text });
  $("result").replaceChildren(...introduction(question, report), ...shown, printer());
  showTrust();
  $("result").focus({ preventScroll: true });
  $("result").scrollIntoView({ block: "start" });
}

function originOf({ mode, text, proof }) {
  if (mode !== "record") return readLink(text).link?.origin ?? "";
  return text || !proof ? homeOf({ token: text, leaf: new Uint8Array() }) : "";
}

/** Offer the list of keys a bundle brings, where this browser trusts nobody yet. */
function introduction({ trust_list: token }, { checks }) {
  const stranger = checks[1].code === FOREIGN || checks[1].code === "host-not-trusted";
  if (!token || !stranger) return [];
  let list;
  try {
    list = listIn(token);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
  const button = element("button", { type: "button", id: "adopt" }, say("adopt"));
  button.addEventListener("click", () => guarded(async () => {
    await trust(token, clock());
    await ask(last);
  }));
  const roots = list.ring.keys.filter((key) => key.role === "root").map((key) => key.thumbprint);
  return [element("section", { class: "hint" },
    element("h2", {}, say("stranger")),
    element("p", {}, say("stranger-why", { host: list.linkOrigins.join(", ") })),
    fingerprints(roots),
    element("p", { class: "field" }, button))];
}

function printer() {
  const button = element("button", { type: "button", class: "plain" }, say("print"));
  button.addEventListener("click", () => window.print());
  return element("p", { class: "actions" }, button);
}

function showTrust() {
  const services = Object.values(all().services).map((one) => listIn(one.trust_list));
  $("trust").replaceChildren(...trusted(services, clock()));
  $("remembered").textContent = say(services.length ? "remembered" : "remembered-none", { n: services.length });
}

function showWords() {
  document.documentElement.lang = language();
  document.title = say("title");
  for (const one of document.querySelectorAll("[data-say]")) one.textContent = say(one.dataset.say);
  $("language").textContent = say("other-language");
  $("language").lang = language() === "vi" ? "en" : "vi";
  showTrust();
}

function tell(text) {
  $("told").textContent = text;
  $("told").hidden = false;
}

/** Do something; a refusal becomes words, and anything else too: never a silent page. */
async function guarded(act) {
  $("refusal").hidden = true;
  $("told").hidden = true;
  try {
    await act();
  } catch (error) {
    const known = error instanceof Refusal;
    $("refusal").textContent = known ? `${sentence(error.template, error.params)} (${error.code})` : say("fault");
    $("refusal").hidden = false;
    $("result").replaceChildren();
    last = null;
    if (!known) throw error;
  }
}

function saved() {
  const address = URL.createObjectURL(new Blob([exported(clock())], { type: "application/json" }));
  element("a", { href: address, download: "verifier-memory.json" }).click();
  URL.revokeObjectURL(address);
}

$("files").addEventListener("change", ({ target }) => guarded(async () => {
  await receive(target.files);
  target.value = "";
}));
$("asked").addEventListener("submit", (event) => {
  event.preventDefault();
  guarded(() => ask({ mode: "offline", text: $("link").value }));
});
for (const name of ["dragover", "dragleave", "drop"]) {
  document.addEventListener(name, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", name === "dragover");
    if (name === "drop") guarded(() => receive(event.dataTransfer.files));
  });
}
$("language").addEventListener("click", () => {
  turn();
  showWords();
  if (last !== null) guarded(() => ask(last));
});
$("export").addEventListener("click", saved);
$("forget").addEventListener("click", () => {
  forget();
  last = null;
  $("result").replaceChildren();
  showTrust();
});
showWords();
