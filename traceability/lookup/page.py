"""What the public page shows, gathered from rows and a report. Pure.

Facts of a lot come from its signed record, never from the row: what was checked is what
is shown.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from markupsafe import Markup

from traceability.batches.record import BatchRecord, read_batch_record
from traceability.catalog.ip_rights import ShownRight
from traceability.catalog.models import Certificate, ProductPicture
from traceability.catalog.places import Point
from traceability.core.errors import DomainError
from traceability.core.text import Bilingual
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.counting.queries import Counted
from traceability.labels.errors import SerialMalformedError
from traceability.labels.serials import SerialNumber, grouped
from traceability.lookup.journey import Stage
from traceability.lookup.queries import Found, Lead
from traceability.lookup.shapes import Shape
from traceability.lookup.stars import Stars
from traceability.lookup.verdict_line import VerdictLine
from traceability.lookup.way.behind import ExceptionBehind
from traceability.records.confirmed.queries import Confirmed
from traceability.records.models import SignedRecord
from traceability.signing.envelope import read_unverified
from traceability.verification.report import Report
from traceability.verification.verdict import Verdict
from traceability.web.i18n import gettext as _

_UNSETTLED = {Verdict.FAILED, Verdict.INCOMPLETE}
BRIEF = {Lead.NOWHERE, Lead.NEVER_ISSUED, Lead.OTHER_LOT, Lead.VOID, Lead.UNBOUND}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedFact:
    """A signed record as the page points to it."""

    path: str  # /records/<id>
    digest: str
    kid: str
    version: int
    log_index: int
    issued_at: datetime
    voice: str  # whose word it is, in the language spoken


@dataclass(frozen=True, slots=True, kw_only=True)
class Lot:
    """One lot as its newest record tells it."""

    record: BatchRecord
    fact: SignedFact
    site_name: str  # empty where the site is not public
    old_address: str
    point: Point | None  # nothing where the site is not public
    best_before_passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A certificate or a right that held at production and holds today."""

    certificate: Certificate | None = None
    right: ShownRight | None = None
    fact: SignedFact | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPage:
    """Everything a stranger is shown about a code."""

    found: Found
    verdict: VerdictLine | None = None
    report: Report | None = None
    lot: Lot | None = None
    stars: Stars | None = None
    stars_fact: SignedFact | None = None
    papers: Sequence[Paper] = ()
    pictures: Sequence[ProductPicture] = ()  # the first is the cover
    way: Sequence[Stage] = ()
    exceptions_behind: Sequence[ExceptionBehind] = ()  # of the lots it is made from
    scratch: bool = False  # the label has a code under a scratch layer
    labels: Counted | None = None  # printed for the lot, by its signed runs
    bound_on: datetime | None = None  # of a stamp that was blank before
    again: Sequence[SignedFact] = ()  # that this label was printed once more
    stop_fact: SignedFact | None = None  # the hold or recall
    confirmed: Sequence[Confirmed] = ()  # by parties' own keys
    parts: dict[str, Markup] = field(default_factory=dict)  # rendered once for a lot
    shapes: dict[Hashable, Shape] = field(default_factory=dict)  # of the lot's pages

    @property
    def link(self) -> DigitalLink:
        """Return the link the page is about."""
        return self.found.link

    def confirmed_of(self, fact: SignedFact | None) -> list[Confirmed]:
        """Return who confirms a record with a key of its own."""
        digest = fact.digest if fact else ""
        return [one for one in self.confirmed if one.record_sha256 == digest]

    @property
    def brief(self) -> bool:
        """Return whether only the verdict is shown: nothing that lends it credit."""
        return self.found.lead in BRIEF

    @property
    def doubtful(self) -> bool:
        """Return whether a check fails on something untrue: then no stars, no marks."""
        return self.report is not None and self.report.verdict is Verdict.FAILED

    @property
    def settled(self) -> bool:
        """Return whether time alone, within a day, changes nothing that is told."""
        return self.report is None or self.report.verdict not in _UNSETTLED

    @property
    def name(self) -> Bilingual:
        """Return the product's name; that of the signed record where there is one."""
        if self.lot is not None:
            product = self.lot.record.product
            return Bilingual(product.name_vi, product.name_en)
        return self.found.product.name if self.found.product else Bilingual("")

    @property
    def producer_name(self) -> Bilingual:
        """Return the producer's name; empty for a household that keeps it private."""
        producer = self.found.producer
        if producer is None or not producer.name_public:
            return Bilingual("")
        signed = self.lot.record.producer.name if self.lot else producer.name_vi
        same = signed == producer.name_vi
        return Bilingual(signed, producer.name_en if same else "")

    @property
    def serial(self) -> str:
        """Return the serial as it is read aloud."""
        text = self.link.serial or ""
        try:
            SerialNumber.parse(text)  # it has one spelling
        except SerialMalformedError:
            return text
        return grouped(text)

    @property
    def sample(self) -> bool:
        """Return whether all of this is made up for a demonstration."""
        return self.found.producer is not None and self.found.producer.sample


def fact_of(record: SignedRecord) -> SignedFact:
    """Return a record as the page points to it."""
    try:
        voucher = read_unverified(record.token).payload.get("vouchedBy", {})
    except DomainError:
        voucher = {}
    return SignedFact(
        path=f"/records/{record.public_id}",
        digest=record.digest,
        kid=record.kid,
        version=record.version,
        log_index=record.log_index,
        issued_at=record.issued_at,
        voice=voice_of(voucher),
    )


def voice_of(voucher: Mapping[str, str]) -> str:
    """Return whose word a record is, in the language spoken (records.credential)."""
    words = _VOICES.get(voucher.get("basis", ""))
    return words(voucher.get("name", "")) if words else ""


def _by_officer(name: str) -> str:
    if name:
        return _("Entered by an officer of %(body)s, signed by this system", body=name)
    return _("Entered by an officer, signed by this system")


_VOICES: Mapping[str, Callable[[str], str]] = {
    "declared": lambda _name: _("Declared by the producer"),
    "entered-by-officer": _by_officer,
    "confirmed": lambda name: _("Confirmed by %(party)s", party=name),
    "service": lambda _name: _("Stated by this system"),
}


def record_in(token: str) -> BatchRecord | None:
    """Return what a lot's record says, signature or not, if it can be read."""
    try:
        payload = read_unverified(token).payload
        return read_batch_record(payload.get("credentialSubject", {}))
    except DomainError:
        return None


def best_before_passed(record: BatchRecord, today: date) -> bool:
    """Return whether the pack says best before a day that is over."""
    return record.best_before is not None and record.best_before < today
