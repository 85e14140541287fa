"""What somebody is choosing right now, as typed: never refused, only understood."""

from collections.abc import Iterable

from traceability.labels.design import ALWAYS, Design, DesignPurpose, LabelField
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.setup import Setup
from traceability.labels.stock import Stock


def spec_chosen(
    stock: Stock | None,
    kind: str,
    design: Design,
    *,
    elsewhere: Iterable[str] = (),
    dpi: str = "",
) -> RunSpec | None:
    """Return one label of what is chosen, or nothing while it is not all chosen.

    A resolution that the stock has not is taken for the stock's first.
    """
    if stock is None or kind not in {*LabelKind}:
        return None
    resolutions = {str(one): one for one in stock.resolutions}
    return RunSpec(
        kind=LabelKind(kind),
        count=1,
        stock=stock,
        setup=Setup(dpi=resolutions.get(dpi, stock.resolutions[0])),
        design=design,
        elsewhere=frozenset(elsewhere),
    )


def design_chosen(shown: Iterable[str], purpose: str) -> Design:
    """Return a design of the names that are any; what always stays is added."""
    known = {one.value: one for one in LabelField}
    fields = list(dict.fromkeys(known[name] for name in shown if name in known))
    fields += [one for one in ALWAYS if one not in fields]
    chosen = (
        DesignPurpose(purpose) if purpose in {*DesignPurpose} else DesignPurpose.STAMP
    )
    return Design(fields=tuple(fields), purpose=chosen)
