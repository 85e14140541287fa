"""Refuse labels that say what is true no more. Asked each time files are made."""

from datetime import date

from sqlalchemy.orm import Session

from traceability.batches.models import Batch, BatchState
from traceability.batches.queries import latest_status
from traceability.catalog.certificates import Validity
from traceability.catalog.models import Certificate
from traceability.catalog.queries import certificates_for
from traceability.core.clock import day_in_vietnam
from traceability.core.errors import ConflictError
from traceability.core.permissions import Actor
from traceability.labels.claims.queries import standing_of, stars_of
from traceability.labels.content import CertificateFact, day_text
from traceability.labels.design import LabelField
from traceability.labels.errors import ClaimLapsedError, RunRefusedError
from traceability.labels.job import LabelKind, facts_of
from traceability.labels.models import LabelRun
from traceability.labels.queries import (
    Bound,
    RunRow,
    bindings_of,
    design_in,
    run_of,
)
from traceability.labels.service import refusal_of
from traceability.ocop.rating import Standing, StandingState


def printable_run(
    session: Session, public_id: str, *, actor: Actor, today: date
) -> RunRow:
    """Return one of the actor's own runs, to make files of.

    Raises ``RunNotFoundError``, and what ``claims_refusal`` finds.
    """
    row = run_of(session, public_id, actor=actor)
    refused = claims_refusal(session, row, today)
    if refused is not None:
        raise refused
    return row


def claims_refusal(
    session: Session, row: RunRow, today: date, *, among: tuple[int, int] | None = None
) -> ConflictError | None:
    """Return why a run's labels are not printed any more today, or nothing.

    Asked each time files are made: the batch's state, then what the labels say that
    can cease to be true (dates, stars, certificates), as the run froze it. Blank
    stamps say nothing that ceases; the lots they were bound to may be stopped: those
    of the whole run, or only those ``among`` the first and the last that are printed.
    """
    run, batch = row.run, row.of_batch
    if batch is None:
        return _stamps_stopped(session, row, among)
    return (
        _stopped(session, batch)
        or refusal_of(batch, today)
        or _dates_changed(run, batch)
        or _stars_lapsed(session, run, batch, today)
        or _certificate_lapsed(session, run, batch, today)
    )


def _stamps_stopped(
    session: Session, row: RunRow, among: tuple[int, int] | None
) -> RunRefusedError | None:
    if row.product.state != "active":
        return RunRefusedError("This product is no longer made; no stamps are printed.")
    first, last = among or (row.run.first_index or 0, row.run.last_index or 0)
    found = (
        _binding_stopped(session, one)
        for one in bindings_of(session, row.run)
        if one.binding.from_index <= last and one.binding.to_index >= first
    )
    return next((one for one in found if one is not None), None)


def _binding_stopped(session: Session, bound: Bound) -> RunRefusedError | None:
    """Return which stamps a stopped lot has; the run's other stamps are good."""
    stopped = _stop_of(session, bound.batch)
    if stopped is None:
        return None
    told = {
        "first": str(bound.binding.from_index),
        "last": str(bound.binding.to_index),
        "lot": bound.batch.lot_number,
        **stopped,
    }
    if BatchState(bound.batch.state) is BatchState.HELD:
        return RunRefusedError(
            "The stamps %(first)s–%(last)s are of lot %(lot)s, held since %(day)s: "
            "%(reason)s. All of the run can be printed after its release.",
            **told,
        )
    return RunRefusedError(
        "The stamps %(first)s–%(last)s are of lot %(lot)s, recalled since %(day)s: "
        "%(reason)s. The run is not printed as a whole any more; spoiled stamps that "
        "have no lot yet are.",
        **told,
    )


def _stopped(session: Session, batch: Batch) -> RunRefusedError | None:
    """Return a hold or recall with its day and reason."""
    told = _stop_of(session, batch)
    if told is None:
        return None
    if BatchState(batch.state) is BatchState.HELD:
        return RunRefusedError(
            "The lot is held since %(day)s: %(reason)s. Labels can be printed after "
            "its release.",
            **told,
        )
    return RunRefusedError(
        "The lot is recalled since %(day)s: %(reason)s. No more labels are printed for "
        "it; make those that are left void.",
        **told,
    )


def _stop_of(session: Session, batch: Batch) -> dict[str, str] | None:
    """Return since when and why a batch is held or recalled."""
    if BatchState(batch.state) not in {BatchState.HELD, BatchState.RECALLED}:
        return None
    change = latest_status(session, batch)
    if change is None:
        return None
    since = day_text(day_in_vietnam(change.changed_at))
    return {"day": since, "reason": change.reason_vi}


def _dates_changed(run: LabelRun, batch: Batch) -> ClaimLapsedError | None:
    facts, _ = facts_of(run.facts)
    frozen = (facts.production_date, facts.best_before, facts.expiry)
    if frozen == (batch.production_date, batch.best_before, batch.expiry):
        return None
    return ClaimLapsedError(
        "The lot's dates were corrected after these labels were made. Start a new run "
        "with the right ones and make these labels void."
    )


def _stars_lapsed(
    session: Session, run: LabelRun, batch: Batch, today: date
) -> ClaimLapsedError | None:
    facts, sealed = facts_of(run.facts)
    shown = facts.stars if design_in(run).shows(LabelField.STARS) else 0
    claimed = max(shown or 0, sealed.stars if run.kind == LabelKind.SEALED else 0)
    held = standing_of(session, batch, today)
    if claimed <= stars_of(held):
        return None
    lapsed = held.today if held.today.stars < claimed else held.made
    return _stars_gone(claimed, lapsed)


def _stars_gone(claimed: int, standing: Standing) -> ClaimLapsedError:
    since = day_text(standing.since or standing.on)
    if standing.state is StandingState.EXPIRED:
        return ClaimLapsedError(
            "The %(stars)s stars on these labels hold no more since %(day)s. Start a "
            "new run without them and make these labels void.",
            stars=claimed,
            day=since,
        )
    if standing.state is StandingState.WITHDRAWN and standing.recognition:
        return ClaimLapsedError(
            "The %(stars)s stars on these labels were withdrawn on %(day)s: "
            "%(reason)s. Start a new run without them and make these labels void.",
            stars=claimed,
            day=since,
            reason=standing.recognition.withdrawal_reason or "–",
        )
    return ClaimLapsedError(
        "These labels say %(stars)s stars, the product has %(now)s since %(day)s. "
        "Start a new run and make these labels void.",
        stars=claimed,
        now=standing.stars,
        day=since,
    )


def _certificate_lapsed(
    session: Session, run: LabelRun, batch: Batch, today: date
) -> ClaimLapsedError | None:
    if not design_in(run).shows(LabelField.CERTIFICATES):
        return None
    speaking = certificates_for(session, batch.product, batch.site_id)
    known = {one.public_id: one for one in speaking}
    facts, _ = facts_of(run.facts)
    for fact in facts.certificates:
        one = known.get(fact.public_id)
        if one is None or not one.term.holds(batch.production_date, today):
            return _certificate_gone(fact, one, today)
    return None


def _certificate_gone(
    fact: CertificateFact, one: Certificate | None, today: date
) -> ClaimLapsedError:
    state = one.term.on(today) if one else None
    if one and one.expires and state is Validity.EXPIRED:
        return ClaimLapsedError(
            "Certificate %(number)s on these labels ended on %(day)s. Start a new run "
            "without it and make these labels void.",
            number=fact.number,
            day=day_text(one.expires),
        )
    if one and one.withdrawn_on:
        return ClaimLapsedError(
            "Certificate %(number)s on these labels was withdrawn on %(day)s: "
            "%(reason)s. Start a new run without it and make these labels void.",
            number=fact.number,
            day=day_text(one.withdrawn_on),
            reason=one.withdrawal_reason or "–",
        )
    return ClaimLapsedError(
        "Certificate %(number)s on these labels does not speak for this lot any more. "
        "Start a new run without it and make these labels void.",
        number=fact.number,
    )
