/** Check 10: the lots behind a lot, their quantities and their dates. */
import { readBatchRecord, RECORD_TYPE } from "./batch_record.js";
import { eventCount, eventsProblem } from "./event_checks.js";
import { CHAINS, MOVED, PACK } from "./facts.js";
import { passed, refused } from "./findings.js";
import { trustRefused } from "./label_checks.js";
import { batchRecord } from "./lot.js";
import { drawShortfall, measured, outputShortfall } from "./quantity.js";
import { noRecord } from "./record_checks.js";
import { isProblem, problem, problemOf } from "./refusals.js";

const GENEALOGY = 10;
const MAX_LEVELS = 20;

/** Check each lot behind this one: signed, logged, in order, enough of it. */
export function check10(evidence) {
  if (evidence.trust.problem !== null) return trustRefused(GENEALOGY, evidence.trust.problem);
  const lot = batchRecord(evidence);
  if (lot === null || !evidence.whole) return noRecord(evidence, GENEALOGY);
  const known = new Map(evidence.openedInputs.map((one) => [one.digest, one]));
  const found = firstProblem(lot, known) ?? eventsProblem(evidence);
  if (found !== null) return refused(GENEALOGY, found);
  return evidence.events.length ? heldWithEvents(lot, known, eventCount(evidence)) : held(lot, known);
}

/** Say that the way here holds, with the events a bundle tells of it. */
function heldWithEvents(lot, known, events) {
  return passed(
    GENEALOGY,
    "events-hold",
    "Lots behind this one whose records verify: %(n)d. Exceptions from the rules that their producers signed for: %(exceptions)d. Events told of this lot, each signed and logged: %(events)d.",
    { n: known.size, exceptions: exceptionsOn(lot, known), events },
  );
}

function exceptionsOn(lot, known) {
  const readable = [...known.values()].filter((one) => one.credential?.type === RECORD_TYPE);
  const lots = [lot, ...readable.map((one) => readBatchRecord(one.credential.claims))];
  return lots.reduce((sum, one) => sum + rulesExcepted(one).size, 0);
}

/** Say that the way here holds, and how many exceptions were signed for on it. */
function held(lot, known) {
  const exceptions = exceptionsOn(lot, known);
  if (exceptions) {
    return passed(
      GENEALOGY,
      "exceptions",
      "Lots behind this one whose records verify: %(n)d. Exceptions from the rules that their producers signed for: %(exceptions)d.",
      { n: known.size, exceptions },
    );
  }
  if (!lot.inputs.length) {
    return passed(
      GENEALOGY, "no-inputs", "The lot is a beginning: no other lot went into it.",
    );
  }
  return passed(
    GENEALOGY,
    "inputs-hold",
    "Lots behind this one whose records verify: %(n)d. Quantities balance, dates are in order.",
    { n: known.size },
  );
}

/** Walk back level by level, each record once; return the first thing wrong, or `null`. */
function firstProblem(lot, known) {
  let level = [lot];
  const done = new Set();
  for (let depth = 0; depth <= MAX_LEVELS; depth += 1) {
    const behind = new Map();
    for (const one of level) {
      const sources = sourcesOf(one, known);
      if (isProblem(sources)) return sources;
      const broken = ruleBroken(one, sources);
      if (broken !== null) return broken;
      for (const [digest, source] of sources) if (!done.has(digest)) behind.set(digest, source);
    }
    for (const digest of behind.keys()) done.add(digest);
    level = [...behind.values()];
    if (!level.length) return null;
  }
  return problem(
    "genealogy-too-deep",
    "The lots behind this one have more than %(most)d levels.",
    { most: MAX_LEVELS },
  );
}

/** Return the records a lot names as its inputs, by digest, or what is wrong. */
function sourcesOf(lot, known) {
  const found = new Map();
  for (const one of lot.inputs.filter((input) => input.lot !== null)) {
    const source = sourceOf(one, known);
    if (isProblem(source)) return source;
    found.set(one.recordSha256, source);
  }
  return found;
}

function sourceOf({ lot, recordSha256 }, known) {
  const opened = known.get(recordSha256);
  if (opened === undefined || opened.credential === null) {
    return problem(
      "input-missing", "The record of an input was not handed over: %(lot)s.", { lot },
    );
  }
  const found = opened.signature ?? opened.log;
  if (found !== null) return found;
  if (opened.credential.type !== RECORD_TYPE || opened.credential.subject !== lot) {
    return problem(
      "input-other-lot", "The record handed over for %(lot)s is about another lot.", { lot },
    );
  }
  try {
    return readBatchRecord(opened.credential.claims);
  } catch (error) {
    return problemOf(error);
  }
}

/** Return the first rule that a lot breaks, or `null`. */
function ruleBroken(lot, sources) {
  const made = lot.packagingDate ?? lot.productionDate;
  if (made < lot.productionDate) {
    return problem(
      "batch-harvest-after-packing",
      "%(lot)s was packed before it was harvested or made.",
      { lot: lot.lotNumber },
    );
  }
  for (const one of lot.inputs.filter((input) => input.lot !== null)) {
    if (sources.get(one.recordSha256).productionDate > made) {
      return problem(
        "batch-input-later", "%(lot)s went into a lot that is older.", { lot: one.lot },
      );
    }
  }
  const disorder = rulesExcepted(lot).has("order") ? null : disorderOf(lot, [...sources.values()]);
  return disorder ?? imbalanceOf(lot, sources);
}

function rulesExcepted(lot) {
  return new Set([...(lot.override ? ["mass"] : []), ...lot.ruleOverrides.map((one) => one.rule)]);
}

/** Compare the work lots of one product came from; other goods begin anew. */
function disorderOf(lot, sources) {
  const found = sources.find(
    (source) => source.product.link === lot.product.link && comesAfter(source.stage, lot.stage),
  );
  if (found === undefined) return null;
  return problem(
    "chain-order",
    "%(lot)s comes from a later step (%(later)s) than the lot that was made of it (%(earlier)s).",
    { lot: found.lotNumber, later: found.stage, earlier: lot.stage },
  );
}

/** Return whether a kind of event stands after another in every chain that has both. */
function comesAfter(one, other) {
  if (other === PACK && MOVED.includes(one)) return true;
  const both = CHAINS.map((chain) => [chain.indexOf(one), chain.indexOf(other)]).filter(([a, b]) => a >= 0 && b >= 0);
  return both.length > 0 && both.every(([a, b]) => a > b);
}

/** Recompute the balance; an exception covers the gaps it names and no other. */
function imbalanceOf(lot, sources) {
  for (const gap of shortfalls(lot, sources)) {
    if (lot.override === null) return unbalanced(gap, "mass-balance");
    if (!lot.override.shortfalls.some((one) => admits(one, gap))) return unbalanced(gap, "override-false");
  }
  return null;
}

function admits(signed, gap) {
  const named = signed.rule === gap.rule && signed.lot === gap.lot && signed.unit === gap.unit;
  return named && signed.wanted.compare(gap.wanted) >= 0;
}

function shortfalls(lot, sources) {
  const gaps = [];
  const amounts = lot.inputs.map((one) => {
    const source = one.lot === null ? null : sources.get(one.recordSha256);
    const net = source === null ? null : source.product.netContent;
    const taken = measured(one.quantity, net);
    if (source !== null) gaps.push(drawShortfall(measured(source.quantity, net), taken, one.lot));
    return taken;
  });
  if (amounts.length) gaps.push(outputShortfall(measured(lot.quantity, lot.product.netContent), amounts));
  return gaps.filter((gap) => gap !== null);
}

function unbalanced(gap, code) {
  return problem(
    code,
    "Quantities do not balance: %(available)s %(unit)s were there, %(wanted)s %(unit)s were used or made.",
    { available: gap.available.plain(), wanted: gap.wanted.plain(), unit: gap.unit },
  );
}
