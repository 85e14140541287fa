// What the page says, in the language its address asks for.

let words = { texts: {}, verdicts: {}, checks: {}, results: {}, messages: {} };

/** Read the words of the document's language; kept by the service worker. */
export async function loadWords() {
  const answer = await fetch(`/inspector/words.${language()}.json`);
  words = await answer.json();
}

export function language() {
  return document.documentElement.lang;
}

/** Return a text of ours by its key, its %(name)s filled. */
export function say(key, params = {}) {
  const text = words.texts[key];
  if (text === undefined) throw new Error(`no words for ${key}`);
  return fill(text, params);
}

/** Return a verdict as one line. */
export function verdictTitle(verdict) {
  return words.verdicts[verdict];
}

/** Return what a numbered check asks. */
export function checkTitle(number) {
  return words.checks[number];
}

/** Return a result as a word: colour never speaks alone. */
export function resultWord(result) {
  return words.results[result];
}

/** Return what a check found, in the reader's words. */
export function findingDetail(finding) {
  return problemWords(finding) ?? finding.detail;
}

/** Return a problem's sentence; undefined where nobody translated it. */
export function problemWords({ message, params }) {
  if (language() !== "en" && words.messages[message] === undefined) return undefined;
  const shown = Object.entries(params ?? {}).map(([name, value]) => [name, shownAs(name, value)]);
  return fill(words.messages[message] ?? message, Object.fromEntries(shown));
}

const INSTANTS = new Set(["as_of", "seen"]); // of status lists: the hour matters

function shownAs(name, value) {
  return INSTANTS.has(name) ? instantWords(value) : spoken(value);
}

/** Return a day, or the day of an instant here, as people write it; else it stays. */
export function spoken(value) {
  const found = /^(\d{4})-(\d{2})-(\d{2})(T.*)?$/.exec(String(value));
  if (!found) return String(value);
  return found[4] ? instantWords(value).slice(0, 10) : `${found[3]}/${found[2]}/${found[1]}`;
}

export function fill(text, params) {
  return text.replace(/%(?:\((\w+)\)[sd]|%)/g, (whole, name) =>
    name === undefined ? "%" : String(params[name] ?? ""),
  );
}

/** Return an instant as people here write it: 22/11/2026 10:00. */
export function instantWords(instant) {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: "Asia/Ho_Chi_Minh",
    day: "2-digit",
    month: "2-digit",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(new Date(instant));
  return parts.replace(",", "");
}

/** Return how long ago something was, in words; the age is never left out. */
export function ageWords(seconds) {
  const spoken = new Intl.RelativeTimeFormat(language(), { numeric: "always" });
  if (seconds < 60) return say("just-now");
  if (seconds < 3600) return spoken.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 2 * 86400) return spoken.format(-Math.floor(seconds / 3600), "hour");
  return spoken.format(-Math.floor(seconds / 86400), "day");
}
