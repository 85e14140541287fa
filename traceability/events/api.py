"""Events over the API: write down, list, read, declare wrong; kinds and chains."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy.orm import Session

from traceability.core.errors import DomainError
from traceability.core.permissions import Role, Scope
from traceability.events.chains import chains
from traceability.events.correcting.service import declare_error
from traceability.events.entry.service import Desk, record_event
from traceability.events.kinds import kinds
from traceability.events.models import TraceEvent
from traceability.events.ports import LotBook
from traceability.events.programs.schemas import (
    ApiChains,
    ApiErrorDeclaration,
    ApiEvent,
    ApiEventQuery,
    ApiEventShown,
    ApiKinds,
    Seen,
    chains_shown,
    error_draft,
    event_draft,
    event_shown,
    instant_of,
    kind_shown,
)
from traceability.events.queries import (
    EventSearch,
    event_by_uuid,
    events_in,
    owns,
    read_signed,
    records_by_id,
    visible_by_event,
)
from traceability.records.notary import notary_of
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import page_of, page_schema, window_of
from traceability.web.repeating import once
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "events_api",
    __name__,
    url_prefix=PREFIX,
    description="What happened to lots and crops, as signed EPCIS 2.0 events",
)
WRITERS = (Role.PRODUCER, Role.OFFICER, Role.INSPECTOR)
_BESIDE = frozenset({"event_time", "kind", "site", "lot", "growing", "time"})


@blueprint.post("/events")
@blueprint.permitted(*WRITERS, scope=Scope.EVENTS_WRITE)
@blueprint.arguments(ApiEvent)
@blueprint.response(201, ApiEventShown)
def write_down(data: dict[str, Any]) -> Any:
    """Write an event down by its kind and elements; it is signed and logged."""

    def write(session: Session) -> Any:
        with _named(data):
            event = record_event(session, event_draft(data), desk=_desk())
        return _shown(session, event)

    return once(write)


@blueprint.get("/events")
@blueprint.permitted(*WRITERS, scope=Scope.EVENTS_READ)
@blueprint.arguments(ApiEventQuery, location="query")
@blueprint.response(200, page_schema(ApiEventShown))
def listing(data: dict[str, Any]) -> Any:
    """List own events (officers: everybody's), the one written down last first.

    Of an own lot what other parties wrote down is listed too: ``own`` is false.
    """
    window = window_of(data)
    search = EventSearch(
        organisation_id=_whose(data["lot"]),
        lot=data["lot"],
        site=data["site"],
        kind=data["kind"],
        since=instant_of(data["since"], field="since") if data["since"] else None,
        until=instant_of(data["until"], field="until") if data["until"] else None,
    )
    with services().database.reading() as session:
        events = events_in(session, search, window)
        shown = _all_shown(session, events)
        return page_of(
            events,
            window,
            key=lambda event: event.id,
            show=lambda event: shown[event.id],
        )


def _whose(lot: str) -> int | None:
    """Return whose events are listed; nothing for everybody's."""
    if actor().has(Role.OFFICER):
        return None
    owner, use = own_organisation(), services()
    if not lot:
        return owner
    with use.database.reading() as session:
        known = use.get(LotBook).find(session, lot, owner)
    return None if known and (known.owner_id, known.link) == (owner, lot) else owner


@blueprint.get("/events/<event_id>")
@blueprint.permitted(*WRITERS, scope=Scope.EVENTS_READ)
@blueprint.response(200, ApiEventShown)
def show(event_id: str) -> Any:
    """Read one event."""
    with services().database.reading() as session:
        event = event_by_uuid(session, event_id, actor=actor())
        return _shown(session, event)


@blueprint.post("/events/<event_id>/declare-error")
@blueprint.permitted(*WRITERS, scope=Scope.EVENTS_WRITE)
@blueprint.arguments(ApiErrorDeclaration)
@blueprint.response(200, ApiEventShown)
def declare(data: dict[str, Any], event_id: str) -> Any:
    """Declare an own event wrong; another may be written down in its place."""

    def write(session: Session) -> Any:
        event = event_by_uuid(session, event_id, actor=actor())
        with _named(data["corrective"] or {}, "corrective."):
            declare_error(session, event, error_draft(data), desk=_desk())
        return _shown(session, event)

    return once(write)


@blueprint.get("/event-kinds")
@blueprint.response(200, ApiKinds)
def list_kinds() -> Any:
    """List the kinds of event with their elements; no key is needed."""
    return {"items": [kind_shown(one) for one in kinds()]}


@blueprint.get("/chains")
@blueprint.response(200, ApiChains)
def list_chains() -> Any:
    """List the chains of events of each kind of product; no key is needed."""
    return chains_shown(chains())


def _desk() -> Desk:
    use = services()
    return Desk(actor=actor(), notary=notary_of(use), lots=use.get(LotBook))


def _shown(session: Session, event: TraceEvent) -> Any:
    return _all_shown(session, [event])[event.id]


def _all_shown(session: Session, events: Sequence[TraceEvent]) -> dict[int, Any]:
    """Return events as they are answered, by their row's id, in a few queries."""
    records = records_by_id(session, [one.record_id for one in events])
    elements = visible_by_event(session, events, actor=actor())
    identity = services().identity
    return {
        one.id: event_shown(
            Seen(
                row=one,
                record=records[one.record_id],
                event=read_signed(records[one.record_id]),
                elements=elements[one.id],
                own=owns(actor(), one),
            ),
            identity,
        )
        for one in events
    }


@contextmanager
def _named(body: Mapping[str, Any], inside: str = "") -> Iterator[None]:
    """Say fields in the words of the body: elements stand inside ``elements``."""
    try:
        yield
    except DomainError as error:
        if error.field is not None:
            error.field = inside + _field(error.field, body)
        raise


def _field(field: str, body: Mapping[str, Any]) -> str:
    if field == "event_time":
        return "time"
    beside = field in _BESIDE and (field != "lot" or bool(body.get("lot")))
    return field if beside else f"elements.{field}"
