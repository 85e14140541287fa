"""Words of visits in the language of the reader."""

from collections.abc import Mapping
from types import MappingProxyType

from traceability.inspection.visit import Result, Seen
from traceability.labels.counting.queries import Counted
from traceability.scans.rules import MANY_IN_A_DAY, MANY_IN_A_WEEK, MANY_IN_AN_HOUR
from traceability.verification.findings import TITLES
from traceability.verification.wording import RESULTS as FOUND, CheckLine
from traceability.web.formats import number
from traceability.web.i18n import LazyText, gettext as _, lazy_gettext as _l, ngettext

RESULTS: Mapping[str, LazyText] = MappingProxyType(
    {
        Result.CONFORMANT.value: _l("Conformant"),
        Result.NON_CONFORMANT.value: _l("Not conformant"),
    }
)
CHECK_RESULTS: Mapping[str, LazyText] = MappingProxyType(
    {result.value: word for result, word in FOUND.items()}
)
SIGNS: Mapping[str, LazyText] = MappingProxyType(
    {
        MANY_IN_AN_HOUR: _l("Scanned by many different devices within an hour."),
        MANY_IN_A_DAY: _l("Scanned by many different devices within a day."),
        MANY_IN_A_WEEK: _l("Scanned by many different devices within a week."),
    }
)


def check_title(number_: int) -> str:
    """Return what a numbered check asks."""
    return _(TITLES[number_])


def seen_lines(seen: Seen) -> list[CheckLine]:
    """Return the checks as a device showed them, in the language spoken now."""
    return [
        CheckLine(
            number=one["number"],
            title=check_title(one["number"]),
            result=one["result"],
            word=str(CHECK_RESULTS[one["result"]]),
            detail=one["code"] if one["result"] == "fail" else "",
        )
        for one in seen.checks
    ]


def labels_line(counted: Counted) -> str:
    """Return how the labels printed for a lot compare with its packs, in words."""
    tally = counted.tally
    if not tally.runs:
        return _("No labels were printed for this lot here.")
    said = ngettext(
        "%(labels)s labels count, from %(num)d signed run.",
        "%(labels)s labels count, from %(num)d signed runs.",
        tally.runs,
        labels=number(tally.live),
    )
    return f"{said} {_beside_packs(counted)}"


def _beside_packs(counted: Counted) -> str:
    if counted.packs is None:
        return _(
            "How many packs the lot makes cannot be worked out: the product's net "
            "content is not known in the lot's unit."
        )
    packs = number(counted.packs)
    if counted.beyond:
        said = _(
            "The lot makes at most %(packs)s packs: %(more)s labels more than that. "
            "Ask where the labels left over are.",
            packs=packs,
            more=number(counted.beyond),
        )
        reasons = "; ".join(counted.tally.reasons)
        told = _("The producer gave as reason: %(reason)s", reason=reasons)
        return f"{said} {told}" if reasons else said
    return _("The lot makes at most %(packs)s packs: no label too many.", packs=packs)
