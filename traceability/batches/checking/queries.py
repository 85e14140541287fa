"""Read what the rules need beside the batch itself, and apply them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date

from sqlalchemy.orm import Session

from traceability.batches.errors import SourceNotUsableError
from traceability.batches.models import Batch, BatchState
from traceability.batches.overrides import check_reasons
from traceability.batches.queries import (
    InputRow,
    direct_sources,
    draws_on,
    levels_above,
    levels_below,
    lot_numbers,
    made_from,
)
from traceability.batches.rules import (
    Dates,
    Shortfall,
    check_balance,
    check_cycle,
    check_dates,
    check_depth,
    check_input_date,
    check_input_unit,
    draw_shortfall,
    measured,
    output_shortfall,
)
from traceability.core.quantity import Quantity

Draws = Callable[[int], Iterable[Quantity]]


def check_batch(
    session: Session,
    batch: Batch,
    inputs: Sequence[InputRow],
    *,
    today: date,
    draws: Draws | None = None,
    gone: Sequence[Quantity] = (),
) -> list[Shortfall]:
    """Check a batch's values against every rule; return the gaps a reason stands for.

    ``draws`` tells what others took from a lot, by its id, where the database does not
    know all of it yet: lots that are stored together share what a source has. ``gone``
    is what was lost or taken as samples on the way. Raises the rules' errors;
    ``MassBalanceError`` where no reason is given.
    """
    check_reasons(batch.overrides)
    dates = dates_of(batch)
    check_dates(dates, today=today)
    for row in inputs:
        _check_input(row, dates)
    _check_genealogy(session, batch, inputs)
    shortfalls = [
        gap
        for gap in (
            _output_gap(batch, inputs, gone),
            *_draw_gaps(session, batch, inputs, draws),
        )
        if gap is not None
    ]
    check_balance(shortfalls, override_reason=batch.override_reason)
    return shortfalls


def check_usable(inputs: Iterable[InputRow]) -> None:
    """Refuse drafts, held and recalled lots as sources of an issued lot."""
    for row in inputs:
        if row.source is None or row.source.state == BatchState.ISSUED.value:
            continue
        raise SourceNotUsableError(
            "Lot %(lot)s is not issued, or it is held or recalled.",
            field=f"inputs-{row.input.position}-source",
            lot=row.source.lot_number,
        )


def check_below(session: Session, batch: Batch) -> None:
    """Check a corrected lot against the lots that were made of it."""
    for taker in made_from(session, batch):
        check_input_date(
            batch.production_date, dates_of(taker).made, field="production_date"
        )


def dates_of(batch: Batch) -> Dates:
    """Return a batch's days."""
    return Dates(
        production=batch.production_date,
        packaging=batch.packaging_date,
        best_before=batch.best_before,
        expiry=batch.expiry,
    )


def _check_input(row: InputRow, dates: Dates) -> None:
    if row.source is None:
        return
    prefix = f"inputs-{row.input.position}"
    check_input_date(row.source.production_date, dates.made, field=f"{prefix}-source")
    net = row.source.product.net
    check_input_unit(
        measured(row.input.quantity, net),
        measured(row.source.quantity, net),
        field=f"{prefix}-unit",
    )


def _check_genealogy(
    session: Session, batch: Batch, inputs: Sequence[InputRow]
) -> None:
    direct = [row.source.id for row in inputs if row.source is not None]
    if not direct:
        return
    above = levels_above(session, direct)
    below = 0
    if batch in session:
        sources = {**direct_sources(session, list(above)), batch.id: direct}
        check_cycle(batch.id, sources, lot_numbers(session, [batch.id, *above]))
        below = max(levels_below(session, batch.id).values())
    check_depth(max(above.values()) + 1 + below)


def _output_gap(
    batch: Batch, inputs: Sequence[InputRow], gone: Sequence[Quantity]
) -> Shortfall | None:
    net = batch.product.net
    taken = [
        measured(row.input.quantity, row.source.product.net if row.source else None)
        for row in inputs
    ]
    return output_shortfall(
        measured(batch.quantity, net), taken, [measured(one, net) for one in gone]
    )


def _draw_gaps(
    session: Session,
    batch: Batch,
    inputs: Sequence[InputRow],
    draws: Draws | None,
) -> Iterator[Shortfall | None]:
    sources = {row.source.id: row.source for row in inputs if row.source is not None}
    for source in sources.values():
        own = [row.input.quantity for row in inputs if row.input.source_id == source.id]
        others = (
            draws(source.id)
            if draws is not None
            else draws_on(session, source.id, but=batch.id)
        )
        yield _draws(source, [*others, *own])
    if batch in session and batch.state != BatchState.DRAFT.value:
        yield _draws(batch, draws_on(session, batch.id, but=None))


def _draws(source: Batch, quantities: Iterable[Quantity]) -> Shortfall | None:
    net = source.product.net
    return draw_shortfall(
        measured(source.quantity, net),
        [measured(one, net) for one in quantities],
        lot=source.digital_link,
    )
