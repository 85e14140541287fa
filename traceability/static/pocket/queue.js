// Findings that wait for the network: sent once each, never lost, nothing kept after.
//
// States: draft (being written), waiting, sending, sent, refused (the server said why),
// signed-out (kept until somebody signs in), another (written by somebody else than who
// is signed in now: nobody's finding goes out under another name by itself).

import { heard } from "./network.js";
import {
  findings,
  photosOf,
  remember,
  renameFinding,
  replaceWithoutPhotos,
  saveFinding,
} from "./store.js";
import { language } from "./words.js";

const PATIENCE_MS = 60_000;
const FOR_GOOD = new Set([400, 403, 413, 415, 422]); // sending it again changes nothing

/** Return a finding that begins with what a check found. */
export function begun(report, now, by) {
  return {
    client_id: crypto.randomUUID(),
    state: "draft",
    asked: 0, // times it was sent without a known answer
    words: "", // the server's, where it refused
    by, // who was signed in, as far as the phone knows; never sent
    link: report.link,
    seen_at: vietnamese(now),
    place: { text: "", commune_code: null },
    result: "",
    notes: "",
    measures: "",
    verdict: report.verdict,
    checks: report.checks.map(({ number, name, result, code }) => ({
      number,
      name,
      result,
      code,
    })),
    offline: report.offline,
    trust_list_version: report.ages.trust_list_version,
    trust_list_age_s: report.ages.trust_list_age_s,
    status_age_s: report.ages.status_age_s,
  };
}

/** Return an instant as the contract writes it: Vietnam's time with its offset. */
export function vietnamese(now) {
  const local = new Date(now.getTime() + 7 * 3_600_000);
  return `${local.toISOString().slice(0, 19)}+07:00`;
}

/** Return whether a finding may still be changed: what may have arrived may not. */
export function editable(one) {
  if (one.state === "draft" || one.state === "refused") return true;
  return one.asked === 0 && ["waiting", "signed-out", "another"].includes(one.state);
}

/** Put a finding into the queue, in the name of who saves it. A refused one gets a new id. */
export async function enqueue(one, by) {
  const written = { ...one, state: "waiting", words: "", by };
  if (one.asked === 0) {
    await saveFinding(written);
    return written;
  }
  const renamed = { ...written, client_id: crypto.randomUUID(), asked: 0 };
  await renameFinding(one.client_id, renamed);
  return renamed;
}

/** Send what waits, one after the other; `changed` is called at every step. */
export async function sendAll(changed) {
  const alone = { ifAvailable: true }; // another tab may be sending
  return navigator.locks.request("inspector-findings", alone, async (lock) => {
    if (lock === null) return;
    const open = new Set(["waiting", "sending", "signed-out", "another"]);
    const due = (await findings()).filter((one) => open.has(one.state)).reverse();
    if (!due.length) return;
    const session = await whoIsThere();
    if (session === null) return;
    for (const one of due) {
      if (!session.signed_in) await mark(one, { state: "signed-out" }, changed);
      else if (one.by && one.by !== session.name) {
        await mark(one, { state: "another", words: one.by }, changed);
      } else if (!(await send(one, session, changed))) break;
    }
  });
}

async function mark(one, change, changed) {
  const value = { ...one, ...change };
  await saveFinding(value);
  await changed();
  return value;
}

/** Return the session, or null where nobody answers. */
export async function whoIsThere() {
  try {
    const answer = await request("/inspector/session");
    heard(true);
    if (answer.status !== 200) return null;
    const session = await answer.json();
    if (session.signed_in) await remember("who", session.name);
    return session;
  } catch {
    heard(false);
    return null;
  }
}

function request(path, options = {}) {
  return fetch(path, {
    cache: "no-store",
    credentials: "same-origin",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE_MS),
    ...options,
    headers: { "Accept-Language": language(), ...options.headers },
  });
}

/** Send one; returns whether the network still carries. */
async function send(one, session, changed) {
  const sending = await mark(
    one,
    { state: "sending", asked: one.asked + 1, words: "" },
    changed,
  );
  let answer;
  try {
    answer = await request("/inspector/findings", {
      method: "POST",
      headers: {
        Accept: "application/json, application/problem+json",
        "Idempotency-Key": one.client_id,
        "X-CSRFToken": session.csrf,
      },
      body: await formOf(sending),
    });
    return await settle(sending, answer, changed);
  } catch {
    heard(false);
    await mark(sending, { state: "waiting" }, changed);
    return false;
  }
}

async function formOf(one) {
  const form = new FormData();
  form.append("finding", JSON.stringify(wire(one)));
  const photos = await photosOf(one.client_id);
  photos.forEach(({ blob }, at) => form.append("photos", blob, `${at + 1}.jpg`));
  return form;
}

/** Return what travels of a finding: the contract's members, no more. */
export function wire(one) {
  const { state, asked, words, by, ...travels } = one;
  return travels;
}

async function settle(one, answer, changed) {
  if (answer.status === 201) {
    const told = await answer.json();
    await replaceWithoutPhotos(receipt(one, told));
    await changed();
    return true;
  }
  if (answer.status === 401) {
    await mark(one, { state: "signed-out", asked: one.asked - 1 }, changed);
    return false;
  }
  if (FOR_GOOD.has(answer.status)) {
    await mark(one, { state: "refused", words: await wordsOf(answer) }, changed);
    return true;
  }
  await mark(one, { state: "waiting" }, changed); // busy or broken: later again
  return false;
}

/** Return what stays of a finding that arrived: what it was about and where it is. */
function receipt(one, told) {
  const { client_id, link, seen_at, result } = one;
  const page = new URL(told.url, location.href);
  const url = page.origin === location.origin ? page.pathname : "";
  return { client_id, state: "sent", asked: 0, words: "", link, seen_at, result, url };
}

async function wordsOf(answer) {
  try {
    const problem = await answer.json();
    return String(problem.detail ?? problem.title ?? answer.status);
  } catch {
    return String(answer.status);
  }
}
