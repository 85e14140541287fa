"""What else would fit where a label is too small: another kind or a larger stock."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from traceability.labels.errors import LabelTooSmallError, SealRefusedError
from traceability.labels.job import LabelKind, PrintJob
from traceability.labels.legal import missing_from, unfit_of
from traceability.labels.stock import STOCKS, Stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A kind and a stock on which a job's labels fit."""

    kind: LabelKind
    stock: Stock


def alternatives(
    job: PrintJob, product_set: int | None, stocks: Iterable[Stock] = STOCKS.values()
) -> list[Alternative]:
    """Return what would fit: the same stock with a plainer code, then other stocks."""
    spec = job.spec
    plainer = [Alternative(kind=kind, stock=spec.stock) for kind in _plainer(spec.kind)]
    larger = [Alternative(kind=spec.kind, stock=one) for one in stocks]
    return [
        one
        for one in [*plainer, *larger]
        if one != Alternative(kind=spec.kind, stock=spec.stock)
        and _fits(job, one, product_set)
    ]


def roomier(
    job: PrintJob, product_set: int | None, stocks: Iterable[Stock] = STOCKS.values()
) -> list[Stock]:
    """Return the stocks on which the same labels fit."""
    found = alternatives(job, product_set, stocks)
    return [one.stock for one in found if one.kind is job.spec.kind]


def _plainer(kind: LabelKind) -> Iterator[LabelKind]:
    order = [LabelKind.SEALED, LabelKind.SERIAL, LabelKind.LOT]
    yield from order[order.index(kind) + 1 :] if kind in order else ()


def _fits(job: PrintJob, one: Alternative, product_set: int | None) -> bool:
    spec = replace(job.spec, kind=one.kind, stock=one.stock)
    try:
        layout = replace(job, spec=spec).layout()
    except (LabelTooSmallError, SealRefusedError):
        return False
    missing = missing_from(job.facts, spec.design, product_set, layout.unfit)
    return not unfit_of(missing, spec.design, spec.elsewhere)
