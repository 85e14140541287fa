// A party's key in this browser: made here, kept here, never sent. WebCrypto signs; the
// pages' forms carry what may be public. Without script the pages explain the command.

const DATABASE = "party-keys";
const ROUNDS = 600000; // PBKDF2-SHA-256 of a copy's pass phrase
const SHORTEST = 14; // characters of that pass phrase
const ALGORITHMS = {
  EdDSA: { make: { name: "Ed25519" }, sign: { name: "Ed25519" } },
  ES256: {
    make: { name: "ECDSA", namedCurve: "P-256" },
    sign: { name: "ECDSA", hash: "SHA-256" },
  },
};

export const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const unbase64 = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));

/** The bare public JWK (RFC 7638 3): what is hashed and what is sent. */
export function bare({ kty, crv, x, y }) {
  return kty === "EC" ? { crv, kty, x, y } : { crv, kty, x };
}

export async function thumbprint(jwk) {
  const text = new TextEncoder().encode(JSON.stringify(bare(jwk)));
  return base64url(await crypto.subtle.digest("SHA-256", text));
}

function store(mode, use) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("keys");
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const asked = use(opening.result.transaction("keys", mode).objectStore("keys"));
      asked.onerror = () => reject(asked.error);
      asked.onsuccess = () => {
        resolve(asked.result);
        opening.result.close();
      };
    };
  });
}

const keep = (mark, entry) => store("readwrite", (keys) => keys.put(entry, mark));
const find = (mark) => store("readonly", (keys) => keys.get(mark));

async function generate() {
  for (const alg of ["EdDSA", "ES256"]) {
    try {
      const { make } = ALGORITHMS[alg];
      return [alg, await crypto.subtle.generateKey(make, true, ["sign", "verify"])];
    } catch (error) {
      if (alg === "ES256") throw error; // Ed25519 is young: P-256 is everywhere
    }
  }
}

async function locked(alg, pkcs8) {
  const { make } = ALGORITHMS[alg];
  return crypto.subtle.importKey("pkcs8", pkcs8, make, false, ["sign"]);
}

async function opener(passphrase, salt) {
  const text = new TextEncoder().encode(passphrase.normalize("NFC"));
  const base = await crypto.subtle.importKey("raw", text, "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: ROUNDS };
  const kind = { name: "AES-GCM", length: 256 };
  return crypto.subtle.deriveKey(how, base, kind, false, ["encrypt", "decrypt"]);
}

async function copyOf(alg, jwk, pkcs8, passphrase) {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const key = await opener(passphrase, salt);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, pkcs8);
  const parts = { salt: base64(salt), iv: base64(iv), sealed: base64(sealed) };
  return JSON.stringify({ v: 1, alg, jwk, rounds: ROUNDS, ...parts }, null, 1);
}

function handOver(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** Make a key, keep it where it cannot be taken out, return its public half. */
export async function makeKey(passphrase) {
  const [alg, pair] = await generate();
  const jwk = bare(await crypto.subtle.exportKey("jwk", pair.publicKey));
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", pair.privateKey);
  const mark = await thumbprint(jwk);
  if (passphrase) {
    handOver(`key-${mark.slice(0, 8)}.json`, await copyOf(alg, jwk, pkcs8, passphrase));
  }
  await keep(mark, { alg, jwk, key: await locked(alg, pkcs8) });
  new Uint8Array(pkcs8).fill(0);
  return jwk;
}

/** Open a copy and keep its key here. Rejects for a wrong pass phrase. */
export async function restore(text, passphrase) {
  const { alg, jwk, salt, iv, sealed } = JSON.parse(text);
  const key = await opener(passphrase, unbase64(salt));
  const how = { name: "AES-GCM", iv: unbase64(iv) };
  const pkcs8 = await crypto.subtle.decrypt(how, key, unbase64(sealed));
  await keep(await thumbprint(jwk), { alg, jwk, key: await locked(alg, pkcs8) });
  new Uint8Array(pkcs8).fill(0);
}

/** Sign a text with the key of this fingerprint, in base64url. */
export async function sign(mark, text) {
  const { alg, key } = await find(mark);
  const bytes = new TextEncoder().encode(text);
  return base64url(await crypto.subtle.sign(ALGORITHMS[alg].sign, key, bytes));
}

function offerMaking(section) {
  section.hidden = false;
  document.querySelector("[data-by-hand]").open = false;
  const button = section.querySelector("[data-make]");
  const status = section.querySelector("[data-status]");
  button.addEventListener("click", async () => {
    const passphrase = section.querySelector("[data-passphrase]").value;
    if (passphrase && passphrase.length < SHORTEST) {
      status.textContent = button.dataset.short;
      return;
    }
    button.disabled = true;
    try {
      const jwk = await makeKey(passphrase);
      document.querySelector("textarea[name=jwk]").value = JSON.stringify(jwk);
      status.textContent = button.dataset.made;
    } catch {
      button.disabled = false;
      status.textContent = button.dataset.unable;
    }
  });
  const bring = section.querySelector("[data-restore]");
  bring.addEventListener("click", async () => {
    const said = section.querySelector("[data-restored]");
    try {
      const text = await section.querySelector("[data-copy]").files[0].text();
      await restore(text, section.querySelector("[data-copy-passphrase]").value);
      said.textContent = bring.dataset.made;
    } catch {
      said.textContent = bring.dataset.unable;
    }
  });
}

async function offerSigning(form) {
  const { sign: text, mark, alg } = form.dataset;
  const known = await find(mark);
  if (known?.alg !== alg) {
    form.querySelector("[data-not-here]").hidden = false;
    return;
  }
  form.querySelector("[data-here]").hidden = false;
  form.querySelector("[data-elsewhere]").open = false;
  form.querySelector("[data-sign-here]").addEventListener("click", async () => {
    form.querySelector("textarea[name=signature]").value = await sign(mark, text);
    form.requestSubmit();
  });
}

if (globalThis.document && globalThis.crypto?.subtle && globalThis.indexedDB) {
  document.querySelectorAll("[data-make-key]").forEach(offerMaking);
  document.querySelectorAll("form[data-sign]").forEach(offerSigning);
}
