/** What the page says, in the language that was chosen; it holds no sentence itself. */

const KEY = "traceability-language";
/** Filled in by the service: texts, verdicts, checks, results and findings in both languages. */
const WORDS = globalThis.TRACEABILITY_WORDS;
let chosen = stored();

/** Return `vi` or `en`. */
export function language() {
  return chosen;
}

/** Speak the other language from now on. */
export function turn() {
  chosen = chosen === "vi" ? "en" : "vi";
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // a browser that keeps nothing asks again
  }
}

/** Return a text of the page by its key, its `%(name)s` filled. */
export function say(key, params = {}) {
  return fill(WORDS.texts[key][chosen], params);
}

/** Return a verdict, a check's question, or a result in words. */
export function named(kind, key) {
  return WORDS[kind][key][chosen];
}

/** Return a finding's or a refusal's sentence. */
export function sentence(message, params = {}) {
  const text = chosen === "en" ? message : WORDS.messages[message] ?? message;
  const shown = Object.entries(params).map(([name, value]) => [name, spoken(value)]);
  return fill(text, Object.fromEntries(shown));
}

/** Return a day or an instant as people in Viet Nam write it, and anything else as it is. */
export function spoken(value) {
  const found = /^(\d{4})-(\d{2})-(\d{2})(T.*Z)?$/.exec(String(value));
  if (found === null) return String(value);
  if (found[4] === undefined) return `${found[3]}/${found[2]}/${found[1]}`;
  const local = new Date(Date.parse(value) + 7 * 3_600_000).toISOString();
  return `${local.slice(8, 10)}/${local.slice(5, 7)}/${local.slice(0, 4)} ${local.slice(11, 16)}`;
}

/** Return an age in days, hours or minutes. */
export function age(seconds) {
  if (seconds >= 172_800) return say("days", { n: Math.floor(seconds / 86_400) });
  if (seconds >= 7200) return say("hours", { n: Math.floor(seconds / 3600) });
  return say("minutes", { n: Math.floor(seconds / 60) });
}

function fill(text, params) {
  return text.replace(/%\((\w+)\)[sd]/g, (whole, name) => String(params[name] ?? whole));
}

function stored() {
  try {
    return localStorage.getItem(KEY) === "en" ? "en" : "vi";
  } catch {
    return "vi";
  }
}
