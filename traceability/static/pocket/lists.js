// The lists that work without a network: keys (trust list) and status lists, with ages.
//
// The network is asked first, always; what is kept is only what the core accepted, so
// that no answer of a captive portal or of a false service can push out a true list.

import { accepted, issuedAt } from "./core.js";
import { sizeOf } from "./log.js";
import { askText, SilenceError } from "./network.js";
import { recall, remember } from "./store.js";

const LIST_ENTRIES = 131072; // entries of one status list
const PURPOSES = ["suspension", "revocation"];
const MOST_LISTS = 64;
const TOKEN = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$/;

/** Return what is kept: `{trust, status, checkpoint}`; null or empty where nothing is. */
export async function atHand() {
  return {
    trust: (await recall("trust-list")) ?? null,
    status: (await recall("status")) ?? [],
    checkpoint: (await recall("checkpoint")) ?? "",
  };
}

/** Fetch both kinds of lists; returns why the trust list was refused, else "". */
export async function refresh(now) {
  const refused = await refreshTrust(now);
  await refreshStatus();
  return refused;
}

/** Return the newest trust list the service hands over, unless it is silent. */
export async function fetchTrust() {
  const token = await askText("/.well-known/trust-list.jws");
  if (!TOKEN.test(token)) throw new SilenceError("no trust list was answered");
  return token;
}

/** Keep a list that was handed over where the core accepts it after the pinned one. */
export async function keepTrust(token, now) {
  const kept = (await recall("trust-list")) ?? null;
  const verdict = await accepted(token, kept?.token ?? null, now);
  if (verdict.problem) return verdict.problem;
  await remember("trust-list", {
    token,
    version: verdict.version,
    root: verdict.root,
    fetched_at: now.toISOString(),
    compared: kept?.root === verdict.root ? kept.compared : false,
  });
  return null;
}

async function refreshTrust(now) {
  return keepTrust(await fetchTrust(), now);
}

async function refreshStatus() {
  const size = sizeOf(await askText("/log/checkpoint"));
  const count = Math.min(MOST_LISTS, Math.ceil(size / LIST_ENTRIES));
  const tokens = [];
  for (let number = 0; number < count; number += 1) {
    for (const purpose of PURPOSES) {
      tokens.push(await askText(`/status/${purpose}/${number}`));
    }
  }
  await keepStatus(tokens);
}

/** Keep status lists, each in the place of an older one of the same number. */
export async function keepStatus(tokens) {
  const kept = new Map((await recall("status") ?? []).map((one) => [one.id, one]));
  for (const token of tokens) {
    const list = TOKEN.test(token) ? issuedAt(token) : null;
    if (list === null) continue;
    const known = kept.get(list.id);
    if (!known || known.valid_from <= list.valid_from) {
      kept.set(list.id, { ...list, token });
    }
  }
  await remember("status", [...kept.values()]);
}

/** Return ages in seconds, and whether a list is past its end. */
export function agesOf(lists, now) {
  const since = (instant) => Math.max(0, Math.floor((now - new Date(instant)) / 1000));
  const ages = lists.status.map((one) => since(one.valid_from));
  return {
    trust_list_version: lists.trust?.version ?? null,
    trust_list_age_s: lists.trust ? since(lists.trust.fetched_at) : null,
    status_age_s: ages.length ? Math.max(...ages) : null,
    status_over: lists.status.some((one) => new Date(one.valid_until) <= now),
  };
}
