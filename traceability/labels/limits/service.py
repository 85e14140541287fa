"""Keep runs within their bounds, and set what bounds them. The caller commits."""

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.accounts.service import audit
from traceability.batches.models import Batch
from traceability.core.errors import ForbiddenError
from traceability.core.permissions import SYSTEM, Actor, Role
from traceability.core.ports import Clock
from traceability.core.text import clean_text
from traceability.labels.errors import OverPrintingError, QuotaExceededError
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.limits.models import LabelTerms
from traceability.labels.limits.queries import room_of, use_under
from traceability.labels.limits.terms import Bounds, Period, QuotaUse
from traceability.web.formats import number

_TERMS = text(
    "INSERT INTO label_terms (organisation_id, period) VALUES (:organisation, 'year')"
    " ON CONFLICT DO NOTHING"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotaDraft:
    """How many labels an organisation may print; nothing: as many as it likes."""

    quota: int | None
    period: Period = Period.YEAR


def bounds_of(session: Session, batch: Batch, spec: RunSpec, today: date) -> Bounds:
    """Return what binds a run that may be started; its batch is locked.

    Raises ``QuotaExceededError`` and, where a lot gets more labels than packs and
    nobody says why, ``OverPrintingError``.
    """
    terms = bounds_of_stamps(session, batch.organisation_id, spec.count, today)
    return replace(
        room_for(session, batch, spec.count, spec.excess_reason),
        must_be_applied=spec.kind is not LabelKind.LOT and terms.must_be_applied,
    )


def bounds_of_stamps(
    session: Session, organisation_id: int, count: int, today: date
) -> Bounds:
    """Return what binds labels whatever their lot: the organisation's terms.

    Blank stamps use up a quota when they are printed, whether they are ever bound or
    not. Raises ``QuotaExceededError``.
    """
    terms = terms_within(session, organisation_id, count, today)
    since = terms.applied_since if terms is not None else None
    return Bounds(must_be_applied=since is not None and since <= today)


def terms_within(
    session: Session, organisation_id: int, count: int, today: date
) -> LabelTerms | None:
    """Return an organisation's terms, if its quota reaches for so many labels.

    They stay locked until the caller's transaction ends, so that two runs never share
    the last of a quota. Raises ``QuotaExceededError``.
    """
    terms = session.scalar(
        select(LabelTerms)
        .where(LabelTerms.organisation_id == organisation_id)
        .with_for_update()
    )
    if terms is not None and terms.quota is not None:
        _require_quota(use_under(session, organisation_id, terms, today), count)
    return terms


def room_for(session: Session, batch: Batch, count: int, excess_reason: str) -> Bounds:
    """Return the bounds of so many more labels of a lot: printed, or bound to it.

    Its batch is locked; the reason stays empty where none is needed. Raises
    ``OverPrintingError``.
    """
    room = room_of(session, batch)
    over = room.left is not None and count > room.left
    reason = clean_text(excess_reason, field="excess_reason") if over else ""
    if over and not reason:
        raise OverPrintingError(
            "The lot makes at most %(packs)s packs and has %(live)s labels. "
            "%(count)s more are too many unless you say why.",
            field="excess_reason",
            packs=number(room.packs or 0),
            live=number(room.live),
            count=number(count),
        )
    return Bounds(packs=room.packs, live=room.live, reason=reason)


def _require_quota(use: QuotaUse, count: int) -> None:
    if use.left is None or count <= use.left:
        return
    told = {"left": number(use.left), "quota": number(use.quota or 0)}
    if use.asked:
        raise QuotaExceededError(
            "Your organisation may print %(left)s more labels of the %(quota)s it was "
            "allowed. For more, ask %(whom)s.",
            field="count",
            whom=use.asked,
            **told,
        )
    raise QuotaExceededError(
        "Your organisation may print %(left)s more labels of the %(quota)s it was "
        "allowed. For more, ask the operator of this service.",
        field="count",
        **told,
    )


def set_quota(
    session: Session,
    organisation: Organisation,
    draft: QuotaDraft,
    *,
    actor: Actor,
    clock: Clock,
) -> None:
    """Say how many labels an organisation may print from now on.

    Raises ``ForbiddenError`` for whoever is neither officer, administrator nor the
    operator.
    """
    if actor != SYSTEM and not actor.has(Role.OFFICER, Role.ADMINISTRATOR):
        raise ForbiddenError("Your role does not allow this.")
    terms = locked_terms(session, organisation.id)
    before = (terms.quota, terms.period)
    terms.quota, terms.period = draft.quota, draft.period.value
    terms.quota_by_id = actor.organisation_id
    session.flush()
    audit(
        session,
        actor,
        "label-quota-set",
        f"organisation:{organisation.id}",
        clock,
        quota=draft.quota,
        period=draft.period.value,
        before=list(before),
    )


def set_activation(
    session: Session, *, activates: bool, actor: Actor, clock: Clock
) -> None:
    """Say whether labels printed from today on count only once they were applied.

    Labels printed before stay as they are: each run's record says what binds it.
    Raises ``ForbiddenError`` for somebody without an organisation.
    """
    if actor.organisation_id is None or not actor.has(Role.PRODUCER):
        raise ForbiddenError("Your role does not allow this.")
    terms = locked_terms(session, actor.organisation_id)
    if activates == (terms.applied_since is not None):
        return
    terms.applied_since = clock.today() if activates else None
    session.flush()
    audit(
        session,
        actor,
        "label-activation-set",
        f"organisation:{actor.organisation_id}",
        clock,
        activates=activates,
    )


def locked_terms(session: Session, organisation_id: int) -> LabelTerms:
    """Return an organisation's terms, made where there are none.

    They are locked until the caller's transaction ends: whoever counts against them
    waits for the other.
    """
    session.execute(_TERMS, {"organisation": organisation_id})
    return session.scalars(
        select(LabelTerms)
        .where(LabelTerms.organisation_id == organisation_id)
        .with_for_update()
    ).one()
