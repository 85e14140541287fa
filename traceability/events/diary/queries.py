"""Read the diary: pages of entries, their lots, places, versions and files."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from traceability.accounts.models import Organisation
from traceability.catalog.models import Site
from traceability.events.models import (
    EventFile,
    EventFilePart,
    TraceEvent,
    TraceEventLot,
)
from traceability.events.queries import (
    TAKEN_IN,
    EventSearch,
    private_values,
    search_events,
)
from traceability.records.models import SignedRecord, StoredDisclosure


@dataclass(frozen=True, slots=True)
class Stranger:
    """Another party's hand in the diary of a lot."""

    record: str  # public id of what it signed
    name: str  # empty where it keeps it to itself


def file_of_event(session: Session, event: TraceEvent) -> EventFile | None:
    """Return the file kept beside an event, where its digest is still known."""
    value = private_values(session, event).get("file")
    if not isinstance(value, dict) or event.organisation_id is None:
        return None
    return session.scalar(
        select(EventFile)
        .where(
            EventFile.digest == value["sha256"],
            EventFile.organisation_id == event.organisation_id,
        )
        .limit(1)
    )


def file_shared(session: Session, event: TraceEvent, file: EventFile) -> bool:
    """Return whether another entry of the same party still shows a file."""
    others = session.scalars(
        select(StoredDisclosure)
        .join(TraceEvent, TraceEvent.record_id == StoredDisclosure.record_id)
        .where(
            StoredDisclosure.name == "file",
            TraceEvent.organisation_id == event.organisation_id,
            TraceEvent.id != event.id,
        )
    )
    return any(one.value["sha256"] == file.digest for one in others)


def content_of(session: Session, file: EventFile) -> bytes:
    """Return a kept file's bytes."""
    parts = session.scalars(
        select(EventFilePart.content)
        .where(EventFilePart.file_id == file.id)
        .order_by(EventFilePart.position)
    )
    return b"".join(parts)


def page_of_events(
    session: Session, search: EventSearch, *, page: int, size: int
) -> Sequence[TraceEvent]:
    """Return a page of entries, newest first, and one more where it goes on."""
    return session.scalars(
        search_events(search)
        .order_by(TraceEvent.event_time.desc(), TraceEvent.id.desc())
        .limit(size + 1)
        .offset((page - 1) * size)
    ).all()


def lots_by_event(
    session: Session, events: Sequence[TraceEvent]
) -> dict[int, list[str]]:
    """Return the lots of ours that entries speak of, by the event's row id."""
    rows = session.execute(
        select(TraceEventLot.event_id, TraceEventLot.lot)
        .where(
            TraceEventLot.event_id.in_([one.id for one in events]),
            TraceEventLot.part.not_in(("growing", "parent")),
            TraceEventLot.lot.contains("/10/"),
        )
        .order_by(TraceEventLot.id)
    )
    found: dict[int, list[str]] = {}
    for event_id, lot in rows:
        found.setdefault(event_id, []).append(lot)
    return found


def strangers_of(
    session: Session, events: Sequence[TraceEvent], owner: int
) -> dict[int, Stranger]:
    """Return who wrote entries that are not the owner's, by the event's row id."""
    others = [one.id for one in events if one.organisation_id != owner]
    if not others:
        return {}
    rows = session.execute(
        select(TraceEvent.id, SignedRecord.public_id, Organisation)
        .join(SignedRecord, SignedRecord.id == TraceEvent.record_id)
        .outerjoin(Organisation, Organisation.id == TraceEvent.organisation_id)
        .where(TraceEvent.id.in_(others))
    )
    return {
        event_id: Stranger(record, _public_name(party))
        for event_id, record, party in rows
    }


def _public_name(party: Organisation | None) -> str:
    return party.name_vi if party is not None and party.name_public else ""


def sites_of_events(session: Session, events: Sequence[TraceEvent]) -> dict[int, Site]:
    """Return the places of entries by their row id."""
    ids = {one.site_id for one in events if one.site_id is not None}
    return {
        site.id: site for site in session.scalars(select(Site).where(Site.id.in_(ids)))
    }


def site_of(session: Session, event: TraceEvent) -> Site | None:
    """Return the place of ours an entry was made at."""
    return session.get(Site, event.site_id) if event.site_id else None


def last_site_of(session: Session, organisation_id: int) -> str:
    """Return the place of an organisation's last entry: forms start from it."""
    found = session.scalar(
        select(Site.public_id)
        .join(TraceEvent, TraceEvent.site_id == Site.id)
        .where(TraceEvent.organisation_id == organisation_id)
        .order_by(TraceEvent.id.desc())
        .limit(1)
    )
    return found or ""


def records_of_event(session: Session, event: TraceEvent) -> Sequence[SignedRecord]:
    """Return an event's signed versions, the first one first."""
    return session.scalars(
        select(SignedRecord)
        .where(SignedRecord.subject == event.event_id)
        .order_by(SignedRecord.version)
    ).all()


def received_lots(session: Session, organisation_id: int, *, most: int) -> list[str]:
    """Return the lots an organisation took in from others, the newest first."""
    newest = func.max(TraceEvent.id)
    return list(
        session.scalars(
            select(TraceEventLot.lot)
            .join(TraceEvent, TraceEvent.id == TraceEventLot.event_id)
            .where(
                TraceEvent.organisation_id == organisation_id,
                TraceEvent.stage.in_(TAKEN_IN),
                TraceEvent.error_reason.is_(None),
                TraceEventLot.part == "object",
                TraceEventLot.lot.contains("/10/"),
            )
            .group_by(TraceEventLot.lot)
            .order_by(newest.desc())
            .limit(most)
        )
    )
