// Check one code on the phone: with the service's evidence, or with what is at hand.

import { sound, verify } from "./core.js";
import { agesOf, atHand, fetchTrust, keepStatus, keepTrust } from "./lists.js";
import { laterLeaves, sizeOf } from "./log.js";
import { askJson, SilenceError } from "./network.js";
import { remember } from "./store.js";

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
  const pinned = (await atHand()).trust;
  const handed = await fetchTrust();
  const lists = await atHand();
  const query = new URLSearchParams({ link: text });
  const seen = sizeOf(lists.checkpoint);
  if (seen) query.set("since", String(seen));
  const document = await askJson(`/api/v1/evidence?${query}`);
  const found = await verify({
    mode: "online",
    text,
    document,
    trust_list: handed,
    pinned_trust_list: pinned?.token ?? null,
    seen_checkpoint: lists.checkpoint,
    later_leaves: await laterLeaves(document),
    status: document.status ?? [],
    policy: "",
    now: now.toISOString(),
  });
  const refused = await keepTrust(handed, now);
  if (!refused) {
    if (sound(found)) await remember("checkpoint", document.checkpoint);
    await keepStatus(document.status ?? []);
  }
  return report(text, found, { offline: false, now, lists: await atHand() });
}

async function offline(text, now) {
  const lists = await atHand();
  const found = await verify({
    mode: "offline",
    text,
    document: null,
    trust_list: null,
    pinned_trust_list: lists.trust?.token ?? null,
    seen_checkpoint: "",
    later_leaves: null,
    status: lists.status.map((one) => one.token),
    policy: "",
    now: now.toISOString(),
  });
  return report(text, found, { offline: true, now, lists });
}

function report(text, found, { offline, now, lists }) {
  return {
    text,
    link: found.link ?? text,
    verdict: found.verdict,
    checks: found.checks,
    offline,
    at: now.toISOString(),
    ages: agesOf(lists, now),
  };
}
