/** Records that hold, as versions of the facts they tell. */

/** @typedef {{credential: import("./opened.js").Credential, digest: string, logIndex: bigint}} Version */

/** Return the sound versions of a type, oldest first. @returns {Version[]} */
export function versions(records, type) {
  return records
    .filter((one) => one.sound && one.record.logIndex !== null && one.credential.type === type)
    .map((one) => ({ credential: one.credential, digest: one.digest, logIndex: one.record.logIndex }))
    .sort((one, other) => Number(one.credential.version - other.credential.version));
}

/** Return a whole number, for which true and false pass as well, or `null`. */
export function whole(value) {
  return typeof value === "bigint" || typeof value === "boolean" ? BigInt(value) : null;
}
