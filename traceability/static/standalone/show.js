/** Findings as a page: verdict, facts, who vouches, numbered checks; colour never speaks alone. */
import { age, language, named, say, sentence, spoken } from "./words.js";

const TONES = {
  verified: "good", attention: "note", held: "note", expired: "note", recalled: "stop", void: "stop", unknown: "stop", failed: "stop", incomplete: "open",
};
const SIGNS = {
  good: '<circle cx="16" cy="16" r="15" fill="currentColor"/><path d="M9 16.5l5 5 9.5-10.5" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/>',
  note: '<path d="M16 2.5L31 29H1z" fill="currentColor" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round"/><path d="M16 11v9" stroke="#fff" stroke-width="3.2" stroke-linecap="round"/><circle cx="16" cy="24.8" r="1.9" fill="#fff"/>',
  stop: '<path d="M10 1h12l9 9v12l-9 9H10l-9-9V10z" fill="currentColor"/><path d="M16 8v10" stroke="#fff" stroke-width="3.4" stroke-linecap="round"/><circle cx="16" cy="23.6" r="2" fill="#fff"/>',
  open: '<circle cx="16" cy="16" r="13.5" fill="none" stroke="currentColor" stroke-width="3" stroke-dasharray="5 3.5"/><path d="M16 9v8l5 3" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round"/>',
};
const MARKS = {
  pass: '<path d="M4 10.5l4 4 8-9" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/>',
  fail: '<path d="M5 5l10 10M15 5L5 15" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"/>',
  "not-checked": '<path d="M5 10h10" stroke="currentColor" stroke-width="2.6" stroke-linecap="round"/>',
};

/** Return an element with texts and elements inside. */
export function element(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside.filter((one) => one !== null && one !== ""));
  return made;
}

/**
 * Return the parts of a report.
 * @param {object} report what `verify` answered @param {{made_at?: string, source: string}} about
 */
export function reported(report, about) {
  return [verdict(report), ...stop(report.facts.stop), lot(report.facts), data(report, about), checks(report)];
}

/** Return the parts that say whom this browser trusts. */
export function trusted(services, now) {
  if (!services.length) return [element("h2", {}, say("trust")), element("p", {}, say("trust-none"))];
  return [
    element("h2", {}, say("trust")),
    ...services.flatMap((list) => [
      element("p", {}, element("strong", {}, list.linkOrigins.join(", "))),
      element("p", {}, say("trust-list", {
        version: list.version, day: spoken(dayOf(list.issued)), age: age(now - list.issued), end: spoken(dayOf(list.expires)),
      })),
      now >= list.expires ? element("p", { class: "late" }, say("trust-expired")) : null,
      fingerprints(list.ring.keys.filter((key) => key.role === "root").map((key) => key.thumbprint)),
    ]).filter((one) => one !== null),
  ];
}

/** Return root keys' fingerprints, to be compared with what was published elsewhere. */
export function fingerprints(roots) {
  return element("p", {}, say("fingerprint"), " ", ...roots.map((one) => element("code", { class: "print" }, one)));
}

function verdict({ verdict: word, checks: all, facts }) {
  const tone = TONES[word];
  const failures = all.filter((one) => one.result === "fail");
  const lines = failures.map((one) => say("failed", { n: one.number, detail: sentence(one.message, one.params) }));
  if (word === "incomplete") lines.push(say("not-green"));
  if (word === "verified" && facts.logged_on) lines.push(say("logged", { day: spoken(facts.logged_on) }));
  if (word === "verified") lines.push(sentence(all[7].message, all[7].params)); // as of when it holds
  const attributes = { class: `verdict ${tone}`, "aria-labelledby": "verdict", ...(tone === "stop" ? { role: "alert" } : {}) };
  const said = element("div", {}, element("h2", { id: "verdict" }, named("verdicts", word)), ...lines.map((one) => element("p", {}, one)));
  return element("section", attributes, drawing(SIGNS[tone], "sign", 32, 40), said);
}

function stop(found) {
  if (found === null) return [];
  const english = language() === "en";
  const texts = [
    (english && found.reason_en) || found.reason_vi, (english && found.advice_en) || found.advice_vi, found.contact,
  ].filter(Boolean);
  return [element("section", {},
    element("h2", {}, say("stop", { day: spoken(found.since) })), ...texts.map((one) => element("p", {}, one)))];
}

function lot({ lot: found, seal, link }) {
  const english = language() === "en";
  const rows = found === null ? [] : [
    ["product", (english && found.product_en) || found.product_vi],
    ["lot", found.lot_number], ["producer", found.producer], ["commune", found.commune],
    ["made", found.production_date && spoken(found.production_date)],
    ["packed", found.packaging_date && spoken(found.packaging_date)],
    ["best-before", found.best_before && spoken(found.best_before)],
    ["expiry", found.expiry && spoken(found.expiry)],
  ];
  if (found === null && seal !== null) {
    rows.push(["made", seal.production_date && spoken(seal.production_date)]);
    rows.push([seal.best_before ? "best-before" : "expiry", seal.expiry && spoken(seal.expiry)]);
    rows.push(["stars", seal.stars ? say("stars-until", { n: seal.stars, day: spoken(seal.stars_until) }) : ""]);
  }
  rows.push(["address", link]);
  return listed("facts-title", rows);
}

/** Return how old what was looked at is, and who vouches for it. */
function data({ facts }, { made_at: madeAt, source }) {
  const rows = [
    ["source", source],
    ["checked", spoken(facts.checked_at)],
    ["made-at", madeAt ? spoken(madeAt) : ""],
    ["as-of", facts.as_of ? spoken(facts.as_of) : ""],
    ["status-as-of", facts.status_as_of ? spoken(facts.status_as_of) : ""],
    ["head", facts.head ? say("head-size", { origin: facts.head.origin, n: facts.head.size }) : ""],
    ["keys", facts.trust ? say("keys-age", { version: facts.trust.version, age: age(facts.trust.age_s) }) : say("trust-none-short")],
    ...facts.signers.map((one) => ["signed-by", one.kid]),
  ];
  const made = listed("data-title", rows);
  if (facts.trust !== null) made.append(fingerprints(facts.trust.roots));
  return made;
}

function listed(title, rows) {
  const list = element("dl", {});
  for (const [key, value] of rows) {
    if (value) list.append(element("dt", {}, say(key)), element("dd", {}, String(value)));
  }
  return element("section", { class: "facts" }, element("h2", {}, say(title)), list);
}

function checks({ checks: all }) {
  const rows = all.map((one) => element("li", {},
    drawing(MARKS[one.result], `result ${one.result}`, 20, 20),
    element("div", {},
      element("strong", {}, `${one.number}. ${named("checks", one.number)}`),
      `: ${named("results", one.result)}`,
      element("p", {}, sentence(one.message, one.params)))));
  return element("section", {}, element("h2", {}, say("checks")), element("ol", { class: "findings" }, ...rows));
}

/** Return a drawing of ours; nothing that was received goes into it. */
function drawing(paths, kind, box, size) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ class: kind, viewBox: `0 0 ${box} ${box}`, width: size, height: size, "aria-hidden": "true" })) {
    made.setAttribute(name, value);
  }
  made.innerHTML = paths;
  return made;
}

function dayOf(seconds) {
  return new Date((seconds + 7 * 3600) * 1000).toISOString().slice(0, 10);
}
