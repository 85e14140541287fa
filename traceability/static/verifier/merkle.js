/** The Merkle tree of RFC 6962: hashes, inclusion, consistency, and the tail of a log. */
import { concat, same } from "./bytes.js";
import { HASH_BYTES } from "./checkpoint.js";
import { sha256 } from "./sha2.js";

/** Return the hash of one leaf (RFC 6962 2.1). */
export function leafHash(data) {
  return sha256(concat(Uint8Array.of(0), data));
}

function nodeHash(left, right) {
  return sha256(concat(Uint8Array.of(1), left, right));
}

/**
 * Return whether a proof leads from a leaf at an index to a head (RFC 9162 2.1.3.2).
 * @param {import("./checkpoint.js").Checkpoint} tree
 * @param {Uint8Array} leaf @param {bigint} index @param {Uint8Array[]} proof
 */
export function includes(tree, leaf, index, proof) {
  if (index < 0n || index >= tree.size || !allHashes(proof)) return false;
  let [position, last, computed] = [index, tree.size - 1n, leafHash(leaf)];
  for (const sibling of proof) {
    if (last === 0n) return false;
    if (position & 1n || position === last) {
      computed = nodeHash(sibling, computed);
      [position, last] = pastZeros(position, last);
    } else {
      computed = nodeHash(computed, sibling);
    }
    [position, last] = [position >> 1n, last >> 1n];
  }
  return last === 0n && same(computed, tree.root);
}

/**
 * Return whether a proof shows that a head extends the one seen before (RFC 9162 2.1.4.2).
 * @param {import("./checkpoint.js").Checkpoint} seen @param {Uint8Array[]} proof
 */
export function continues(seen, tree, proof) {
  if (seen.origin !== tree.origin || seen.size > tree.size || !allHashes(proof)) return false;
  if (seen.size === 0n || seen.size === tree.size) {
    return !proof.length && (seen.size !== tree.size || same(seen.root, tree.root));
  }
  const power = (seen.size & (seen.size - 1n)) === 0n;
  const path = power ? [seen.root, ...proof] : [...proof];
  if (!path.length) return false;
  const roots = bothRoots(seen.size, tree.size, path);
  return roots !== null && same(roots[0], seen.root) && same(roots[1], tree.root);
}

function bothRoots(old, size, path) {
  let [position, last] = [old - 1n, size - 1n];
  while (position & 1n) [position, last] = [position >> 1n, last >> 1n];
  let [older, newer] = [path[0], path[0]];
  for (const sibling of path.slice(1)) {
    if (last === 0n) return null;
    if (position & 1n || position === last) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
      [position, last] = pastZeros(position, last);
    } else {
      newer = nodeHash(newer, sibling);
    }
    [position, last] = [position >> 1n, last >> 1n];
  }
  return last === 0n ? [older, newer] : null;
}

/**
 * Return whether `later` are all entries of the log after the one at `index`.
 *
 * The proof's left siblings are the roots over everything before the entry; with the entry
 * and what follows they must give the head's root, and only the true tail does.
 */
export function isTail(tree, leaf, index, proof, later) {
  if (!includes(tree, leaf, index, proof)) return false;
  if (index + 1n + BigInt(later.length) !== tree.size) return false;
  return same(rootWithin(tree, leaf, index, proof, later), tree.root);
}

/** Return the root the log had when `later` were all entries after the leaf, proven under a head. */
export function rootWithin(tree, leaf, index, proof, later) {
  const peaks = peaksOf(index, leftSiblings(index, tree.size, proof));
  for (const one of [leaf, ...later]) push(peaks, { level: 0, hash: leafHash(one) });
  return peaks.map((peak) => peak.hash).reduceRight((right, left) => nodeHash(left, right));
}

/** Add a node at the right end, joining neighbours of one level. */
function push(peaks, node) {
  let one = node;
  while (peaks.length && peaks.at(-1).level === one.level) {
    one = { level: one.level + 1, hash: nodeHash(peaks.pop().hash, one.hash) };
  }
  peaks.push(one);
}

function peaksOf(size, hashes) {
  const levels = [];
  for (let level = 0; size >> BigInt(level) > 0n; level += 1) {
    if ((size >> BigInt(level)) & 1n) levels.unshift(level);
  }
  return levels.map((level, place) => ({ level, hash: hashes[place] }));
}

/** Return the path's hashes that stand to the left of the entry, widest first. */
function leftSiblings(index, size, proof) {
  const found = [];
  let [position, last] = [index, size - 1n];
  for (const sibling of proof) {
    if (position & 1n || position === last) {
      found.unshift(sibling);
      [position, last] = pastZeros(position, last);
    }
    [position, last] = [position >> 1n, last >> 1n];
  }
  return found;
}

function pastZeros(position, last) {
  let [one, other] = [position, last];
  while (one !== 0n && !(one & 1n)) [one, other] = [one >> 1n, other >> 1n];
  return [one, other];
}

function allHashes(values) {
  return values.every((value) => value.length === HASH_BYTES);
}
