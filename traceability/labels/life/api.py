"""The life of labels over the API: applied, printed once more, looked up."""

from typing import Any

from sqlalchemy.orm import Session

from traceability.core.permissions import Role, Scope
from traceability.labels.blanks.service import reprint_in
from traceability.labels.life.queries import life_of, lives_of_number, range_named
from traceability.labels.life.schemas import (
    ApiApply,
    ApiLife,
    ApiLives,
    ApiNumberQuery,
    ApiReprint,
    life_shown,
    number_shown,
    witness_in,
)
from traceability.labels.life.service import (
    ApplyDraft,
    ReprintDraft,
    apply_in,
)
from traceability.labels.queries import RunRow, run_of
from traceability.labels.room import label_keys_of
from traceability.records.notary import notary_of
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.repeating import once

blueprint = ApiBlueprint(
    "label_life_api",
    __name__,
    url_prefix=f"{PREFIX}/label-runs",
    description="What became of labels: printed, applied, void, printed once more",
)


@blueprint.get("/numbers")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_READ)
@blueprint.arguments(ApiNumberQuery, location="query")
@blueprint.response(200, ApiLives)
def numbers(data: dict[str, Any]) -> Any:
    """Look a number up: a serial names one label, an index one for each product."""
    use = services()
    with use.database.reading() as session:
        found = lives_of_number(
            session,
            data["number"],
            actor=actor(),
            mac_of=label_keys_of(use).mac_of,
        )
        return {"items": [number_shown(one) for one in found]}


@blueprint.get("/<public_id>/life")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_READ)
@blueprint.response(200, ApiLife)
def life(public_id: str) -> Any:
    """Read what became of a run's labels."""
    with services().database.reading() as session:
        return _shown(session, run_of(session, public_id, actor=actor()))


@blueprint.post("/<public_id>/applied")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_WRITE)
@blueprint.arguments(ApiApply)
@blueprint.response(200, ApiLife)
def applied(data: dict[str, Any], public_id: str) -> Any:
    """Tell that labels of a run were put on goods: one, or a range."""

    def write(session: Session) -> Any:
        row = run_of(session, public_id, actor=actor())
        first, last = _range(row, data)
        draft = ApplyDraft(first=first, last=last, day=data["day"], place=data["place"])
        notary = notary_of(services())
        apply_in(session, row, draft, actor=actor(), notary=notary)
        return _shown(session, row)

    return once(write)


@blueprint.post("/<public_id>/reprints")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_WRITE)
@blueprint.arguments(ApiReprint)
@blueprint.response(200, ApiLife)
def reprints(data: dict[str, Any], public_id: str) -> Any:
    """Tell that spoiled labels are printed once more under their numbers."""

    def write(session: Session) -> Any:
        row = run_of(session, public_id, actor=actor())
        first, last = _range(row, data)
        draft = ReprintDraft(
            first=first, last=last, reason=data["reason"], witness=witness_in(data)
        )
        notary = notary_of(services())
        reprint_in(session, row, draft, actor=actor(), notary=notary)
        return _shown(session, row)

    return once(write)


def _range(row: RunRow, data: dict[str, Any]) -> tuple[int, int]:
    mac_of = label_keys_of(services()).mac_of
    return range_named(row, data["first"], data["last"], mac_of)


def _shown(session: Session, row: RunRow) -> Any:
    found = life_of(session, row.run)
    counts = found.counts(row.run)
    return {
        "run": row.run.public_id,
        "batch": None if row.blank else row.batch.public_id,
        "digital_link": str(row.job.lot),
        "index": None,
        "counts": {fate.value: count for fate, count in counts.items()},
        **life_shown(found),
    }
