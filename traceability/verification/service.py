"""Gather what this service knows of a link, and check it as a stranger would."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from traceability.batches.models import Batch
from traceability.batches.queries import current_record
from traceability.core.errors import DomainError
from traceability.gs1.digital_link import DigitalLink
from traceability.ocop.queries import recognitions_of
from traceability.ocop.rating import standing_for
from traceability.records.confirmed.queries import (
    Confirmed,
    Words,
    confirmations_of,
    counting,
    newest,
)
from traceability.records.models import SignedRecord
from traceability.scans.queries import history
from traceability.scans.rules import signs
from traceability.status.lists import lists_of
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.queries import read_head
from traceability.verification.evidence import (
    Evidence,
    LabelEvidence,
    Mode,
    ScanFacts,
    Shown,
    ShownConfirmation,
    read_link,
)
from traceability.verification.findings import Problem
from traceability.verification.opened import LoggedRecord
from traceability.verification.printed.queries import Printed, named_by
from traceability.verification.queries import (
    Prover,
    read_entries,
    records_behind,
    records_of,
    star_words,
    valid_papers,
)
from traceability.verification.report import Report, report_of
from traceability.verification.room import Sources
from traceability.verification.tree import recall_tree
from traceability.verification.wire import MAX_STATUS


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Rows about one lot, whatever its label, before they are proven."""

    batch: Batch
    shown: Shown
    records: Sequence[SignedRecord]
    recognitions: Sequence[SignedRecord]
    papers: Sequence[SignedRecord]
    inputs: Sequence[SignedRecord]
    confirmations: Sequence[SignedRecord]
    confirmed: Sequence[Confirmed]  # what of them may be shown
    entries: Mapping[int, bytes]  # what the log holds of them

    @property
    def groups(self) -> tuple[Sequence[SignedRecord], ...]:
        """Return the records by what they are about."""
        own = (self.records, self.recognitions, self.papers)
        return (*own, self.inputs, self.confirmations)

    @property
    def all(self) -> list[SignedRecord]:
        """Return every record."""
        return [one for group in self.groups for one in group]


def verify_link(session: Session, text: str, *, sources: Sources) -> Report:
    """Return the verdict on a link with its eleven findings; never raises for input."""
    return report_of(own_evidence(session, text, sources=sources))


def own_evidence(session: Session, text: str, *, sources: Sources) -> Evidence:
    """Return what this service itself may judge by.

    A database behind what was published, a restored backup say, proves nothing of
    today: a recall may be among what it lost.
    """
    evidence = evidence_from_database(session, text, sources=sources)
    return replace(evidence, checkpoint="") if is_behind(session, sources) else evidence


def evidence_for_others(
    session: Session, text: str, *, sources: Sources, since: int | None = None
) -> Evidence:
    """Return what others may judge a link by.

    ``since`` is the log size a verifier saw before, for a consistency proof from it.
    The head is one with a quorum of witnesses wherever that covers the records.
    """

    def head(records: Sequence[SignedRecord]) -> str:
        covered = max((one.log_index + 1 for one in records), default=0)
        return _note(lambda: sources.log.head_for(session, covered, since or 0).note)

    evidence = _evidence(session, text, sources, head)
    if not evidence.checkpoint:
        return evidence
    consistency = _consistency(session, evidence.checkpoint, sources, since)
    return replace(evidence, consistency=consistency)


def evidence_from_database(
    session: Session, text: str, *, sources: Sources
) -> Evidence:
    """Return what this service can show about a link, unjudged."""
    return _evidence(session, text, sources, lambda _: head_note(session, sources))


def _evidence(
    session: Session,
    text: str,
    sources: Sources,
    head: Callable[[Sequence[SignedRecord]], str],
) -> Evidence:
    asked = read_link(text)
    link = asked.link
    evidence = Evidence(
        mode=Mode.ONLINE, now=sources.clock.now(), trust=sources.trust, asked=asked
    )
    if link is None or link.origin != sources.identity.origin:
        return evidence
    batch, printed = named_by(session, link, sources)
    if batch is None:
        note = head(printed.records) if printed.records else ""
        told = _of_label(session, evidence, printed, note)
        return replace(evidence, checkpoint=note).of_label(told)
    rows = gathered(session, batch, sources)
    note = head([*rows.all, *printed.records])
    lot = lot_evidence(session, rows, note, sources)
    told = _of_label(session, evidence, printed, note)
    read = replace(told, scans=scans_of(session, link))
    lists = _status_lists(session, lot, sources)
    return replace(lot, status=lists).of_label(read)


def _of_label(
    session: Session, evidence: Evidence, printed: Printed, note: str
) -> LabelEvidence:
    told = printed.label
    return LabelEvidence(
        asked=evidence.asked or read_link(""),
        now=evidence.now,
        label=None if isinstance(told, Problem) else told,
        silence=told if isinstance(told, Problem) else None,
        printed=logged(session, printed.records, note),
    )


def _status_lists(session: Session, lot: Evidence, sources: Sources) -> tuple[str, ...]:
    """Return the lists that speak of a lot's record, stars and papers, or none.

    Whoever has them needs nobody to tell later what the lists said today.
    """
    groups = (lot.records, lot.recognitions, lot.papers)
    indexes = [one.log_index for group in groups for one in group]
    wanted = lists_of(index for index in indexes if index is not None)
    try:
        return tuple(
            sources.lists.token(session, one, published=sources.published)
            for one in wanted[:MAX_STATUS]
        )
    except DomainError:
        return ()  # keys or log are not as they should be: other checks say so


def scans_of(session: Session, link: DigitalLink) -> ScanFacts:
    """Return what is known of a code's scans."""
    known = history(session, str(link), single=link.serial is not None)
    found = signs(known) if link.serial is not None else ()
    return ScanFacts(count=known.count, first=known.first, signs=found)


def gathered(session: Session, batch: Batch, sources: Sources) -> Gathered:
    """Return the rows about a lot: its records, its stars and papers, its inputs."""
    today = sources.clock.today()
    about = records_of(session, [batch.digital_link])
    given = recognitions_of(session, batch.product_id)
    papers = valid_papers(session, batch, today=today, identity=sources.identity)
    record = current_record(session, batch)
    two = standing_for(
        [one.facts for one in given],
        production_date=batch.production_date,
        today=today,
    )
    recognitions = records_of(
        session, [sources.identity.url(one.path) for one in given]
    )
    words = confirmations_of(session, newest([*about, *recognitions]))
    confirmed = _confirmed(words, sources)
    found = Gathered(
        batch=batch,
        shown=Shown(
            record_sha256=record.digest if record else "",
            status=batch.state,
            stars=min(two.made.stars, two.today.stars),
            papers=tuple(papers),
            confirmations=tuple(
                ShownConfirmation(
                    record_sha256=one.record_sha256, party=one.party, name=one.name
                )
                for one in confirmed
            ),
            words=papers
            | {sources.identity.url(one.path): star_words(one) for one in given},
        ),
        records=about,
        recognitions=recognitions,
        papers=records_of(session, papers),
        inputs=records_behind(session, [record] if record else []),
        confirmations=[word for _, said in words for word in said],
        confirmed=confirmed,
        entries={},
    )
    return replace(found, entries=read_entries(session, found.all))


def _confirmed(words: Words, sources: Sources) -> list[Confirmed]:
    """Return what may be shown as confirmed: by keys that count, not taken back."""
    ring = sources.trust.ring
    return [
        one for record, said in words for one in counting(record, said, lambda: ring)
    ]


def is_behind(session: Session, sources: Sources) -> bool:
    """Return whether more was published than the database holds."""
    if sources.published is None:
        return False
    head = read_head(session)
    return sources.published.checkpoint.size > (head.size if head else 0)


def head_note(session: Session, sources: Sources) -> str:
    """Return the signed head that proofs of this session lead to, or nothing."""
    return _note(lambda: sources.log.checkpoint(session))


def _note(read: Callable[[], str]) -> str:
    try:
        return read()
    except DomainError:
        return ""  # check 6 says that no signed head is at hand


def lot_evidence(
    session: Session, rows: Gathered, note: str, sources: Sources
) -> Evidence:
    """Return what can be shown of a lot under a head, whatever its label."""
    prover = Prover(session, rows.all, _size(note))
    records, recognitions, papers, inputs, confirmations = (
        [prover.logged(one, rows.entries) for one in group] for group in rows.groups
    )
    return Evidence(
        mode=Mode.ONLINE,
        now=sources.clock.now(),
        trust=sources.trust,
        asked=read_link(rows.batch.digital_link),
        shown=rows.shown,
        records=records,
        recognitions=recognitions,
        papers=papers,
        inputs=inputs,
        confirmations=confirmations,
        checkpoint=note,
        witnesses=sources.log.cosigned.policy.witnesses,
    )


def logged(
    session: Session, records: Sequence[SignedRecord], note: str
) -> list[LoggedRecord]:
    """Return records with their leaves and proofs under a head."""
    prover, entries = (
        Prover(session, records, _size(note)),
        read_entries(session, records),
    )
    return [prover.logged(one, entries) for one in records]


def _size(note: str) -> int:
    tree = recall_tree(note)
    return tree.size if isinstance(tree, Checkpoint) else 0


def _consistency(
    session: Session, note: str, sources: Sources, since: int | None
) -> Sequence[bytes] | None:
    size = _size(note)
    if since is None or since > size:
        return None
    return sources.log.consistency_proof(session, since, size)
