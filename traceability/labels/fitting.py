"""What would fit where a label is too small: finer print, fewer facts, more room."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from traceability.labels.errors import Alternative, LabelTooSmallError
from traceability.labels.stock import STOCKS, Stock

_MOST = 8  # more than a person weighs
Fits = Callable[[Alternative, Stock], bool]


def telling(
    refusal: LabelTooSmallError, fitting: Sequence[Alternative]
) -> LabelTooSmallError:
    """Return a refusal that names what would fit."""
    params = {**refusal.params, "fitting": names_of(fitting)}
    message = f"{refusal.message} What would fit: %(fitting)s."
    told = LabelTooSmallError(message, field=refusal.field, **params)
    told.alternatives = tuple(fitting)
    return told


def names_of(fitting: Sequence[Alternative]) -> str:
    """Return alternatives in one line: ``a4-24 (sealed, 300 dpi)``."""
    told = [f"{one.stock_id} ({one.kind}, {one.dpi} dpi)" for one in fitting]
    return ", ".join(told) or "–"


def alternatives(
    asked: Alternative,
    stock: Stock,
    *,
    kinds: Sequence[str],
    among: Iterable[Stock],
    fits: Fits,
) -> list[Alternative]:
    """Return what fits, the smallest change first.

    ``kinds`` are those of labels from the one asked for to the plainest, ``among`` an
    organisation's own stock; ``fits`` tries one.
    """
    found: list[Alternative] = []
    for one, on in _candidates(asked, stock, kinds, among):
        if len(found) < _MOST and fits(one, on):
            found.append(one)
    return found


def _candidates(
    asked: Alternative, stock: Stock, kinds: Sequence[str], among: Iterable[Stock]
) -> Iterator[tuple[Alternative, Stock]]:
    for dpi in stock.resolutions:
        if dpi > asked.dpi:
            yield Alternative(kind=asked.kind, stock_id=stock.id, dpi=dpi), stock
    for kind in kinds:
        if kind != asked.kind:
            yield Alternative(kind=kind, stock_id=stock.id, dpi=asked.dpi), stock
    known = {one.id: one for one in (*STOCKS.values(), *among) if one.id != stock.id}
    for other in sorted(known.values(), key=lambda one: _nearness(one, stock)):
        fine = asked.dpi in other.resolutions
        dpi = asked.dpi if fine else other.resolutions[0]
        yield Alternative(kind=asked.kind, stock_id=other.id, dpi=dpi), other


def _nearness(other: Stock, stock: Stock) -> tuple[bool, float]:
    return other.kind is not stock.kind, other.label_width * other.label_height
