"""One forgery: what a label says, what a service serves, what a verifier remembers."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.verification.make_verification import NOW, World, honest_evidence
from traceability.core.json_text import json_text
from traceability.signing.envelope import read_unverified
from traceability.signing.keys import encode_base64url
from traceability.signing.trust_list import root_named_by
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.policy import parse_policy
from traceability.verification.evidence import Evidence, Mode, read_link
from traceability.verification.memory import Memory
from traceability.verification.tree import read_tree, recall_tree
from traceability.verification.trust import trust_of
from traceability.verification.wire import document_of, read_document

KINDS = ("records", "recognitions", "papers", "inputs", "confirmations")
SEEN = 2  # entries of the log that the verifier saw before


@dataclass
class Case:
    """Everything a verifier meets; lies change it in place."""

    world: World
    text: str
    document: dict[str, Any]
    trust_list: str
    memory: Memory
    leaves: list[bytes]
    policy: str = ""  # what the verifier asks of heads

    def record(self, name: str) -> dict[str, Any]:
        """Return a record as it is served, to be lied about."""
        token = self.world.records[name].token
        served = [one for kind in KINDS for one in self.document[kind]]
        return next(one for one in served if one["token"] == token)

    def drop(self, name: str) -> None:
        """Serve everything but this record."""
        lost = self.record(name)
        for kind in KINDS:
            self.document[kind] = [
                one for one in self.document[kind] if one is not lost
            ]

    def rewrite(self, name: str, change: Callable[[dict[str, Any]], None]) -> None:
        """Change a record's payload under its old signature."""
        served = self.record(name)
        payload = read_unverified(served["token"]).payload
        change(payload)
        header, _, signature = served["token"].split(".")
        body = encode_base64url(json_text(payload).encode())
        served["token"] = f"{header}.{body}.{signature}"

    def rehead(self, name: str, **header: Any) -> None:
        """Change a record's header under its old signature."""
        served = self.record(name)
        head = {**read_unverified(served["token"]).header, **header}
        _, body, signature = served["token"].split(".")
        first = encode_base64url(json.dumps(head).encode())
        served["token"] = f"{first}.{body}.{signature}"


def tell(world: World, **changes: Any) -> Case:
    """Return what an honest service would serve about the world's label."""
    proof = world.log.consistency(SEEN, len(world.log.leaves))
    evidence = honest_evidence(world, consistency=proof, **changes)
    honest = world.signed_trust_list()
    return Case(
        world=world,
        text=evidence.asked.text if evidence.asked else "",
        document=document_of(evidence),
        trust_list=honest,
        memory=Memory(trust_list=honest, checkpoint=world.log.checkpoint(SEEN)),
        leaves=list(world.log.leaves),
    )


def evidence_of(case: Case) -> Evidence:
    """Return the case as evidence, put together without the remote verifier."""
    root = root_named_by(case.memory.trust_list)
    pinned = trust_of(case.memory.trust_list, root, now=NOW)
    assert pinned.trust_list is not None
    trust = trust_of(
        case.trust_list,
        pinned.ring,
        now=NOW,
        last_seen_version=pinned.trust_list.version,
    )
    asked = read_link(case.text)
    evidence = Evidence(
        mode=Mode.ONLINE,
        now=NOW,
        trust=trust,
        asked=asked,
        policy=parse_policy(case.policy) if case.policy else None,
    )
    if asked.link is None or asked.link.origin not in pinned.origins:
        return evidence
    told = read_document(case.document)
    tree = read_tree(told.checkpoint, trust, NOW)
    seen = recall_tree(case.memory.checkpoint)
    indexes = [one.log_index for one in told.records if one.log_index is not None]
    size = tree.size if isinstance(tree, Checkpoint) else 0
    assert isinstance(seen, Checkpoint)
    return replace(
        evidence,
        label=told.label,
        records=told.records,
        recognitions=told.recognitions,
        papers=told.papers,
        inputs=told.inputs,
        confirmations=told.confirmations,
        checkpoint=told.checkpoint,
        consistency=told.consistency,
        shown=told.shown,
        scans=told.scans,
        status=told.status,
        seen_status=case.memory.status,
        seen_checkpoint=case.memory.checkpoint,
        later_leaves=case.leaves[min(indexes) + 1 : size] if indexes and size else None,
    )


def flip(encoded: str, position: int = 0) -> str:
    """Return base64url text whose one byte has another lowest bit."""
    padded = encoded + "=" * (-len(encoded) % 4)
    data = bytearray(base64.urlsafe_b64decode(padded))
    data[position] ^= 1
    return encode_base64url(bytes(data))
