/** Check 7: the log's head continues its past, and is cosigned as a policy asks. */
import { BUNDLE } from "./evidence.js";
import { FAIL, failed, notChecked, notCheckedFor, passed, refused } from "./findings.js";
import { continues, rootWithin } from "./merkle.js";
import { same } from "./bytes.js";
import { asks, hasQuorum } from "./policy.js";
import { isProblem } from "./refusals.js";
import { recallTree } from "./trust.js";

const CONSISTENCY = 7;

/** Check that the head continues the last one seen, and who has cosigned it. */
export function check7(evidence) {
  const { tree, seenCheckpoint } = evidence;
  if (isProblem(tree)) return notCheckedFor(CONSISTENCY, tree);
  const seen = seenCheckpoint ? recallTree(seenCheckpoint) : null;
  if (isProblem(seen)) return notCheckedFor(CONSISTENCY, seen);
  const broken = seen === null ? null : brokenPast(evidence, seen, tree);
  if (broken?.result === FAIL) return broken;
  const found = asked(evidence, seen);
  return found.result === FAIL ? found : broken ?? found; // a past out of reach hides no false witness
}

/** Return what the witnesses and the policy make of a head that is in order. */
function asked(evidence, seen) {
  const { policy, cosigned } = evidence;
  if (isProblem(policy)) return notCheckedFor(CONSISTENCY, policy);
  if (isProblem(cosigned)) return refused(CONSISTENCY, cosigned);
  return (policy === null ? null : lacking(evidence, policy)) ?? told(evidence, seen);
}

function brokenPast(evidence, seen, tree) {
  if (evidence.mode === BUNDLE) return brokenWithin(evidence, seen, tree);
  if (tree.size < seen.size) {
    return failed(
      CONSISTENCY,
      "checkpoint-rolled-back",
      "The log shows %(size)d entries; it had %(seen)d before.",
      { size: tree.size, seen: seen.size },
    );
  }
  return continues(seen, tree, evidence.consistency ?? []) ? null : forked(seen);
}

/** Compare the head that was seen with what the bundle's own entries lead to. */
function brokenWithin(evidence, seen, tree) {
  if (seen.size > tree.size) {
    return notChecked(
      CONSISTENCY,
      "bundle-older",
      "The bundle was made when the log held %(size)d entries; this verifier has seen it with %(seen)d since.",
      { size: tree.size, seen: seen.size },
    );
  }
  const root = rootAt(evidence, seen.size);
  if (root === null) {
    return notChecked(
      CONSISTENCY,
      "head-out-of-reach",
      "The bundle does not show what the log was at %(seen)d entries.",
      { seen: seen.size },
    );
  }
  return seen.origin === tree.origin && same(seen.root, root) ? null : forked(seen);
}

/** Return the log's root when it had `size` entries, if the tail tells it, or `null`. */
function rootAt({ tree, first, tail }, size) {
  if (size === tree.size) return tree.root;
  if (first === null || tail === null || isProblem(tail) || size <= first.logIndex) return null;
  const later = tail.slice(0, Number(size - first.logIndex - 1n));
  return rootWithin(tree, first.leaf, first.logIndex, first.proof, later);
}

function forked(seen) {
  return failed(
    CONSISTENCY,
    "checkpoint-forked",
    "The log does not continue what it was at %(seen)d entries.",
    { seen: seen.size },
  );
}

/** Return what the policy asks for and the head does not have. */
function lacking({ cosigned, signedByPolicyLog }, policy) {
  if (policy.logs.length && !signedByPolicyLog) {
    return failed(
      CONSISTENCY, "log-not-in-policy", "No log the policy names has signed this head.",
    );
  }
  if (hasQuorum(policy, cosigned)) return null;
  return failed(
    CONSISTENCY,
    "quorum-missing",
    "%(cosigned)d of %(known)d known witnesses have cosigned the log's head: fewer than the policy asks. A new head has its cosignatures within a minute.",
    { cosigned: cosigned.length, known: policy.witnesses.length },
  );
}

function told({ tree, policy, cosigned }, seen) {
  const known = policy === null ? 0 : policy.witnesses.length;
  const counted = known ? { cosigned: cosigned.length, known } : {};
  if (seen !== null) {
    return passed(
      CONSISTENCY,
      "log-continues",
      known
        ? "The log continues what it was at %(seen)d entries; %(cosigned)d of %(known)d known witnesses have cosigned it."
        : "The log continues what it was at %(seen)d entries.",
      { seen: seen.size, ...counted },
    );
  }
  if (policy !== null && asks(policy)) {
    const names = cosigned.map((one) => one.key.name).sort().join(", ");
    return passed(
      CONSISTENCY,
      "cosigned",
      "%(cosigned)d of %(known)d known witnesses have cosigned the log's head, as the policy asks: %(names)s.",
      { names, ...counted },
    );
  }
  return notChecked(
    CONSISTENCY,
    "first-sight",
    known
      ? "This verifier has not seen the log before; it holds %(size)d entries now. %(cosigned)d of %(known)d known witnesses have cosigned it."
      : "This verifier has not seen the log before; it holds %(size)d entries now.",
    { size: tree.size, ...counted },
  );
}
