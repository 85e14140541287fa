"""Put a lot's evidence into one file, from what this service holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from traceability.accounts.kinds import OrganisationKind, role_of
from traceability.accounts.models import Organisation
from traceability.batches.models import Batch
from traceability.core.canonical import Json
from traceability.core.clock import HANOI
from traceability.core.errors import NotFoundError, UnavailableError
from traceability.core.identity import Identity
from traceability.core.permissions import Actor, Role
from traceability.events.event import EPCIS_CONTEXT
from traceability.events.models import TraceEvent
from traceability.events.queries import events_of_lots, owns
from traceability.gs1.digital_link import DigitalLink
from traceability.records.models import SignedRecord
from traceability.records.queries import disclosures_by_record
from traceability.signing.documents import jwk_set
from traceability.signing.envelope import read_unverified
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.queries import read_leaves
from traceability.verification.bundle.address import link_text
from traceability.verification.bundle.contents import (
    MAX_LEAVES,
    Beside,
    Bundle,
    write_bundle,
)
from traceability.verification.disclosed import Disclosed
from traceability.verification.event_checks import told_of
from traceability.verification.evidence import Evidence, LabelState
from traceability.verification.printed.queries import lot_of
from traceability.verification.queries import records_of
from traceability.verification.report import report_of
from traceability.verification.room import KEYS_UNREADABLE, Sources
from traceability.verification.service import (
    evidence_for_others,
    logged,
    own_evidence,
)
from traceability.verification.tree import recall_tree
from traceability.verification.wire import MAX_RECORDS, document_of

_THERE = {LabelState.LIVE, LabelState.LOT, LabelState.VOID}


class BundleNotFoundError(NotFoundError):
    """Nothing is signed about what the link names."""

    code = "bundle-not-found"


class BundleUnavailableError(UnavailableError):
    """The service's own keys cannot be read now."""

    code = "bundle-unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Private:
    """A private value that somebody may disclose, and what it belongs to."""

    record: SignedRecord
    disclosed: Disclosed

    @property
    def key(self) -> str:
        """Return how a form names it."""
        return f"{self.disclosed.record}.{self.disclosed.name}"


def bundle_for(
    session: Session,
    link: DigitalLink,
    *,
    sources: Sources,
    seal: str | None = None,
    disclosed: Sequence[Disclosed] = (),
) -> bytes:
    """Return the bundle of a lot, or of one of its labels.

    A label's ``seal`` goes along in the link, so that check 3 can look at it. It holds
    no private value but those in ``disclosed``. Raises ``BundleNotFoundError``,
    ``BundleUnavailableError``, ``BundleTooLargeError``.
    """
    trust_list = sources.trust.trust_list
    batch = lot_of(session, link, sources)
    if batch is None:
        raise _not_found()
    if trust_list is None:
        raise BundleUnavailableError(KEYS_UNREADABLE)
    text = link_text(link, seal)
    evidence = evidence_for_others(session, text, sources=sources)
    if evidence.label is None or evidence.label.state not in _THERE:
        raise _not_found()
    events = event_records(session, batch)
    whole = replace(
        evidence,
        label=None,  # the bare word of a service that cannot be asked later
        scans=None,
        events=logged(session, events, evidence.checkpoint),
    )
    return write_bundle(
        Bundle(
            link=text,
            origin=link.origin,
            made_at=sources.clock.now(),
            document={**document_of(whole), "link": text},
            later_leaves=_later_leaves(session, evidence),
            trust_list=sources.trust_token,
            events=epcis_document(events, sources),
            disclosed=disclosed,
        ),
        Beside(
            jwks=jwk_set(trust_list, [one.id for one in trust_list.parties]),
            vkey=sources.log.vkey,
            findings=report_of(own_evidence(session, text, sources=sources)).as_json(),
        ),
    )


def _not_found() -> BundleNotFoundError:
    return BundleNotFoundError("Nothing is signed about what this address names.")


def event_records(session: Session, batch: Batch) -> list[SignedRecord]:
    """Return every version of the events that tell of a lot, in the order of the log.

    As on its page: what its producer and authorities wrote down, not what strangers
    say reached them.
    """
    found = [one.event for one in events_of_lots(session, [batch.digital_link])]
    told = _told(session, found, batch)
    ids = dict.fromkeys(one.event_id for one in told)
    return list(records_of(session, list(ids)[:MAX_RECORDS]))[:MAX_RECORDS]


def _told(
    session: Session, events: Iterable[TraceEvent], batch: Batch
) -> list[TraceEvent]:
    found = list(events)
    ids = {one.organisation_id for one in found} - {None, batch.organisation_id}
    rows = session.execute(
        select(Organisation.id, Organisation.kind).where(Organisation.id.in_(ids))
    )
    strangers = {
        row.id for row in rows if role_of(OrganisationKind(row.kind)) is Role.PRODUCER
    }
    return [one for one in found if one.organisation_id not in strangers]


def epcis_document(
    records: Iterable[SignedRecord], sources: Sources
) -> dict[str, Json]:
    """Return the newest version of each event as one EPCIS 2.0 document."""
    newest = {one.subject: _event_in(one) for one in records}
    events = sorted(newest.values(), key=lambda one: (one["eventTime"], one["eventID"]))
    return {
        "@context": [EPCIS_CONTEXT, _words(sources.identity)],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": sources.clock.now()
        .astimezone(HANOI)
        .isoformat(timespec="seconds"),
        "epcisBody": {"eventList": events},
    }


def _words(identity: Identity) -> dict[str, str]:
    return {"ocop": identity.url("/contexts/v1#")}


def _event_in(record: SignedRecord) -> dict[str, Json]:
    claims: Mapping[str, Any] = read_unverified(record.token).payload
    return told_of(claims["credentialSubject"]["event"])


def _later_leaves(session: Session, evidence: Evidence) -> Sequence[bytes] | None:
    """Return the log's entries after the lot's first record, unless they are many."""
    tree = recall_tree(evidence.checkpoint)
    indexes = [one.log_index for one in evidence.records if one.log_index is not None]
    if not isinstance(tree, Checkpoint) or not indexes:
        return None
    begin = min(indexes) + 1
    if tree.size - begin > MAX_LEAVES:
        return None
    return [one.data for one in read_leaves(session, begin, tree.size)]


def private_values(session: Session, batch: Batch, *, actor: Actor) -> list[Private]:
    """Return what an actor may disclose of a lot: its own organisation's values."""
    records = []
    if batch.organisation_id == actor.organisation_id:
        records += list(records_of(session, [batch.digital_link]))
    found = [one.event for one in events_of_lots(session, [batch.digital_link])]
    own = dict.fromkeys(one.event_id for one in found if owns(actor, one))
    in_bundle = {one.id for one in event_records(session, batch)}
    records += [one for one in records_of(session, own) if one.id in in_bundle]
    kept = disclosures_by_record(session, records)
    return [
        Private(
            record=record,
            disclosed=Disclosed(
                record=record.public_id, name=one.name, salt=one.salt, value=one.value
            ),
        )
        for record in records
        for one in kept.get(record.id, ())
    ]
