"""Check 7: the log's head continues its past, and is cosigned as a policy asks."""

from collections.abc import Sequence

from traceability.core.errors import DomainError
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.cosignatures import (
    Cosignature,
    has_quorum,
    key_names,
)
from traceability.transparency.note import open_note
from traceability.transparency.policy import Policy
from traceability.verification.evidence import Evidence, Mode
from traceability.verification.findings import (
    Finding,
    Problem,
    Result,
    failed,
    not_checked,
    not_checked_for,
    passed,
    refused,
)
from traceability.verification.tree import continues, recall_tree

CONSISTENCY = 7


def check_7(evidence: Evidence) -> Finding:
    """Check that the head continues the last one seen, and who has cosigned it.

    Without a policy the known witnesses are only counted.
    """
    tree = evidence.tree
    if isinstance(tree, Problem):
        return not_checked_for(CONSISTENCY, tree)
    seen = recall_tree(evidence.seen_checkpoint) if evidence.seen_checkpoint else None
    if isinstance(seen, Problem):
        return not_checked_for(CONSISTENCY, seen)
    broken = _broken_past(evidence, seen, tree) if seen else None
    if broken is not None and broken.result is Result.FAIL:
        return broken
    asked = _asked(evidence, tree, seen)
    refuses = asked.result is Result.FAIL  # a past out of reach hides no false witness
    return asked if refuses else broken or asked


def _asked(evidence: Evidence, tree: Checkpoint, seen: Checkpoint | None) -> Finding:
    """Return what the witnesses and the policy make of a head that is in order."""
    policy = evidence.policy
    if isinstance(policy, Problem):
        return not_checked_for(CONSISTENCY, policy)
    found = evidence.cosigned
    if isinstance(found, Problem):
        return refused(CONSISTENCY, found)
    lacking = _lacking(evidence.checkpoint, policy, found) if policy else None
    return lacking or _told(evidence, tree, seen, found)


def _broken_past(
    evidence: Evidence, seen: Checkpoint, tree: Checkpoint
) -> Finding | None:
    if evidence.mode is Mode.BUNDLE:
        return _broken_within(evidence, seen, tree)
    return _broken(seen, tree, evidence.consistency or ())


def _broken_within(
    evidence: Evidence, seen: Checkpoint, tree: Checkpoint
) -> Finding | None:
    """Compare the head that was seen with what the bundle's own entries lead to."""
    if seen.size > tree.size:
        return not_checked(
            CONSISTENCY,
            "bundle-older",
            "The bundle was made when the log held %(size)d entries; this verifier "
            "has seen it with %(seen)d since.",
            size=tree.size,
            seen=seen.size,
        )
    root = evidence.root_at(seen.size)
    if root is None:
        return not_checked(
            CONSISTENCY,
            "head-out-of-reach",
            "The bundle does not show what the log was at %(seen)d entries.",
            seen=seen.size,
        )
    same = (seen.origin, seen.root) == (tree.origin, root)
    return None if same else _forked(seen)


def _broken(
    seen: Checkpoint, tree: Checkpoint, proof: Sequence[bytes]
) -> Finding | None:
    if tree.size < seen.size:
        return failed(
            CONSISTENCY,
            "checkpoint-rolled-back",
            "The log shows %(size)d entries; it had %(seen)d before.",
            size=tree.size,
            seen=seen.size,
        )
    return None if continues(seen, tree, proof) else _forked(seen)


def _forked(seen: Checkpoint) -> Finding:
    return failed(
        CONSISTENCY,
        "checkpoint-forked",
        "The log does not continue what it was at %(seen)d entries.",
        seen=seen.size,
    )


def _lacking(note: str, policy: Policy, found: Sequence[Cosignature]) -> Finding | None:
    """Return what the policy asks for and the head does not have."""
    if policy.logs and not _signed_by_a_log(note, policy):
        return failed(
            CONSISTENCY,
            "log-not-in-policy",
            "No log the policy names has signed this head.",
        )
    if has_quorum(policy, found):
        return None
    return failed(
        CONSISTENCY,
        "quorum-missing",
        "%(cosigned)d of %(known)d known witnesses have cosigned the log's head: fewer"
        " than the policy asks. A new head has its cosignatures within a minute.",
        cosigned=len(found),
        known=len(policy.witnesses),
    )


def _signed_by_a_log(note: str, policy: Policy) -> bool:
    try:
        open_note(note, [one.key for one in policy.logs])
    except DomainError:
        return False
    return True


def _told(
    evidence: Evidence,
    tree: Checkpoint,
    seen: Checkpoint | None,
    found: Sequence[Cosignature],
) -> Finding:
    policy = evidence.policy
    asked = isinstance(policy, Policy) and policy.asks
    known = len(policy.witnesses if isinstance(policy, Policy) else evidence.witnesses)
    names = {"cosigned": len(found), "known": known} if known else {}
    if seen is not None:
        return passed(
            CONSISTENCY,
            "log-continues",
            "The log continues what it was at %(seen)d entries; %(cosigned)d of"
            " %(known)d known witnesses have cosigned it."
            if known
            else "The log continues what it was at %(seen)d entries.",
            seen=seen.size,
            **names,
        )
    if asked:
        return passed(
            CONSISTENCY,
            "cosigned",
            "%(cosigned)d of %(known)d known witnesses have cosigned the log's head, as"
            " the policy asks: %(names)s.",
            names=", ".join(key_names(found)),
            **names,
        )
    return not_checked(
        CONSISTENCY,
        "first-sight",
        "This verifier has not seen the log before; it holds %(size)d entries now."
        " %(cosigned)d of %(known)d known witnesses have cosigned it."
        if known
        else "This verifier has not seen the log before; it holds %(size)d entries"
        " now.",
        size=tree.size,
        **names,
    )
