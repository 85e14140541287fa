"""Read visits: who may see them, what they found, and their photos."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager

from traceability.accounts.models import Organisation
from traceability.batches.models import Batch, BatchState
from traceability.catalog.models import Product
from traceability.catalog.names import folded
from traceability.core.permissions import Actor, Role
from traceability.db.window import Window
from traceability.inspection.errors import InspectionNotFoundError
from traceability.inspection.models import (
    Inspection,
    InspectionPhoto,
    InspectionPhotoPart,
)
from traceability.inspection.photos import VisitPhoto
from traceability.inspection.record import SignedVisit, read_visit
from traceability.inspection.visit import Result
from traceability.records.models import SignedRecord
from traceability.records.queries import disclosures_of
from traceability.signing.envelope import read_unverified

PAGE = 50
_PRODUCER = aliased(Organisation)


@dataclass(frozen=True, slots=True)
class Listed:
    """A visit with whose it is, and the lot with its product where it is known."""

    inspection: Inspection
    authority: Organisation
    batch: Batch | None
    product: Product | None
    producer: Organisation | None

    @property
    def awaits_minutes(self) -> bool:
        """Return whether minutes are still to be made."""
        return self.inspection.minutes_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionSearch:
    """Which visits a list shows; ``organisation_id`` is whose, nothing: everybody's."""

    organisation_id: int | None = None
    batch: str = ""  # public id of a lot
    result: Result | None = None
    since: datetime | None = None
    until: datetime | None = None
    producer: str = ""  # words of a name
    commune_code: str = ""
    awaiting_minutes: bool = False
    unheld: bool = False  # non-conformant, and the lot is still on the market
    page: int = 1
    size: int = PAGE


def seen_by(actor: Actor) -> int | None:
    """Return whose visits an actor may see: an officer everybody's."""
    return None if actor.has(Role.OFFICER) else actor.organisation_id


def own(actor: Actor, inspection: Inspection) -> bool:
    """Return whether a visit is of the actor's own authority."""
    return inspection.organisation_id == actor.organisation_id


def inspection_of(session: Session, public_id: str, *, actor: Actor) -> Listed:
    """Return a visit the actor may see. Raises ``InspectionNotFoundError``."""
    row = session.execute(
        _whole().where(Inspection.public_id == public_id)
    ).one_or_none()
    found = Listed(*row) if row is not None else None
    if found is None or not (own(actor, found.inspection) or actor.has(Role.OFFICER)):
        raise InspectionNotFoundError("There is no such inspection.")
    return found


def own_inspection(session: Session, public_id: str, *, actor: Actor) -> Listed:
    """Return a visit of the actor's authority. Raises ``InspectionNotFoundError``."""
    found = inspection_of(session, public_id, actor=actor)
    if not own(actor, found.inspection):
        raise InspectionNotFoundError("There is no such inspection.")
    return found


def locked_inspection(session: Session, inspection_id: int) -> Inspection:
    """Lock a visit's row, so that two corrections wait for each other."""
    return session.scalars(
        select(Inspection)
        .where(Inspection.id == inspection_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def inspection_by_client(
    session: Session, organisation_id: int, client_id: str
) -> Inspection | None:
    """Return the visit a phone sent under an id of its own, if it came before."""
    return session.scalar(
        select(Inspection).where(
            Inspection.organisation_id == organisation_id,
            Inspection.client_id == client_id,
        )
    )


def visits(session: Session, search: InspectionSearch) -> list[Listed]:
    """Return a page of visits, the one seen last first."""
    rows = session.execute(
        _whole()
        .where(*_conditions(search))
        .order_by(Inspection.seen_at.desc(), Inspection.id.desc())
        .limit(search.size)
        .offset((search.page - 1) * search.size)
    )
    return [Listed(*row) for row in rows]


def visits_in(
    session: Session, search: InspectionSearch, window: Window
) -> list[Listed]:
    """Return a window on visits, the one entered last first."""
    query = _whole().where(*_conditions(search))
    return [Listed(*row) for row in session.execute(window.cut(query, Inspection.id))]


def count_visits(session: Session, search: InspectionSearch) -> int:
    """Return how many visits a search finds in all."""
    query = _whole().where(*_conditions(search)).with_only_columns(Inspection.id)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def visits_of_lot(session: Session, batch: Batch) -> list[Listed]:
    """Return every authority's visits to a lot, the one seen last first."""
    rows = session.execute(
        _whole()
        .where(Inspection.batch_id == batch.id)
        .order_by(Inspection.seen_at.desc(), Inspection.id.desc())
        .limit(PAGE)
    )
    return [Listed(*row) for row in rows]


def record_of(session: Session, inspection: Inspection) -> SignedRecord:
    """Return the newest signed version of a visit."""
    return session.get_one(SignedRecord, inspection.record_id)


def versions_of(session: Session, inspection: Inspection) -> Sequence[SignedRecord]:
    """Return every signed version of a visit, oldest first."""
    newest = record_of(session, inspection)
    return session.scalars(
        select(SignedRecord)
        .where(SignedRecord.subject == newest.subject, SignedRecord.type == newest.type)
        .order_by(SignedRecord.version)
    ).all()


def signed_visit(
    session: Session, inspection: Inspection, *, personal: bool
) -> SignedVisit:
    """Return what the newest record says; names of people only where asked for.

    A value that was erased, or altered since, is not among it.
    """
    record = record_of(session, inspection)
    claims = read_unverified(record.token).payload["credentialSubject"]
    disclosed = {one.name: one.value for one in disclosures_of(session, record)}
    if "result" not in claims:
        disclosed.setdefault("result", inspection.result)
    found = read_visit(claims, disclosed, link=inspection.link)
    return found if personal else found.without_names()


def photos_of(session: Session, inspection: Inspection) -> Sequence[InspectionPhoto]:
    """Return the photos of a visit in the order they were sent."""
    return session.scalars(
        select(InspectionPhoto)
        .where(InspectionPhoto.inspection_id == inspection.id)
        .order_by(InspectionPhoto.position)
    ).all()


def photo_content(session: Session, photo: InspectionPhoto) -> VisitPhoto:
    """Return a photo with its bytes."""
    parts = session.scalars(
        select(InspectionPhotoPart.content)
        .where(InspectionPhotoPart.photo_id == photo.id)
        .order_by(InspectionPhotoPart.position)
    )
    return VisitPhoto(photo.media_type, b"".join(parts))


def photo_of(session: Session, inspection: Inspection, digest: str) -> InspectionPhoto:
    """Return one photo of a visit. Raises ``InspectionNotFoundError``."""
    found = session.scalar(
        select(InspectionPhoto).where(
            InspectionPhoto.inspection_id == inspection.id,
            InspectionPhoto.digest == digest,
        )
    )
    if found is None:
        raise InspectionNotFoundError("There is no such photo.")
    return found


def _whole() -> Select[
    Inspection, Organisation, Batch | None, Product | None, Organisation | None
]:
    return (
        select(Inspection, Organisation, Batch, Product, _PRODUCER)
        .join(Organisation, Organisation.id == Inspection.organisation_id)
        .outerjoin(Batch, Batch.id == Inspection.batch_id)
        .outerjoin(Product, Product.id == Batch.product_id)
        .outerjoin(_PRODUCER, _PRODUCER.id == Batch.organisation_id)
        .options(contains_eager(Batch.product))
    )


def _conditions(search: InspectionSearch) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if search.organisation_id is not None:
        found.append(Inspection.organisation_id == search.organisation_id)
    if search.batch:
        found.append(Batch.public_id == search.batch)
    if search.result is not None:
        found.append(Inspection.result == search.result.value)
    if search.since is not None:
        found.append(Inspection.seen_at >= search.since)
    if search.until is not None:
        found.append(Inspection.seen_at < search.until)
    if search.commune_code:
        found.append(Inspection.commune_code == search.commune_code)
    if search.awaiting_minutes:
        found.append(Inspection.minutes_at.is_(None))
    return [*found, *_of_producer(search), *_unheld(search)]


def _of_producer(search: InspectionSearch) -> list[ColumnElement[bool]]:
    """Return what finds a producer by words of its name; private names are not found.

    A product's name is indexed folded, an organisation's is not: marks count.
    """
    if not search.producer:
        return []
    name = _PRODUCER.name_vi.icontains(search.producer, autoescape=True)
    product = Product.name_folded.contains(folded(search.producer), autoescape=True)
    return [or_((_PRODUCER.name_public.is_(True)) & name, product)]


def _unheld(search: InspectionSearch) -> list[ColumnElement[bool]]:
    if not search.unheld:
        return []
    return [
        Inspection.result == Result.NON_CONFORMANT.value,
        Batch.state == BatchState.ISSUED.value,
    ]
