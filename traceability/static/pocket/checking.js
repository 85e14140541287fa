// Check one code on the phone: with the service's evidence, or with what is at hand.

import { headOf, verify } from "./core.js";
import { agesOf, atHand, fetchTrust, keepStatus, keepTrust } from "./lists.js";
import { laterLeaves, sizeOf } from "./log.js";
import { askText, SilenceError } from "./network.js";
import { remember } from "./store.js";
import { policyAtHand } from "./witnesses.js";

/** Return the report on a code's text; the phone alone comes to the verdict. */
export async function check(text, now) {
  if (navigator.onLine) {
    try {
      return await online(text, now);
    } catch (fault) {
      if (!(fault instanceof SilenceError)) throw fault;
    }
  }
  return offline(text, now);
}

async function online(text, now) {
  const lists = await atHand();
  const handed = await fetchTrust();
  const told = await evidence(text, lists.checkpoint);
  const document = looselyRead(told.document);
  const found = await verify({
    mode: "online",
    text,
    ...told,
    trust_list: handed,
    pinned_trust_list: lists.trust?.token ?? null,
    seen_checkpoint: lists.checkpoint,
    later_leaves: document === null ? null : await tail(document),
    status: tokensOf(lists),
    policy: await policyAtHand(),
    now: now.toISOString(),
  });
  if ((await keepTrust(handed, now)) === null) {
    const head = headOf(found);
    if (head) await remember("checkpoint", head);
    await keepStatus(statusOf(document), now);
  }
  return report(text, found, { offline: false, now, lists: await atHand() });
}

/** Ask for the evidence; a refusal is an answer too, silence is not. */
async function evidence(text, checkpoint) {
  const query = new URLSearchParams({ link: text });
  const seen = sizeOf(checkpoint);
  if (seen) query.set("since", String(seen));
  try {
    return { document: await askText(`/api/v1/evidence?${query}`), silence: null };
  } catch (fault) {
    if (!(fault instanceof SilenceError && fault.answered)) throw fault;
    return { document: null, silence: fault.problem };
  }
}

/** Return the document to find tiles by; the core reads the text itself, strictly. */
function looselyRead(text) {
  try {
    const value = JSON.parse(text);
    return typeof value === "object" ? value : null;
  } catch {
    return null;
  }
}

async function tail(document) {
  try {
    return await laterLeaves(document);
  } catch (fault) {
    if (!(fault instanceof SilenceError && fault.answered)) throw fault;
    return fault.problem;
  }
}

function tokensOf(lists) {
  return lists.status.map((one) => one.token);
}

function statusOf(document) {
  const tokens = document?.status ?? [];
  return Array.isArray(tokens) ? tokens.filter((one) => typeof one === "string") : [];
}

async function offline(text, now) {
  const lists = await atHand();
  const found = await verify({
    mode: "offline",
    text,
    document: null,
    silence: null,
    trust_list: null,
    pinned_trust_list: lists.trust?.token ?? null,
    seen_checkpoint: "",
    later_leaves: null,
    status: tokensOf(lists),
    policy: "",
    now: now.toISOString(),
  });
  return report(text, found, { offline: true, now, lists });
}

function report(text, found, { offline, now, lists }) {
  return {
    text,
    link: found.facts.link || text,
    verdict: found.verdict,
    checks: found.checks,
    facts: found.facts,
    offline,
    at: now.toISOString(),
    ages: agesOf(lists, now),
  };
}
