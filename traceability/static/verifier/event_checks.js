/** The part of check 10 that looks at the events a bundle tells of a lot. */
import { equal } from "./equal.js";
import { chainProblem, hiddenRecord } from "./lot.js";
import { asObject, each, member, optional } from "./members.js";
import { problem, spoken, Unreadable } from "./refusals.js";
import { versions } from "./versions.js";

const EVENT_TYPE = "TraceEventRecord";
const LISTS = ["quantityList", "childQuantityList", "inputQuantityList", "outputQuantityList"];
const GROWING = "ocop:growing";
const UNREADABLE = problem("event-unreadable", "This is no record of an event.");

/** Return what is wrong with the events, as signed or as EPCIS tells them, or `null`. */
export function eventsProblem(evidence) {
  for (const one of evidence.openedEvents) {
    const found = one.signature ?? one.log;
    if (found !== null) return found;
    if (one.credential?.type !== EVENT_TYPE) return UNREADABLE;
  }
  return brokenHistory(evidence) ?? falseTelling(evidence);
}

/** Return how many events were handed over as records. */
export function eventCount({ openedEvents }) {
  const known = openedEvents.filter((one) => one.credential !== null);
  return new Set(known.map((one) => one.credential.subject)).size;
}

function histories({ openedEvents }) {
  const found = new Map();
  for (const one of versions(openedEvents, EVENT_TYPE)) {
    const { subject } = one.credential;
    found.set(subject, [...(found.get(subject) ?? []), one]);
  }
  return found;
}

function brokenHistory(evidence) {
  const known = evidence.openedEvents.map((one) => one.digest);
  for (const [subject, history] of histories(evidence)) {
    const found = chainProblem(history) ?? hiddenRecord(evidence, subject, known);
    if (found !== null) return found;
  }
  return null;
}

function falseTelling(evidence) {
  let signed;
  let stranger;
  try {
    signed = new Map([...histories(evidence)].map(
      ([subject, history]) => [subject, withoutContext(member(history.at(-1).credential.claims, "event"))],
    ));
    stranger = strangerAmong(signed, evidence.subject);
  } catch (error) {
    if (error instanceof Unreadable) return UNREADABLE;
    throw error;
  }
  if (stranger !== null) {
    return problem(
      "event-other-lot", "The event %(event)s is not about this lot.", { event: stranger },
    );
  }
  for (const told of evidence.toldEvents) {
    const id = spoken(told.eventID ?? "");
    if (!equal(signed.get(id), withoutContext(told))) {
      return problem(
        "event-unproven",
        "The event %(event)s is not told as it was signed and logged last.",
        { event: id },
      );
    }
  }
  return null;
}

/** Return an event without its context: a document has one for all of them. */
function withoutContext(event) {
  const entries = Object.entries(asObject(event)).filter(([name]) => name !== "@context");
  return Object.assign(Object.create(null), Object.fromEntries(entries));
}

/** Return the id of an event that names neither the lot nor what it grew from, or `null`. */
function strangerAmong(signed, lot) {
  const about = new Map([...signed].map(([id, event]) => [id, named(event)]));
  const grown = [...signed].filter(([id]) => about.get(id).includes(lot)).map(([, event]) => event[GROWING] ?? "");
  for (const [id, event] of signed) {
    const growing = event[GROWING] ?? "";
    if (!about.get(id).includes(lot) && (!growing || !grown.includes(growing))) return id;
  }
  return null;
}

function named(event) {
  const classes = LISTS.flatMap((name) => each(optional(event, name, [])).map((one) => member(one, "epcClass")));
  return [...classes, event.parentID ?? ""];
}
