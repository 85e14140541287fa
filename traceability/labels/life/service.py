"""Tell what became of labels: printed, applied, spoiled. The caller commits."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.batches.models import Batch
from traceability.batches.permits import require_own
from traceability.batches.queries import locked_batch
from traceability.core.clock import day_in_vietnam
from traceability.core.ids import new_id
from traceability.core.permissions import Actor
from traceability.core.ports import Clock, Notary
from traceability.core.text import clean_text
from traceability.labels.content import day_text
from traceability.labels.errors import (
    AppliedDayError,
    AppliedRangeError,
    ReprintRefusedError,
    RunTooLargeError,
    VoidReasonError,
    WitnessMissingError,
)
from traceability.labels.life.models import LabelApplied, LabelPrintOut, LabelReprint
from traceability.labels.life.queries import (
    applied_in,
    batch_of_range,
    bindings_in,
    voids_in,
)
from traceability.labels.life.witness import Witness
from traceability.labels.models import LabelRun
from traceability.labels.queries import RunRow
from traceability.labels.service import (
    audit_labels,
    label_voucher,
    range_claims,
    refusal_of,
    run_holding,
    run_link,
)
from traceability.labels.setup import Setup
from traceability.records.credential import RecordDraft
from traceability.records.service import publish_record

APPLIED_RECORD_TYPE = "LabelAppliedRecord"
REPRINT_RECORD_TYPE = "LabelReprintRecord"
REPRINT_MOST = 1000  # labels: they are made and read back while somebody waits


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplyDraft:
    """Labels that were put on goods: indexes as serials carry them, both included.

    ``place`` is the line or the place; it may name a household, so it is private.
    """

    first: int
    last: int
    day: date
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprintDraft:
    """Labels spoiled on the press, whose paper was destroyed before a witness.

    Raises ``VoidReasonError``, ``WitnessMissingError``, ``RunTooLargeError``.
    """

    first: int
    last: int
    reason: str
    witness: Witness | None

    def __post_init__(self) -> None:
        if not clean_text(self.reason, field="reason"):
            raise VoidReasonError("Say why.", field="reason")
        if self.witness is None:
            raise WitnessMissingError(
                "The spoiled labels are destroyed before a second person: write who "
                "that was.",
                field="witness_name",
            )
        self.require_few(copies=1)

    def require_few(self, *, copies: int) -> None:
        """Raise ``RunTooLargeError`` for more labels than one waits for."""
        if (self.last - self.first + 1) * copies > REPRINT_MOST:
            raise RunTooLargeError(
                "At most %(most)d labels are printed once more in one go.",
                field="last",
                most=REPRINT_MOST // copies,
            )


def note_print_out(
    session: Session,
    run: LabelRun,
    format_: str,
    *,
    actor: Actor,
    clock: Clock,
    reprint: LabelReprint | None = None,
) -> None:
    """Write down that a file of labels leaves the service, and for whom."""
    session.add(
        LabelPrintOut(
            run_id=run.id,
            reprint_id=reprint.id if reprint else None,
            format=format_,
            at=clock.now(),
            by=actor.name,
        )
    )
    session.flush()


def apply_in(
    session: Session, row: RunRow, draft: ApplyDraft, *, actor: Actor, notary: Notary
) -> LabelApplied:
    """Tell that a range of a run's labels was put on goods.

    Raises what ``apply_labels`` does, and ``AppliedRangeError`` for blank stamps that
    no one lot was given yet.
    """
    batch = batch_of_range(session, row, draft.first, draft.last)
    if batch is None:
        raise AppliedRangeError(
            "These stamps are not all bound to one lot yet. Bind them first.",
            field="first",
        )
    return apply_labels(session, batch, draft, actor=actor, notary=notary)


def apply_labels(
    session: Session, batch: Batch, draft: ApplyDraft, *, actor: Actor, notary: Notary
) -> LabelApplied:
    """Tell that a range of a batch's labels was put on goods, signed and logged.

    Void labels in between stay void. Raises ``VoidRangeError`` unless one run of the
    batch holds the range, ``AppliedRangeError`` where some were applied before, and
    ``AppliedDayError``.
    """
    batch = locked_batch(session, batch.id)
    require_own(batch, actor)
    run = run_holding(session, batch, draft.first, draft.last)
    _require_day(run, draft.day, notary.clock.today())
    _require_not_applied(session, run, draft.first, draft.last)
    applied = LabelApplied(
        public_id=new_id(),
        run_id=run.id,
        from_index=draft.first,
        to_index=draft.last,
        day=draft.day,
    )
    indexes = (draft.first, draft.last)
    place = clean_text(draft.place, field="place")
    told = RecordDraft(
        type=APPLIED_RECORD_TYPE,
        # Not a part of the run's address: whoever asks for one label need not be
        # shown all that were applied, and a kept-back one makes no label look better.
        subject=f"{run_link(notary.identity, run)}/applied/{applied.public_id}",
        claims={
            **range_claims(batch, run, indexes, notary.identity),
            "lot": batch.digital_link,
            "appliedOn": draft.day.isoformat(),
        },
        private={"place": place} if place else {},
        vouched_by=label_voucher(batch, actor, notary.identity),
    )
    record = publish_record(session, told, notary=notary)
    applied.record_id, applied.at = record.id, record.issued_at
    session.add(applied)
    session.flush()
    audit_labels(session, "labels-applied", batch, run, actor=actor, notary=notary)
    return applied


def reprint_labels(
    session: Session, batch: Batch, draft: ReprintDraft, *, actor: Actor, notary: Notary
) -> LabelReprint:
    """Tell that spoiled labels are printed once more under their numbers.

    Raises ``VoidRangeError`` unless one run of the batch holds the range,
    ``ReprintRefusedError`` where some are void or on goods, and what starting a run
    raises for the batch's state.
    """
    batch = locked_batch(session, batch.id)
    require_own(batch, actor)
    refused = refusal_of(batch, notary.clock.today())
    if refused is not None:
        raise refused
    run = run_holding(session, batch, draft.first, draft.last)
    require_spoiled(session, run, draft)
    reprint = LabelReprint(
        public_id=new_id(),
        run_id=run.id,
        from_index=draft.first,
        to_index=draft.last,
        reason=clean_text(draft.reason),
    )
    indexes = (draft.first, draft.last)
    told = RecordDraft(
        type=REPRINT_RECORD_TYPE,
        subject=f"{run_link(notary.identity, run)}#reprint-{reprint.public_id}",
        claims={
            **range_claims(batch, run, indexes, notary.identity),
            "reason": reprint.reason,
        },
        private=draft.witness.private() if draft.witness else {},
        vouched_by=label_voucher(batch, actor, notary.identity),
    )
    record = publish_record(session, told, notary=notary)
    reprint.record_id, reprint.at = record.id, record.issued_at
    session.add(reprint)
    session.flush()
    audit_labels(session, "labels-reprinted", batch, run, actor=actor, notary=notary)
    return reprint


def _require_day(run: LabelRun, day: date, today: date) -> None:
    if day > today:
        raise AppliedDayError("This day is still to come.", field="day")
    made = day_in_vietnam(run.created_at)
    if day < made:
        raise AppliedDayError(
            "These labels were made on %(day)s, not before.",
            field="day",
            day=day_text(made),
        )


def _require_not_applied(
    session: Session, run: LabelRun, first: int, last: int
) -> None:
    before = session.scalars(applied_in(run, first, last).limit(1)).first()
    if before is not None:
        raise AppliedRangeError(
            "The labels %(first)s–%(last)s were applied before, on %(day)s.",
            field="first",
            first=before.from_index,
            last=before.to_index,
            day=day_text(before.day),
        )


def require_spoiled(session: Session, run: LabelRun, draft: ReprintDraft) -> None:
    """Raise ``ReprintRefusedError`` where labels cannot be spoiled on the press.

    Void ones, those on goods, stamps that are bound (they are on packs), and labels of
    which no file was made. Raises ``RunTooLargeError`` with all copies of the labels.
    """
    draft.require_few(copies=Setup.from_json(run.facts.get("setup")).copies)
    void = session.scalars(voids_in(run, draft.first, draft.last).limit(1)).first()
    if void is not None:
        raise ReprintRefusedError(
            "The labels %(first)s–%(last)s are void. Print new ones instead.",
            field="first",
            first=void.from_index,
            last=void.to_index,
        )
    indexes = (run, draft.first, draft.last)
    used = (
        session.scalars(applied_in(*indexes).limit(1)).first()
        or session.scalars(bindings_in(*indexes).limit(1)).first()
    )
    if used is not None:
        raise ReprintRefusedError(
            "The labels %(first)s–%(last)s are on goods. Print new ones instead.",
            field="first",
            first=used.from_index,
            last=used.to_index,
        )
    never = select(LabelPrintOut.id).where(LabelPrintOut.run_id == run.id).limit(1)
    if session.scalar(never) is None:
        raise ReprintRefusedError(
            "No file of this run was made yet, so nothing of it can be spoiled.",
            field="first",
        )
