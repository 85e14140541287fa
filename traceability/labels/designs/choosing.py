"""What somebody is choosing right now, as typed: never refused, only understood."""

from collections.abc import Iterable

from traceability.labels.design import ALWAYS, Design, DesignPurpose, LabelField
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.stock import STOCKS


def spec_chosen(
    stock_id: str, kind: str, design: Design, elsewhere: Iterable[str] = ()
) -> RunSpec | None:
    """Return one label of what is chosen, or nothing while it is not all chosen."""
    stock = STOCKS.get(stock_id)
    if stock is None or kind not in {*LabelKind}:
        return None
    return RunSpec(
        kind=LabelKind(kind),
        count=1,
        stock=stock,
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
