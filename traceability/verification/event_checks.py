"""The part of check 10 that looks at the events a bundle tells of a lot."""

from collections.abc import Iterator, Mapping

from traceability.core.canonical import Json
from traceability.verification.evidence import Evidence
from traceability.verification.findings import Problem
from traceability.verification.lot import chain_problem, hidden_record
from traceability.verification.versions import Version, versions

EVENT_TYPE = "TraceEventRecord"  # as events.service signs them
_LISTS = (
    *("quantityList", "childQuantityList"),
    *("inputQuantityList", "outputQuantityList"),
)
_GROWING = "ocop:growing"
_CONTEXT = "@context"
Event = Mapping[str, Json]


def event_ids(evidence: Evidence) -> Iterator[str]:
    """Return the eventIDs of the events that were handed over as records."""
    for one in evidence.opened_events:
        if one.credential is not None:
            yield one.credential.subject


def events_problem(evidence: Evidence) -> Problem | None:
    """Return what is wrong with the events, as signed or as EPCIS tells them.

    The log names an event by its id alone: that no later version of one (it was
    declared wrong) is withheld is proven, that no event is left out is not.
    """
    for one in evidence.opened_events:
        problem = one.signature or one.log
        if problem is not None:
            return problem
        if not one.is_a(EVENT_TYPE):
            return Problem("event-unreadable", "This is no record of an event.")
    return _histories_problem(evidence) or _telling_problem(evidence)


def _histories_problem(evidence: Evidence) -> Problem | None:
    known = {one.digest for one in evidence.opened_events}
    for subject, history in _histories(evidence).items():
        problem = chain_problem(history) or hidden_record(evidence, subject, known)
        if problem is not None:
            return problem
    return None


def _histories(evidence: Evidence) -> dict[str, list[Version]]:
    found: dict[str, list[Version]] = {}
    for one in versions(evidence.opened_events, EVENT_TYPE):
        found.setdefault(one.credential.subject, []).append(one)
    return found


def _telling_problem(evidence: Evidence) -> Problem | None:
    try:
        signed = {
            subject: told_of(history[-1].credential.claims["event"])
            for subject, history in _histories(evidence).items()
        }
        stranger = _stranger(signed, evidence.subject)
    except (KeyError, TypeError, AttributeError):
        return Problem("event-unreadable", "This is no record of an event.")
    if stranger is not None:
        return Problem(
            "event-other-lot",
            "The event %(event)s is not about this lot.",
            {"event": stranger},
        )
    for told in evidence.told_events:
        event_id = str(told.get("eventID", ""))
        if signed.get(event_id) != told_of(told):
            return Problem(
                "event-unproven",
                "The event %(event)s is not told as it was signed and logged last.",
                {"event": event_id},
            )
    return None


def told_of(event: Event) -> dict[str, Json]:
    """Return an event without its context: a document has one for all of them."""
    return {name: value for name, value in event.items() if name != _CONTEXT}


def _stranger(signed: Mapping[str, Event], lot: str) -> str | None:
    """Return the id of an event that names neither the lot nor what it grew from."""
    grown = {one.get(_GROWING, "") for one in signed.values() if lot in _named(one)}
    for event_id, event in signed.items():
        growing = event.get(_GROWING, "")
        if lot not in _named(event) and (not growing or growing not in grown):
            return event_id
    return None


def _named(event: Event) -> set[str]:
    classes = {one["epcClass"] for name in _LISTS for one in event.get(name, [])}
    return {*classes, event.get("parentID", "")}
