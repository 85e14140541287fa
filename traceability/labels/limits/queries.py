"""Read an organisation's terms, how much of them is used, and a lot's room."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from traceability.accounts.kinds import OrganisationKind, role_of
from traceability.accounts.models import Organisation
from traceability.batches.models import Batch
from traceability.catalog.models import Product
from traceability.core.clock import HANOI
from traceability.core.permissions import Role
from traceability.labels.counting.tally import packs_of, tally_of
from traceability.labels.limits.models import LabelTerms
from traceability.labels.limits.terms import Period, QuotaUse, Room, room_in
from traceability.labels.models import LabelBinding, LabelRun, LabelVoid

_NONE = LabelTerms(quota=None, period=Period.YEAR.value)


@dataclass(frozen=True, slots=True)
class OrganisationUse:
    """An organisation beside its quota, for whoever sets it."""

    organisation: Organisation
    use: QuotaUse


def terms_of(session: Session, organisation_id: int) -> LabelTerms | None:
    """Return an organisation's terms, if anybody ever set some."""
    return session.scalar(_terms(organisation_id))


def use_of(session: Session, organisation_id: int, today: date) -> QuotaUse:
    """Return how much of its quota an organisation has used; without one, this year."""
    return use_under(
        session, organisation_id, terms_of(session, organisation_id), today
    )


def use_under(
    session: Session, organisation_id: int, terms: LabelTerms | None, today: date
) -> QuotaUse:
    """Return what was used under some terms. Runs count by their product's owner."""
    found = terms or _NONE
    period = Period(found.period)
    query = _used(period, today).where(Product.organisation_id == organisation_id)
    by = found.quota_by_id
    return QuotaUse(
        quota=found.quota,
        period=period,
        used=session.scalar(query) or 0,
        asked=session.get_one(Organisation, by).name_vi if by else "",
    )


def uses(session: Session, today: date) -> list[OrganisationUse]:
    """Return every producer with its use of labels, those with a quota first."""
    organisations = session.scalars(
        select(Organisation).order_by(Organisation.name_vi, Organisation.id)
    )
    mine = [one for one in organisations if _prints(one)]
    terms = {one.organisation_id: one for one in session.scalars(select(LabelTerms))}
    used = {period: _used_by_owner(session, _used(period, today)) for period in Period}
    found = []
    for one in mine:
        own = terms.get(one.id, _NONE)
        period = Period(own.period)
        use = QuotaUse(quota=own.quota, period=period, used=used[period].get(one.id, 0))
        found.append(OrganisationUse(one, use))
    return sorted(found, key=lambda one: one.use.quota is None)


def _prints(organisation: Organisation) -> bool:
    return role_of(OrganisationKind(organisation.kind)) is Role.PRODUCER


def _used_by_owner(session: Session, query: Select[int]) -> dict[int, int]:
    owner = Product.organisation_id
    rows = session.execute(query.add_columns(owner).group_by(owner))
    return {row[1]: row[0] for row in rows}


def _used(period: Period, today: date) -> Select[int]:
    query = select(func.coalesce(func.sum(LabelRun.count), 0)).join(
        Product, Product.id == LabelRun.product_id
    )
    if period is Period.TOTAL:
        return query
    begin, end = (_new_year(today.year + more) for more in (0, 1))
    return query.where(LabelRun.created_at >= begin, LabelRun.created_at < end)


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=HANOI).astimezone(UTC)


def _terms(organisation_id: int) -> Select[LabelTerms]:
    return select(LabelTerms).where(LabelTerms.organisation_id == organisation_id)


def room_of(session: Session, batch: Batch) -> Room:
    """Return how many labels a lot has and how many packs it makes.

    Its product is loaded; blank stamps count where they are bound. Counted from rows,
    as they are now; what is told to others is counted from records (``counting``).
    """
    runs = session.scalars(select(LabelRun).where(LabelRun.batch_id == batch.id)).all()
    bound = session.scalars(
        select(LabelBinding).where(LabelBinding.batch_id == batch.id)
    ).all()
    ids = {*(run.id for run in runs), *(one.run_id for one in bound)}
    tally = tally_of(
        [_run_claims(run) for run in runs],
        [_range_claims(one) for one in _voids_of(session, ids)],
        bindings=[_range_claims(one) for one in bound],
    )
    return room_in(packs_of(batch.quantity, batch.product.net), tally)


def _run_claims(run: LabelRun) -> dict[str, int | str]:
    first = {} if run.first_index is None else {"firstIndex": run.first_index}
    return {"id": str(run.id), "count": run.count, **first}


def _voids_of(session: Session, runs: Collection[int]) -> Sequence[LabelVoid]:
    return session.scalars(select(LabelVoid).where(LabelVoid.run_id.in_(runs))).all()


def _range_claims(one: LabelVoid | LabelBinding) -> dict[str, int | str]:
    return {"run": str(one.run_id), "from": one.from_index, "to": one.to_index}
