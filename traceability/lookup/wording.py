"""Fixed choices of this room in words."""

from collections.abc import Iterable, Mapping
from datetime import date

from traceability.catalog.ip_rights import ShownRight
from traceability.catalog.wording import CERTIFICATE_KINDS
from traceability.lookup.service import ReportKind
from traceability.verification.findings import Result
from traceability.web.formats import day
from traceability.web.i18n import LazyText, lazy_gettext as _l

REPORT_KINDS: Mapping[str, LazyText] = {
    ReportKind.COPY: _l("The label looks copied or pasted over"),
    ReportKind.MISMATCH: _l("The pack says something else than this page"),
    ReportKind.QUALITY: _l("The quality or safety of the goods"),
    ReportKind.CODE: _l("The code cannot be read or was not found"),
    ReportKind.OTHER: _l("Something else"),
    ReportKind.OTHER_LOT: _l("Noticed here: a genuine label under another lot's link"),
}
RESULTS: Mapping[str, LazyText] = {
    Result.PASS: _l("holds"),
    Result.FAIL: _l("does not hold"),
    Result.NOT_CHECKED: _l("not checked"),
}
_RIGHT_NAMES: Mapping[str, LazyText] = {
    "sign": _l("Sign"),
    "register_no": _l("Number"),
    "owner": _l("Owner"),
    "managing_body": _l("Managed by"),
    "decision": _l("Decision"),
    "goods": _l("Goods"),
    "right_to_use": _l("Right to use"),
    "valid_to": _l("Valid to"),
}


def kind_names() -> Mapping[str, LazyText]:
    """Return the names of the kinds of certificates."""
    return CERTIFICATE_KINDS


def right_values(right: ShownRight) -> Iterable[tuple[str, str]]:
    """Return what is shown of a right as names and values, in the language spoken."""
    for name, value in right.values:
        text = day(value) if isinstance(value, date) else value
        yield str(_RIGHT_NAMES.get(name, name)), text
