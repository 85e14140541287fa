"""A case as a bundle: what a lying service would hand over as one file."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import FixedClock
from tests.forgeries.case import Case
from tests.verification.make_verification import NOW
from traceability.signing.documents import jwk_set
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.policy import parse_policy
from traceability.verification.bundle.contents import Beside, Bundle, write_bundle
from traceability.verification.memory import memory_file, remember
from traceability.verification.remote import Verifier
from traceability.verification.report import Report
from traceability.verification.tree import recall_tree


def bundle_of(case: Case) -> bytes:
    """The case's document and leaves in one zip, made with all care."""
    world, document = case.world, {**case.document, "link": case.text}
    told = [one["log_index"] for one in document["records"]]
    indexes = [one for one in told if one is not None]
    tree = recall_tree(document["checkpoint"])
    size = tree.size if isinstance(tree, Checkpoint) else 0
    return write_bundle(
        Bundle(
            link=case.text,
            origin=world.identity.origin,
            made_at=NOW,
            document=document,
            later_leaves=case.leaves[min(indexes) + 1 : size] if indexes else None,
            trust_list=case.trust_list,
            events={"epcisBody": {"eventList": []}},
        ),
        Beside(jwks=jwk_set(world.trust_list()), vkey=world.log.vkey, findings={}),
    )


def check(case: Case) -> Report:
    """What a verifier with the case's memory and no network says of the bundle."""
    with TemporaryDirectory() as folder:
        notes = Path(folder)
        remember(memory_file(notes, case.world.identity.host), case.memory)
        verifier = Verifier(
            clock=FixedClock(NOW),
            notes=notes,
            offline=True,
            policy=parse_policy(case.policy) if case.policy else None,
        )
        return verifier.check_bundle(bundle_of(case))
