// Draw what was found and what waits: text only, nothing is ever read as HTML.

import {
  ageWords,
  checkTitle,
  findingDetail,
  instantWords,
  language,
  resultWord,
  say,
  spoken,
  verdictTitle,
} from "./words.js";
import { editable } from "./queue.js";

const TONES = {
  verified: "good",
  attention: "note",
  held: "note",
  expired: "note",
  incomplete: "open",
};
const CURRENCY = 8;
const FRESH_S = 24 * 3600; // lists older than a day still count, and are never green

/** Return an element; texts become text nodes, functions listeners. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (value !== false && value !== null) {
      element.setAttribute(key, value === true ? "" : value);
    }
  }
  element.append(...children.filter((one) => one !== null));
  return element;
}

function drawing(id) {
  return document.getElementById(id).content.cloneNode(true);
}

/** Return the tone, title and lines of a report: never green where something is open. */
export function lineOf(report) {
  const lines = report.checks
    .filter((one) => one.result === "fail")
    .map((one) => say("failed-check", { n: one.number, detail: findingDetail(one) }));
  if (!report.offline) {
    const tone = TONES[report.verdict] ?? "stop";
    return { tone, title: verdictTitle(report.verdict), lines };
  }
  if (report.verdict !== "verified") {
    if (report.verdict === "incomplete") lines.unshift(say("offline-open"));
    const tone = TONES[report.verdict] ?? "stop";
    return { tone, title: verdictTitle(report.verdict), lines };
  }
  const told = report.ages.status_age_s;
  const spokenOf = report.checks.some(
    (one) => one.number === CURRENCY && one.result === "pass",
  );
  if (spokenOf && told !== null) {
    lines.push(say("offline-sealed", { age: ageWords(told) }));
    lines.push(say("offline-since"));
  } else lines.push(say("offline-no-status"));
  const fresh = spokenOf && told !== null && told <= FRESH_S;
  return { tone: fresh ? "good" : "note", title: say("seal-right"), lines };
}

export function verdictSection(report) {
  const line = lineOf(report);
  const title = make("h2", { id: "verdict", tabindex: "-1" }, line.title);
  const told = [...line.lines, say("checked-at", { instant: instantWords(report.at) })];
  const section = make(
    "section",
    { class: `verdict ${line.tone}`, "aria-labelledby": "verdict" },
    drawing(`sign-${line.tone}`),
    make("div", {}, title, ...told.map((one) => make("p", {}, one))),
  );
  if (line.tone === "stop") section.setAttribute("role", "alert");
  return section;
}

export function checkList(report) {
  const lines = report.checks.map((one) => {
    const title = make("strong", {}, `${one.number}. ${checkTitle(one.number)}`);
    const detail = make("p", {}, findingDetail(one));
    const said = make("div", {}, title, `: ${resultWord(one.result)}`, detail);
    const attributes = { "data-number": one.number, "data-result": one.result };
    return make("li", attributes, drawing(`mark-${one.result}`), said);
  });
  return make("ol", { class: "findings" }, ...lines);
}

/** Return what is told of the lot: its signed record's words, or the seal's alone. */
export function factLines({ facts }) {
  const { lot, seal, stop } = facts;
  const own = (one, name) => one[`${name}_${language()}`] || one[`${name}_vi`];
  const lines = [];
  if (stop) lines.push(["stopped", [own(stop, "reason"), own(stop, "advice"), stop.contact]]);
  if (lot) {
    lines.push(["product", [own(lot, "product")]], ["producer", [lot.producer]]);
    lines.push(["lot", [lot.lot_number]], ["made", [lot.production_date]]);
    lines.push(["expiry", [lot.expiry]], ["best-before", [lot.best_before]]);
  } else if (seal) {
    lines.push(["made", [seal.production_date]]);
    lines.push([seal.best_before ? "best-before" : "expiry", [seal.expiry]]);
    lines.push(["stars", [seal.stars && `${seal.stars} (${say("until")} ${spoken(seal.stars_until)})`]]);
  }
  return lines
    .map(([key, values]) => [key, values.filter(Boolean).map(spoken).join(". ")])
    .filter(([, text]) => text)
    .flatMap(([key, text]) => [make("dt", {}, say(key)), make("dd", {}, text)]);
}

/** Return the ages of what is known without a network, in words. */
export function ageLines(lists, ages) {
  const trust = lists.trust
    ? say("keys-age", { age: ageWords(ages.trust_list_age_s) })
    : say("keys-none");
  let status = say("status-none");
  if (ages.status_age_s !== null) {
    status = say(ages.status_over ? "status-over" : "status-age", {
      age: ageWords(ages.status_age_s),
    });
  }
  const told = ages.status_age_s === null || ages.status_over;
  const lines = [make("li", { class: lists.trust ? "" : "old" }, trust)];
  lines.push(make("li", { class: told ? "old" : "" }, status));
  if (lists.trust && !lists.trust.compared) {
    const link = make("a", { href: "#phone" }, say("not-compared"));
    lines.push(make("li", { class: "old" }, link));
  }
  return lines;
}

/** Return one line of the queue; `act` says what its buttons do. */
export function queueItem(one, act) {
  const state = make("p", { class: `state ${one.state}` }, say(`state-${one.state}`));
  if (one.words) state.append(": ", make("q", {}, one.words));
  const result = one.result ? `${say(one.result)} · ` : "";
  const buttons = [];
  if (one.url) {
    buttons.push(make("a", { class: "button", href: one.url }, say("open-sent")));
  }
  if (one.state === "signed-out") {
    const href = "/sign-in?next=/inspector/";
    buttons.push(make("a", { class: "button filled", href }, say("sign-in")));
  }
  if (editable(one)) {
    buttons.push(make("button", { class: "plain", click: () => act.edit(one) }, say("edit")));
  }
  if (one.state !== "sending" && one.state !== "sent") {
    const remove = { class: "plain", click: () => act.remove(one) };
    buttons.push(make("button", remove, say("remove")));
  }
  return make(
    "li",
    { "data-state": one.state, "data-id": one.client_id },
    make("strong", {}, shortLink(one.link)),
    make("p", {}, `${result}${instantWords(one.seen_at)}`),
    state,
    make("div", { class: "row" }, ...buttons),
  );
}

/** Return what of a link people compare: lot and serial. */
export function shortLink(link) {
  const found = /\/10\/([^/?]+)(?:\/21\/([^/?]+))?/i.exec(link);
  if (!found) return link;
  return found[2] ? `${found[1]} · ${found[2]}` : found[1];
}
