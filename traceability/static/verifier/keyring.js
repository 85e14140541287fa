/** Which key may vouch for what, and when. */
import { keyId4, SEAL } from "./keys.js";
import { Refusal } from "./refusals.js";

/** The public keys of one trust list. */
export class KeyRing {
  /** Index the keys. Throws `Refusal` where two share an id. */
  constructor(keys) {
    this.keys = [...keys];
    const seals = this.keys.filter((key) => key.role === SEAL);
    this.byKid = new Map(this.keys.map((key) => [key.kid, key]));
    this.bySeal = new Map(seals.map((key) => [keyId4(key), key]));
    if (this.byKid.size !== this.keys.length || this.bySeal.size !== seals.length) {
      throw new Refusal("trust-list-malformed", "Two keys have the same id.");
    }
  }

  /** Return whether the list names this key, in whatever state. */
  knows(kid) {
    return this.byKid.has(kid);
  }

  /** Return a key whatever its state. Throws `Refusal` "key-unknown". */
  key(kid) {
    const key = this.byKid.get(kid);
    if (key === undefined) {
      throw new Refusal("key-unknown", "No trusted list names the key %(kid)s.", { kid });
    }
    return key;
  }

  /**
   * Return the key if its signature of that time counts.
   * @param {string} kid @param {string} role
   * @param {number} at seconds since 1970
   * @param {bigint|null} logIndex where the signature is proven to stand in the log
   */
  valid(kid, role, at, logIndex) {
    const key = this.key(kid);
    if (key.role !== role) throw new Refusal("key-role", "The key is trusted for something else.");
    refuseRevoked(key, logIndex);
    if (at < key.notBefore) {
      throw new Refusal("key-not-yet-valid", "The signature is older than its key.");
    }
    if (key.notAfter !== null && at >= key.notAfter) {
      throw new Refusal("key-expired", "The signature was made after its key had ended.");
    }
    return key;
  }

  /** Return the seal key with this four-byte id, in hex; a revoked one only if logged before. */
  sealKey(id4, loggedAt) {
    const key = this.bySeal.get(id4);
    if (key === undefined) {
      throw new Refusal("key-unknown", "No trusted list names the seal key %(kid)s.", { kid: id4 });
    }
    refuseRevoked(key, loggedAt);
    return key;
  }
}

function refuseRevoked(key, logIndex) {
  if (key.revokedAt === null) return;
  if (logIndex === null || logIndex >= key.revokedAt) {
    throw new Refusal("key-revoked", "The key was revoked, and this was not logged before.");
  }
}
