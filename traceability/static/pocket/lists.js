// The lists that work without a network: keys (trust list) and status lists, with ages.
//
// The network is asked first, always; what is kept is only what the core accepted, so
// that no answer of a captive portal or of a false service can push out a true list.

import { accepted, acceptedStatus } from "./core.js";
import { sizeOf } from "./log.js";
import { askText } from "./network.js";
import { recall, remember } from "./store.js";

const LIST_ENTRIES = 131072; // entries of one status list
const PURPOSES = ["suspension", "revocation"];
const MOST_LISTS = 16; // of each purpose: so many does the core look at

/** Return what is kept: `{trust, status, checkpoint}`; null or empty where nothing is. */
export async function atHand() {
  return {
    trust: (await recall("trust-list")) ?? null,
    status: (await recall("status")) ?? [],
    checkpoint: (await recall("checkpoint")) ?? "",
  };
}

/** Fetch the trust list and keep it; returns why it was refused, else null. */
export async function renewTrust(now) {
  return keepTrust(await fetchTrust(), now);
}

/** Return the trust list the service hands over. Raises `SilenceError`. */
export function fetchTrust() {
  return askText("/.well-known/trust-list.jws");
}

/** Keep a list that was handed over where the core accepts it beside the pinned one. */
export async function keepTrust(told, now) {
  const kept = (await recall("trust-list")) ?? null;
  const found = await accepted(told, kept?.token ?? null, now);
  if (found.problem) return found.problem;
  if (found.token !== told) return null; // the pinned list speaks for another service
  await remember("trust-list", {
    token: found.token,
    version: found.version,
    root: found.root,
    fetched_at: now.toISOString(),
    compared: kept?.root === found.root ? kept.compared : false,
  });
  return null;
}

/** Fetch every status list and keep what is newer. Raises `SilenceError`. */
export async function renewStatus(now) {
  const size = sizeOf(await askText("/log/checkpoint"));
  const count = Math.min(MOST_LISTS, Math.ceil(size / LIST_ENTRIES));
  const tokens = [];
  for (let number = 0; number < count; number += 1) {
    for (const purpose of PURPOSES) {
      tokens.push(await askText(`/status/${purpose}/${number}`));
    }
  }
  await keepStatus(tokens, now);
}

/** Keep the status lists that count, each in the place of an older one. */
export async function keepStatus(tokens, now) {
  const { trust, status } = await atHand();
  const kept = new Map(status.map((one) => [one.id, one]));
  for (const list of await acceptedStatus(tokens, trust?.token ?? null, now)) {
    const known = kept.get(list.id);
    if (!known || Date.parse(known.valid_from) <= Date.parse(list.valid_from)) {
      kept.set(list.id, list);
    }
  }
  await remember("status", [...kept.values()]);
}

/** Return ages in seconds, and whether a status list is past its end. */
export function agesOf(lists, now) {
  const since = (instant) => Math.max(0, Math.floor((now - Date.parse(instant)) / 1000));
  const ages = lists.status.map((one) => since(one.valid_from));
  return {
    trust_list_version: lists.trust?.version ?? null,
    trust_list_age_s: lists.trust ? since(lists.trust.fetched_at) : null,
    status_age_s: ages.length ? Math.max(...ages) : null,
    status_over: lists.status.some((one) => Date.parse(one.valid_until) <= now),
  };
}
