"""Read what a link leads to, and the way its lot came."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from itertools import count

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.accounts.queries import organisation_by_id
from traceability.batches.models import Batch
from traceability.batches.queries import batch_by_link
from traceability.catalog.models import Certificate, IpRight, Product, ProductPicture
from traceability.catalog.pictures.queries import pictures_of
from traceability.catalog.queries import (
    certificates_for,
    ip_rights_for,
    product_by_key,
)
from traceability.core.permissions import Actor, Role
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.standing import LabelStanding
from traceability.lookup.errors import ReportNotFoundError
from traceability.lookup.models import ProblemReport
from traceability.ocop.queries import recognition_facts
from traceability.ocop.rating import RecognitionFacts

PAGE = 50


class Lead(StrEnum):
    """What a link leads to."""

    NOWHERE = "nowhere"  # neither the product nor anything of it is registered
    PRODUCT = "product"
    LOT_UNKNOWN = "lot-unknown"  # the product is, the lot is not
    LOT = "lot"
    LABEL = "live"
    VOID = "void"
    UNBOUND = "unbound"  # a blank stamp that is no lot's yet
    NEVER_ISSUED = "never-issued"
    OTHER_LOT = "other-lot"  # the serial is genuine and belongs to another lot

    @property
    def found(self) -> bool:
        """Return whether there is a page to send people on to."""
        return self in _FOUND


_FOUND = {Lead.PRODUCT, Lead.LOT_UNKNOWN, Lead.LOT, Lead.LABEL, Lead.UNBOUND}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The rows behind a link; product and producer also where the lot is unknown."""

    lead: Lead
    link: DigitalLink
    product: Product | None = None
    producer: Organisation | None = None
    batch: Batch | None = None

    @property
    def batch_link(self) -> DigitalLink | None:
        """Return the lot's own link; that of a blank stamp names no lot."""
        return DigitalLink.parse(self.batch.digital_link) if self.batch else None


_LEADS = {
    LabelStanding.LIVE: Lead.LABEL,
    LabelStanding.VOID: Lead.VOID,
    LabelStanding.OTHER_BATCH: Lead.OTHER_LOT,
    LabelStanding.UNBOUND: Lead.UNBOUND,
    LabelStanding.UNKNOWN: Lead.NEVER_ISSUED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """The rows behind a link, whatever its serial."""

    product: Product | None = None
    producer: Organisation | None = None
    batch: Batch | None = None
    number: int = field(default_factory=count().__next__)  # of this look at them


def rows_behind(session: Session, link: DigitalLink) -> Behind:
    """Return the product, producer and lot a link names, as far as they are here."""
    product = product_by_key(session, link.key)
    if product is None:
        return Behind()
    return Behind(
        product=product,
        producer=organisation_by_id(session, product.organisation_id),
        batch=batch_by_link(session, link) if link.lot is not None else None,
    )


def find(link: DigitalLink, behind: Behind, standing: LabelStanding | None) -> Found:
    """Return what a link leads to; ``standing`` is that of its serial, if known.

    Without a serial on a lot nobody registered: the product. With one: that label was
    never issued. Where the serial keys cannot be read now, the label is not denied.
    """
    return Found(
        lead=_lead(link, behind, standing),
        link=link,
        product=behind.product,
        producer=behind.producer,
        batch=behind.batch,
    )


def _lead(link: DigitalLink, behind: Behind, standing: LabelStanding | None) -> Lead:
    if behind.product is None:
        return Lead.NOWHERE
    if behind.batch is None:
        if link.serial is not None:
            return _LEADS[standing] if standing else Lead.NEVER_ISSUED
        return Lead.PRODUCT if link.lot is None else Lead.LOT_UNKNOWN
    if link.serial is None:
        return Lead.LOT
    return _LEADS[standing] if standing else Lead.LABEL


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """What is known of a product beside its lots."""

    recognitions: Sequence[RecognitionFacts]
    certificates: Sequence[Certificate]
    rights: Sequence[IpRight]
    pictures: Sequence[ProductPicture]


def background(session: Session, product: Product, batch: Batch | None) -> Background:
    """Return a product's recognitions, papers and photos, in whatever state."""
    site_id = batch.site_id if batch else None
    return Background(
        recognitions=recognition_facts(session, product.id),
        certificates=certificates_for(session, product, site_id),
        rights=ip_rights_for(session, product),
        pictures=pictures_of(session, product),
    )


def reports_for(
    session: Session, actor: Actor, *, handled: bool, page: int = 1
) -> Sequence[ProblemReport]:
    """Return the reports an actor may see, the newest first."""
    query = select(ProblemReport).where(
        ProblemReport.handled_at.is_not(None)
        if handled
        else ProblemReport.handled_at.is_(None)
    )
    if not _sees_all(actor):
        query = query.where(ProblemReport.organisation_id == actor.organisation_id)
    return session.scalars(
        query.order_by(ProblemReport.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    ).all()


def report_of(session: Session, public_id: str, actor: Actor) -> ProblemReport:
    """Return one report, locked. Raises ``ReportNotFoundError``."""
    report = session.scalar(
        select(ProblemReport)
        .where(ProblemReport.public_id == public_id)
        .with_for_update()
    )
    mine = report is not None and report.organisation_id == actor.organisation_id
    if report is None or not (mine or _sees_all(actor)):
        raise ReportNotFoundError("There is no such report.")
    return report


def _sees_all(actor: Actor) -> bool:
    return actor.has(Role.OFFICER, Role.INSPECTOR, Role.ADMINISTRATOR)


def reports_since(session: Session, about: str, since: datetime) -> int:
    """Return how often a lot, product or code was reported since an instant."""
    return (
        session.scalar(
            select(func.count(ProblemReport.id)).where(
                ProblemReport.about == about, ProblemReport.created_at >= since
            )
        )
        or 0
    )
