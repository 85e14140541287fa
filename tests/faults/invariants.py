"""The invariants of docs/architecture.md, asked of a service after a crash."""

import hashlib
import json
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from traceability.accounts.models import AuditEntry
from traceability.batches.models import Batch
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.models import LabelRun
from traceability.labels.queries import label_state, runs_of_batch
from traceability.labels.room import label_keys_of
from traceability.labels.standing import LabelStanding
from traceability.records.models import SignedRecord
from traceability.signing.envelope import verify_credential
from traceability.signing.keystore import KeyStore
from traceability.transparency.checkpoint import Checkpoint, parse_checkpoint
from traceability.transparency.errors import LogEmptyError
from traceability.transparency.models import LogLeaf
from traceability.transparency.proofs import verify_consistency
from traceability.transparency.service import TransparencyLog
from traceability.web.context import Services


@dataclass
class Memory:
    """What an outsider remembers from before the crashes."""

    checkpoint: str = ""
    tokens: dict[str, str] = field(default_factory=dict)
    issued: set[str] = field(default_factory=set)
    printed: set[str] = field(default_factory=set)

    def hear(self, lines: list[str]) -> None:
        for line in lines:
            word, _, public_id = line.partition(" ")
            {"issued": self.issued, "printed": self.printed}[word].add(public_id)


def check_invariants(use: Services, memory: Memory) -> None:
    log = use.get(TransparencyLog)
    assert log.check_start(use.database) is None
    with use.database.reading() as session:
        check_acknowledged(session, memory)
        check_log(session, log, memory)
        check_issued(session, use)
        check_serials(session, use)
        check_records(session, memory)


def check_acknowledged(session: Session, memory: Memory) -> None:
    """I1: what was acknowledged is there."""
    batches = session.scalars(select(Batch).where(Batch.state == "issued"))
    assert memory.issued <= {one.public_id for one in batches}
    runs = session.scalars(select(LabelRun))
    assert memory.printed <= {one.public_id for one in runs}


def check_log(session: Session, log: TransparencyLog, memory: Memory) -> None:
    """I2: dense, honest about its root, and consistent with what was served before.

    ``check_start`` has recomputed the root from the stored leaves already.
    """
    indexes = list(session.scalars(select(LogLeaf.index).order_by(LogLeaf.index)))
    assert indexes == list(range(len(indexes)))
    try:
        note = log.checkpoint(session)
    except LogEmptyError:
        assert not memory.checkpoint
        return
    now = told_by(note)
    assert now.size == len(indexes)
    if memory.checkpoint:
        then = told_by(memory.checkpoint)
        proof = log.consistency_proof(session, then.size, now.size)
        verify_consistency(then.size, now.size, proof, then.root, now.root)
    memory.checkpoint = note


def told_by(note: str) -> Checkpoint:
    return parse_checkpoint(note.partition("\n\n")[0] + "\n")


def check_issued(session: Session, use: Services) -> None:
    """I3: an issued batch has its signature, its leaf and its audit row."""
    ring = use.get(KeyStore).ring
    audited = set(
        session.scalars(
            select(AuditEntry.target).where(AuditEntry.action == "batch-issued")
        )
    )
    for batch in session.scalars(select(Batch)):
        record = session.scalar(
            select(SignedRecord).where(
                SignedRecord.subject == batch.digital_link,
                SignedRecord.type == "BatchRecord",
            )
        )
        assert (record is not None) == (batch.state != "draft")
        assert (batch.digital_link in audited) == (batch.state != "draft")
        if record is None:
            continue
        verify_credential(record.token, ring.key(record.kid))
        leaf = json.loads(session.get_one(LogLeaf, record.log_index).data)
        assert leaf["sha256"] == hashlib.sha256(record.token.encode()).hexdigest()


def check_serials(session: Session, use: Services) -> None:
    """I4: no number twice, and every number ever given answers."""
    keys, seen = label_keys_of(use), set()
    for batch in session.scalars(select(Batch).options(joinedload(Batch.product))):
        for row in runs_of_batch(session, batch):
            for label in row.job.labels(keys):
                assert label.serial not in seen
                seen.add(label.serial)
                serial = DigitalLink.parse(label.link).serial
                assert serial is not None
                state = label_state(session, batch, serial, keys.mac_of)
                assert state.standing is LabelStanding.LIVE


def check_records(session: Session, memory: Memory) -> None:
    """I5: signed bytes are what they were, and none is gone."""
    now = {one.public_id: one.token for one in session.scalars(select(SignedRecord))}
    assert memory.tokens.items() <= now.items()
    memory.tokens = now
