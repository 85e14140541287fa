"""Read and check everything the public page of a link shows."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from sqlalchemy.orm import Session

from traceability.batches.models import Batch
from traceability.core.errors import DomainError
from traceability.db.memory import Memory
from traceability.db.stamps import Stamps
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.models import LabelRun, LabelVoid
from traceability.labels.queries import (
    batch_bound,
    binding_at,
    number_in,
    place_of,
    voids_of,
)
from traceability.labels.standing import (
    LabelStanding,
    LabelState,
    Printed,
    state_in,
)
from traceability.lookup.page import PublicPage
from traceability.lookup.queries import (
    Behind,
    Found,
    Lead,
    background,
    find,
    rows_behind,
)
from traceability.lookup.showing.looking import (
    Asked,
    Judged,
    Label,
    LotKnown,
    Moment,
)
from traceability.lookup.telling.queries import again_of, credit_of, told_of
from traceability.lookup.verdict_line import not_found, verdict_line
from traceability.verification.evidence import LabelEvidence, ScanFacts
from traceability.verification.findings import Problem
from traceability.verification.queries import applied_record, label_records
from traceability.verification.report import (
    Report,
    report_of,
    settled_by,
    settled_in_run,
)
from traceability.verification.room import KEYS_UNREADABLE, sources_of
from traceability.verification.service import (
    gathered,
    head_note,
    is_behind,
    logged,
    lot_evidence,
    own_evidence,
    scans_of,
)
from traceability.web.context import Services
from traceability.web.i18n import language

T = TypeVar("T")


def found_by(session: Session, link: DigitalLink, use: Services) -> Found:
    """Return what a link leads to here; the session has read nothing yet."""
    view = _View(session, use, moment_of(use))
    behind, label = view.looked(link)
    return find(link, behind, label.standing)


def moment_of(use: Services) -> Moment:
    """Return the present moment; asked before a session reads."""
    sources = sources_of(use)
    published = sources.published
    return Moment(
        stamp=use.get(Stamps).now(),
        day=use.clock.today(),
        interval=sources.interval,
        head=published.note if published else "",
        sources=sources,
    )


def public_page(
    session: Session, asked: Asked, use: Services, moment: Moment, waiting: int = 0
) -> PublicPage:
    """Return the page of a link in any state, checked as a stranger would check it.

    The session has read nothing since ``moment``, nor since so many scans of the link
    were ``waiting`` to be stored: the one that led here may be among them. What all
    labels of a lot share is kept while the rows it was made of stay as they are; a
    label's own rows are read each time.
    """
    view = _View(session, use, moment)
    behind, label = view.looked(asked.link)
    found = find(asked.link, behind, label.standing)
    if found.product is None:
        return PublicPage(found=found, verdict=not_found())
    if behind.batch is None:
        return _without_lot(view, asked, found)
    lot = view.lot(behind)
    report = view.report(asked, label, lot, waiting)
    page = lot.page(
        found=found,
        report=report,
        verdict=verdict_line(report),
        bound_on=label.bound_on,
        scratch=found.lead is Lead.LABEL and label.scratch,
    )
    if found.lead is Lead.LABEL and page.labels and page.labels.tally.reprinted:
        page = replace(page, again=again_of(session, label.state, asked.link, use))
    return page


@dataclass(frozen=True, slots=True)
class _View:
    """One look at the database, and what earlier looks left in memory."""

    session: Session
    use: Services
    moment: Moment

    def recall(self, key: tuple[Hashable, ...], compute: Callable[[], T]) -> T:
        """Return what a key stands for; rows are compared if anything was written."""
        memory = self.use.get(Memory)
        return memory.recall(self.session, key, self.moment.stamp, compute)

    def behind(self, link: DigitalLink) -> Behind:
        """Return the rows behind a link, whatever its serial."""
        key = ("behind", link.origin, link.key, link.variant, link.lot)
        return self.recall(key, lambda: rows_behind(self.session, link))

    def looked(self, link: DigitalLink) -> tuple[Behind, Label]:
        """Return the rows behind a link, and what is known of its serial.

        A blank stamp's link names no lot: behind it lies the one it is bound to.
        """
        behind = self.behind(link)
        if behind.product is None or link.serial is None:
            return behind, Label()
        if behind.batch is None and link.lot is not None:
            return behind, Label()
        label = self.label(link.serial, behind.product.id, behind.batch)
        bound = label.binding if link.lot is None else None
        batch = batch_bound(self.session, bound)
        if batch is not None:
            behind = self.behind(DigitalLink.parse(batch.digital_link))
        return behind, label

    def label(self, serial: str, product_id: int, batch: Batch | None) -> Label:
        """Return what is known of a serial, or why it is not."""
        number = number_in(serial)
        place = place_of(self.session, product_id, number) if number else None
        if number is None or place is None:
            return Label(LabelState(standing=LabelStanding.UNKNOWN))
        run, voids = self.run(place)
        printed = Printed(run, voids, binding_at(self.session, run, number))
        try:
            state = state_in(printed, batch, number, self.moment.sources.mac_of)
        except DomainError as refusal:  # its words name files: they are for operators
            silence = Problem(refusal.code, KEYS_UNREADABLE)
            return Label(silence=silence, printed=printed)
        return Label(state, printed=printed)

    def run(self, place: int) -> tuple[LabelRun, Sequence[LabelVoid]]:
        """Return a label run and what became void of it."""

        def compute() -> tuple[LabelRun, Sequence[LabelVoid]]:
            run = self.session.get_one(LabelRun, place)
            return run, voids_of(self.session, run)

        return self.recall(("run", place), compute)

    def lot(self, behind: Behind) -> LotKnown:
        """Return what all labels of a lot share."""
        product, batch = behind.product, behind.batch
        if product is None or batch is None:
            raise AssertionError("a lot has its product")

        def compute() -> LotKnown:
            rows = gathered(self.session, batch, self.moment.sources)
            told = told_of(self.session, rows, self.use)
            known = background(self.session, product, batch)
            credit = credit_of(self.session, known, told.get("lot"), self.use)
            return LotKnown(rows, told, {**credit, "confirmed": rows.confirmed})

        moment = self.moment  # who confirms hangs on which keys count
        key = ("lot", behind.number, language(), moment.day, moment.interval)
        return self.recall(key, compute)

    def judged(self, lot: LotKnown) -> Judged:
        """Return a lot's evidence under the head of the log, examined."""
        moment = self.moment

        def judge() -> Judged:
            evidence = lot_evidence(self.session, lot.rows, note, moment.sources)
            return Judged(evidence, settled_by(evidence), evidence.sound)

        note = self.head()
        return self.kept(("judged", lot.number, note, moment.interval), judge)

    def in_run(self, asked: Asked, lot: Judged, run: LabelRun, label: Label) -> Judged:
        """Return a lot's evidence with what tells of one of its label runs."""
        binding = label.binding

        def judge() -> Judged:
            records = label_records(self.session, run, binding)
            read = LabelEvidence(
                asked=asked.read,
                now=self.use.clock.now(),
                printed=logged(self.session, records, lot.evidence.checkpoint),
            )
            evidence = lot.evidence.of_label(read)
            settled = {**lot.settled, **settled_in_run(evidence)}
            return Judged(evidence, settled, evidence.sound)

        return self.kept(("run of", lot.number, run.id, binding and binding.id), judge)

    def kept(self, key: tuple[Hashable, ...], judge: Callable[[], Judged]) -> Judged:
        """Return what is judged, and keep it while it is sound."""
        found = self.recall(key, judge)
        if not found.sound:  # what is dated tomorrow holds then
            self.use.get(Memory).drop(key)
        return found

    def report(self, asked: Asked, label: Label, lot: LotKnown, waiting: int) -> Report:
        """Return what is found of a label, or of its lot's own code."""
        whole = judged = self.judged(lot)
        run = label.run_of(lot.rows.batch)
        if run is not None:
            judged = self.in_run(asked, whole, run, label)
        own = self.label_evidence(asked, label, run, waiting)
        alike = judged if not own.printed else whole
        return report_of(judged.evidence.of_label(own), alike.settled)

    def head(self) -> str:
        """Return the signed head that proofs lead to; nothing where none is sound."""

        def compute() -> str:
            sources = self.moment.sources
            behind = is_behind(self.session, sources)
            return "" if behind else head_note(self.session, sources)

        return self.recall(("head", self.moment.head), compute)

    def label_evidence(
        self, asked: Asked, label: Label, run: LabelRun | None, waiting: int
    ) -> LabelEvidence:
        """Return what is asked of one label beside what it shares."""
        serial = asked.link.serial or ""
        records = applied_record(self.session, run, serial) if run else []
        scans = scans_of(self.session, asked.link)
        return LabelEvidence(
            asked=asked.read,
            now=self.use.clock.now(),
            label=label.facts,
            silence=label.silence,
            printed=logged(self.session, records, self.head()) if records else (),
            scans=_with_waiting(scans, waiting, self.moment) if waiting else scans,
        )


def _without_lot(view: _View, asked: Asked, found: Found) -> PublicPage:
    page = PublicPage(found=found)
    if found.lead is not Lead.PRODUCT:
        sources = view.moment.sources
        report = report_of(own_evidence(view.session, asked.text, sources=sources))
        page = replace(page, report=report, verdict=verdict_line(report))
    product = found.product
    if product is None or page.brief or page.doubtful:
        return page
    known = background(view.session, product, None)
    return replace(page, **credit_of(view.session, known, None, view.use))


def _with_waiting(scans: ScanFacts, waiting: int, moment: Moment) -> ScanFacts:
    first = scans.first or moment.day
    return replace(scans, count=scans.count + waiting, first=first)
