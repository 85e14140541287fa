"""Read the way a lot came: every event on it, as it was signed and logged."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.accounts.kinds import OrganisationKind, role_of
from traceability.accounts.models import Organisation
from traceability.batches.models import Batch, BatchInput
from traceability.batches.queries import genealogy
from traceability.core.canonical import Json
from traceability.core.clock import day_in_vietnam
from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.events.event import EpcisEvent, read_event
from traceability.events.kinds import GROWING, kinds
from traceability.events.models import TraceEvent
from traceability.events.queries import CapturedEvent, events_of_lots
from traceability.events.wording import (
    REASONS,
    element_name,
    kind_name,
    shown_value,
)
from traceability.lookup.journey import Stage, Step
from traceability.records.models import SignedRecord
from traceability.signing.envelope import read_unverified

# Said elsewhere on the page, or of use to machines only.
UNSAID = frozenset(
    {
        *("place", "commune", "facility", "slaughterhouse", "lot", "output_lot"),
        *("mfg_date", "exp_date", "shop_url", "input_lots"),
    }
)
# What became of the rest of a lot that some of this one came from.
ASIDE = frozenset(
    {"ship", "retail", "destroy", "void_label", "label_issue", "aggregate"}
)


Counts = Callable[[SignedRecord], bool]  # whether its signature does


@dataclass(frozen=True, slots=True)
class _Way:
    """The lots on the way, and how far back each one is."""

    batches: Mapping[str, Batch]  # by link
    levels: Mapping[str, int]
    own: str
    language: str
    counts: Counts
    unnamed: frozenset[int] = frozenset()  # who keeps its name to itself by now


@dataclass(frozen=True, slots=True)
class _Party:
    """Who wrote something down."""

    id: int
    kind: OrganisationKind
    named: bool  # in public


def way_here(
    session: Session, batch: Batch, language: str, *, counts: Counts
) -> list[Stage]:
    """Return what happened on the way of a lot, the oldest first, from signed events.

    Only what producers on the way and authorities wrote down: anybody may say that an
    issued lot reached them, and that is no word on its producer's page.
    Of an event whose signature does not count nothing is told but that. Names of
    households that are not public are not in what was signed; of their plots only the
    commune is. A few queries however long the way is.
    """
    behind = genealogy(session, batch).ancestors
    way = _Way(
        batches={
            batch.digital_link: batch,
            **{one.batch.digital_link: one.batch for one in behind},
        },
        levels={
            batch.digital_link: 0,
            **{one.batch.digital_link: one.level for one in behind},
        },
        own=batch.digital_link,
        language=language,
        counts=counts,
    )
    found = events_of_lots(session, way.levels)
    parties = _parties(session, found)
    told = [one for one in found if _is_told(one.event, parties, way)]
    unnamed = frozenset(one.id for one in parties.values() if not one.named)
    way = replace(way, unnamed=unnamed)
    steps = [*_steps(told, way), *_bought(session, way)]
    return Stage.group(steps)


def _parties(session: Session, found: Iterable[CapturedEvent]) -> dict[int, _Party]:
    ids = {one.event.organisation_id for one in found} - {None}
    columns = (Organisation.id, Organisation.kind, Organisation.name_public)
    rows = session.execute(select(*columns).where(Organisation.id.in_(ids)))
    return {
        row.id: _Party(row.id, OrganisationKind(row.kind), row.name_public)
        for row in rows
    }


def _is_told(event: TraceEvent, parties: Mapping[int, _Party], way: _Way) -> bool:
    """Return whether the page tells an event: not what strangers wrote of the lot."""
    by = event.organisation_id
    if by is None:
        return True  # this service's own, such as a hold set by its operator
    owners = {batch.organisation_id for batch in way.batches.values()}
    return by in owners or role_of(parties[by].kind) is not Role.PRODUCER


def _steps(found: Iterable[CapturedEvent], way: _Way) -> Iterator[Step]:
    rows = list(found)
    grown = {
        one.lot: way.levels[other.lot]
        for one in rows
        if one.part == "growing"
        for other in rows
        if other.event.id == one.event.id and other.lot in way.levels
    }
    seen: set[int] = set()
    for one in rows:
        level = way.levels.get(one.lot, grown.get(one.lot, 0))
        aside = level > 0 and one.event.stage in ASIDE
        taken = one.part in {"input", "growing"}
        if taken or aside or one.event.id in seen:
            continue
        seen.add(one.event.id)
        for step in _step(one, level, way):
            yield replace(step, order=len(seen))


def _step(one: CapturedEvent, level: int, way: _Way) -> Iterator[Step]:
    if not way.counts(one.record):
        yield _unproven(one, level)
        return
    payload = _payload(one.record)
    try:
        event = read_event(payload["credentialSubject"]["event"])
    except (KeyError, ValueError, DomainError):
        return  # what is no event of ours is not told
    if not _is_about(event, one):
        yield _unproven(one, level)
        return
    lot = way.batches.get(one.lot)
    about = lot.product.name.in_language(way.language) if lot else ""
    born = one.event.born_lot == way.own
    yield Step(
        level=level,
        day=day_in_vietnam(event.time),
        name=kind_name(event.stage),
        what="" if event.stage in GROWING else about,
        place=_place(event, lot),
        who=_who(one.event, payload, way),
        details=_details(event),
        record=f"/records/{one.record.public_id}",
        entered=day_in_vietnam(one.event.record_time) if one.event.late else None,
        wrong=_wrong(one.event),
        birth=born,
    )


def _is_about(event: EpcisEvent, one: CapturedEvent) -> bool:
    """Return whether what was signed is this event, on this lot: rows can be moved."""
    parts = (*event.objects, *event.inputs, *event.outputs, *event.children)
    named = {lot.epc_class for lot in parts} | {event.parent, event.growing}
    return event.event_id == one.event.event_id and one.lot in named


def _unproven(one: CapturedEvent, level: int) -> Step:
    return Step(
        level=level,
        day=day_in_vietnam(one.event.event_time),
        record=f"/records/{one.record.public_id}",
        unproven=True,
    )


def _who(event: TraceEvent, payload: Mapping[str, Json], way: _Way) -> str:
    if event.organisation_id in way.unnamed:
        return ""
    return str(payload.get("vouchedBy", {}).get("name", ""))


def _payload(record: SignedRecord) -> Mapping[str, Json]:
    try:
        return read_unverified(record.token).payload
    except DomainError:
        return {}


def _place(event: EpcisEvent, lot: Batch | None) -> str:
    shown = event.values.get("place")
    if isinstance(shown, dict):
        return str(shown.get("communeName") or shown.get("name", ""))
    return lot.site.commune.full_name if lot else ""


def _details(event: EpcisEvent) -> tuple[str, ...]:
    kind = next((one for one in kinds() if one.id == event.stage), None)
    if kind is None:
        return ()
    return tuple(
        f"{element_name(one)}: {shown_value(one.element, event.values[one.id])}"
        for one in kind.elements
        if one.id in event.values and one.id not in UNSAID
    )


def _wrong(event: TraceEvent) -> str:
    reason = REASONS.get(event.error_reason or "")
    if reason is None:
        return ""
    return f"{reason}: {event.error_note}" if event.error_note else str(reason)


def _bought(session: Session, way: _Way) -> Iterator[Step]:
    ids = {batch.id: way.levels[link] for link, batch in way.batches.items()}
    rows = session.scalars(
        select(BatchInput)
        .where(BatchInput.batch_id.in_(ids), BatchInput.outside != "")
        .order_by(BatchInput.batch_id, BatchInput.position)
    )
    for one in rows:
        yield Step(level=ids[one.batch_id] + 1, what=one.outside, outside=True)
