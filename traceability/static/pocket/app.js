// The inspector's page: one screen at a time, everything on the phone.

import { check } from "./checking.js";
import { agesOf, atHand, renewStatus, renewTrust } from "./lists.js";
import { askJson, reachable, SilenceError } from "./network.js";
import { MOST, shrunk } from "./photos.js";
import { begun, enqueue, sendAll, whoIsThere } from "./queue.js";
import { Camera, readPhoto } from "./scanner.js";
import { ageLines, checkList, factLines, make, queueItem, verdictSection } from "./show.js";
import * as store from "./store.js";
import { dropPolicy, keepPolicy, witnessesAtHand } from "./witnesses.js";
import { loadWords, problemWords, say } from "./words.js";

const SCREENS = ["scan", "result", "finding", "queue", "phone"];
const AGES_EVERY_MS = 30_000;
const $ = (id) => document.getElementById(id);
const camera = new Camera($("video"));
const seen = { report: null, finding: null };

// Screens: the address's fragment, so that the phone's own "back" works.

function screen() {
  const name = location.hash.slice(1);
  const empty = { result: !seen.report, finding: !seen.finding };
  return SCREENS.includes(name) && !empty[name] ? name : "scan";
}

async function show() {
  const name = screen();
  for (const one of SCREENS) $(one).hidden = one !== name;
  for (const link of document.querySelectorAll("#tabs a")) {
    if (link.hash === `#${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (name !== "scan") stopCamera();
  if (name === "queue") await showQueue();
  if (name === "phone") await showPhone();
  await showAges();
  window.scrollTo(0, 0);
}

function go(name) {
  if (location.hash === `#${name}`) return show();
  location.hash = name;
  return Promise.resolve();
}

function tell(text) {
  $("told").textContent = text;
  $("told").hidden = text === "";
}

// What is known without a network, and how old it is.

async function showAges() {
  const lists = await atHand();
  const ages = agesOf(lists, new Date());
  $("ages").replaceChildren(...ageLines(lists, ages));
  $("network").textContent = say(reachable() ? "online" : "offline");
  $("network").dataset.online = String(reachable());
  const waiting = (await store.findings()).filter((one) => one.state !== "sent");
  $("count").textContent = waiting.length ? ` (${waiting.length})` : "";
}

async function renew() {
  if (!navigator.onLine) return;
  $("renew").disabled = true;
  try {
    const now = new Date();
    const refused = await renewTrust(now);
    if (refused) {
      tell(say("keys-refused", { detail: problemWords(refused) ?? refused.code }));
    }
    await renewStatus(now);
  } catch (fault) {
    if (!(fault instanceof SilenceError)) throw fault;
  } finally {
    $("renew").disabled = false;
    await showAges();
  }
}

// Scan, photograph, type.

async function scan() {
  tell("");
  $("eye").dataset.on = "true";
  $("start").hidden = true;
  $("stop").hidden = false;
  try {
    const looking = camera.scan();
    $("video").addEventListener("playing", () => {
      $("torch").hidden = !camera.torch;
    }, { once: true });
    const text = await looking;
    stopCamera();
    if (text !== null) await judge(text);
  } catch (fault) {
    stopCamera();
    tell(say(fault.name === "NotAllowedError" ? "camera-refused" : "camera-missing"));
  }
}

function stopCamera() {
  camera.stop();
  $("eye").dataset.on = "false";
  $("start").hidden = false;
  $("stop").hidden = true;
  $("torch").hidden = true;
  $("torch").setAttribute("aria-pressed", "false");
}

async function torch() {
  const on = $("torch").getAttribute("aria-pressed") !== "true";
  await camera.light(on);
  $("torch").setAttribute("aria-pressed", String(on));
}

async function photographed(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  tell("");
  try {
    const texts = await readPhoto(file);
    if (texts.length) await judge(texts[0]);
    else tell(say("no-code"));
  } catch {
    tell(say("no-picture"));
  }
}

async function typed(event) {
  event.preventDefault();
  const text = $("text").value.trim();
  if (!text) return;
  tell("");
  try {
    const link = await linkOf(text);
    if (link === null) tell(say("serial-unknown"));
    else await judge(link);
  } catch (fault) {
    if (!(fault instanceof SilenceError)) throw fault;
    tell(say("serial-offline"));
  }
}

/** Return the link a typed text stands for; a serial alone only the service knows. */
async function linkOf(text) {
  if (/^https?:\/\//i.test(text)) return text;
  if (/^\/(01|x)\//i.test(text)) return location.origin + text;
  const told = await askJson(`/inspector/links?${new URLSearchParams({ text })}`);
  return told.links[0] ?? null;
}

async function judge(text) {
  await signal();
  $("busy").hidden = false;
  try {
    seen.report = await check(text, new Date());
  } finally {
    $("busy").hidden = true;
  }
  $("report").replaceChildren(verdictSection(seen.report));
  $("checks").replaceChildren(checkList(seen.report));
  $("facts").replaceChildren(...factLines(seen.report));
  $("link").textContent = seen.report.link;
  await go("result");
  $("verdict").focus();
}

async function signal() {
  const wishes = (await store.recall("wishes")) ?? {};
  if (wishes.vibrate) navigator.vibrate?.(80);
  if (wishes.sound) beep();
}

function beep() {
  const context = new AudioContext();
  const tone = context.createOscillator();
  tone.connect(context.destination);
  tone.onended = () => context.close();
  tone.start();
  tone.stop(context.currentTime + 0.1);
}

// A finding: kept at every letter, so that closing the page loses nothing.

async function record() {
  await navigator.storage?.persist?.();
  await edit(begun(seen.report, new Date(), await who()));
}

/** Return who was signed in when the service was last asked. */
async function who() {
  return (await store.recall("who")) ?? "";
}

async function edit(one) {
  seen.finding = one;
  $("place").value = one.place.text;
  $("notes").value = one.notes;
  $("measures").value = one.measures;
  for (const choice of document.querySelectorAll("[name=result]")) {
    choice.checked = choice.value === one.result;
  }
  $("about").textContent = one.link;
  await store.saveFinding(one);
  await showPhotos();
  await go("finding");
}

function written() {
  const chosen = document.querySelector("[name=result]:checked");
  return {
    ...seen.finding,
    place: { ...seen.finding.place, text: $("place").value },
    notes: $("notes").value,
    measures: $("measures").value,
    result: chosen?.value ?? "",
  };
}

async function keepDraft() {
  seen.finding = written();
  await store.saveFinding(seen.finding);
}

async function addPhotos(event) {
  const files = [...event.target.files];
  event.target.value = "";
  const id = seen.finding.client_id;
  let room = MOST - (await store.photosOf(id)).length;
  for (const file of files) {
    if (room <= 0) {
      tell(say("photos-full"));
      break;
    }
    try {
      await store.addPhoto(id, await shrunk(file));
      room -= 1;
    } catch {
      tell(say("no-picture"));
    }
  }
  await showPhotos();
}

async function showPhotos() {
  for (const image of $("photos").querySelectorAll("img")) URL.revokeObjectURL(image.src);
  const photos = await store.photosOf(seen.finding.client_id);
  const shown = photos.map(({ key, blob }, at) => {
    const image = make("img", { alt: say("photo", { n: at + 1 }) });
    image.src = URL.createObjectURL(blob);
    const drop = async () => {
      await store.removePhoto(key);
      await showPhotos();
    };
    const label = say("remove-photo", { n: at + 1 });
    return make("li", {}, image, make("button", { type: "button", click: drop }, label));
  });
  $("photos").replaceChildren(...shown);
  $("add").disabled = photos.length >= MOST;
}

async function save(event) {
  event.preventDefault();
  const one = written();
  if (!one.result) {
    tell(say("choose-result"));
    document.querySelector("[name=result]").focus();
    return;
  }
  tell("");
  seen.finding = null;
  $("form").reset();
  await enqueue(one, await who());
  await go("queue");
  await send();
}

// The queue.

async function showQueue() {
  const all = await store.findings();
  const act = { edit, remove };
  $("items").replaceChildren(...all.map((one) => queueItem(one, act)));
  $("nothing").hidden = all.length > 0;
  $("send").hidden = !all.some((one) => ["waiting", "signed-out", "another"].includes(one.state));
}

async function remove(one) {
  if (one.state !== "sent" && !window.confirm(say("remove-sure"))) return;
  await store.removeFinding(one.client_id);
  await changed();
}

async function changed() {
  if (screen() === "queue") await showQueue();
  await showAges();
}

async function send() {
  if (!navigator.onLine) {
    const worker = await navigator.serviceWorker?.getRegistration();
    await worker?.sync?.register("findings").catch(() => {}); // a bonus, never needed
    return;
  }
  await sendAll(changed);
}

// This phone.

async function showPhone() {
  const lists = await atHand();
  $("root").textContent = lists.trust?.root ?? say("keys-none");
  $("compared").checked = Boolean(lists.trust?.compared);
  $("compared").disabled = !lists.trust;
  await showPolicy();
  const wishes = (await store.recall("wishes")) ?? {};
  $("vibrate").checked = Boolean(wishes.vibrate);
  $("sound").checked = Boolean(wishes.sound);
  const session = navigator.onLine ? await whoIsThere() : null;
  $("who").textContent = session?.signed_in
    ? say("signed-in", { name: session.name })
    : say(session ? "signed-out" : "unknown-who");
  $("sign-in").hidden = !session || session.signed_in;
}

async function showPolicy() {
  const names = await witnessesAtHand();
  $("policy").textContent = say(names ? "policy-set" : "policy-none");
  $("witnesses").replaceChildren(...(names ?? []).map((name) => make("li", {}, name)));
  $("policy-remove").hidden = names === null;
}

async function policyChosen(event) {
  const [file] = event.target.files;
  event.target.value = "";
  if (!file) return;
  const refused = await keepPolicy(file);
  tell(refused ? say("policy-refused", { detail: problemWords(refused) ?? refused.code }) : "");
  await showPolicy();
}

async function policyRemoved() {
  await dropPolicy();
  tell("");
  await showPolicy();
  $("policy-choose").focus();
}

async function wish() {
  const wishes = { vibrate: $("vibrate").checked, sound: $("sound").checked };
  await store.remember("wishes", wishes);
}

async function compared() {
  const { trust } = await atHand();
  await store.remember("trust-list", { ...trust, compared: $("compared").checked });
  await showAges();
}

async function forget() {
  const open = (await store.findings()).filter((one) => one.state !== "sent").length;
  if (!window.confirm(say("forget-sure", { n: open }))) return;
  await store.forgetEverything();
  seen.report = null;
  seen.finding = null;
  tell(say("forgotten"));
  await go("scan");
}

// The service worker: a new version waits until it is asked to take over.

async function install() {
  if (!("serviceWorker" in navigator)) throw new Error("no service workers here");
  navigator.serviceWorker.addEventListener("message", (event) => {
    if (event.data === "send") send();
  });
  let kept = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (kept) location.reload(); // another version took over; the first one need not
    kept = true;
  });
  const registration = await navigator.serviceWorker.register("/inspector/worker.js", {
    scope: "/inspector/",
  });
  const offer = () => {
    $("newer").hidden = !(registration.waiting && navigator.serviceWorker.controller);
  };
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offer);
  });
  $("take-over").addEventListener("click", () => {
    registration.waiting?.postMessage("take-over");
  });
  offer();
}

async function start() {
  await loadWords();
  await atHand(); // where nothing can be kept, nothing can be promised
  $("app").hidden = false;
  $("instead").hidden = true;
  const on = (id, event, work) => $(id).addEventListener(event, work);
  on("start", "click", scan);
  on("stop", "click", stopCamera);
  on("torch", "click", torch);
  on("choose", "click", () => $("picture").click());
  on("picture", "change", photographed);
  on("typed", "submit", typed);
  on("renew", "click", renew);
  on("record", "click", record);
  on("form", "submit", save);
  on("form", "input", keepDraft);
  on("photo", "change", addPhotos);
  on("add", "click", () => $("photo").click());
  on("send", "click", send);
  on("vibrate", "change", wish);
  on("sound", "change", wish);
  on("compared", "change", compared);
  on("policy-choose", "click", () => $("policy-file").click());
  on("policy-file", "change", policyChosen);
  on("policy-remove", "click", policyRemoved);
  on("forget", "click", forget);
  window.addEventListener("hashchange", show);
  window.addEventListener("online", wake);
  window.addEventListener("offline", showAges);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) stopCamera();
    else wake();
  });
  setInterval(showAges, AGES_EVERY_MS);
  await show();
  await install().catch(() => tell(say("not-kept")));
  await wake();
}

/** What the network allows, when it is there: newer lists, and findings on their way. */
async function wake() {
  await showAges();
  await renew();
  await send();
}

start().catch((fault) => {
  $("app").hidden = true;
  $("instead").hidden = false;
  console.error(fault);
});
