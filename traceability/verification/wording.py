"""Findings and verdicts in the language of the reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from traceability.verification.facts import Facts
from traceability.verification.findings import Finding, Result
from traceability.verification.report import Report
from traceability.verification.verdict import Verdict
from traceability.web.formats import day, instant
from traceability.web.i18n import gettext as _, lazy_gettext as _l

# What was found, never that the goods are real or false: paper can be copied.
VERDICTS = MappingProxyType(
    {
        Verdict.VERIFIED: _l("The information about this lot is verified"),
        Verdict.ATTENTION: _l("Attention: look at the checks below"),
        Verdict.RECALLED: _l("THIS LOT IS BEING RECALLED"),
        Verdict.HELD: _l("This lot is held for the time being"),
        Verdict.EXPIRED: _l("Past its use-by date"),
        Verdict.VOID: _l("This label was cancelled"),
        Verdict.UNKNOWN: _l("This code was not found"),
        Verdict.FAILED: _l("This cannot be verified"),
        Verdict.INCOMPLETE: _l("Could not be checked completely"),
    }
)
RESULTS = MappingProxyType(
    {
        Result.PASS: _l("passes"),
        Result.FAIL: _l("fails"),
        Result.NOT_CHECKED: _l("not checked"),
    }
)
TONES: Mapping[Verdict, str] = MappingProxyType(
    {
        Verdict.VERIFIED: "good",
        Verdict.ATTENTION: "note",
        Verdict.HELD: "note",
        Verdict.EXPIRED: "note",
        Verdict.RECALLED: "stop",
        Verdict.VOID: "stop",
        Verdict.UNKNOWN: "stop",
        Verdict.FAILED: "stop",
        Verdict.INCOMPLETE: "open",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A verdict as a page shows it: tone, one line, sentences below, what to do."""

    tone: str
    title: str
    lines: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One numbered check as a page shows it."""

    number: int
    title: str
    result: str  # pass, fail or not-checked: how it looks
    word: str  # the result in the reader's language
    detail: str


def line_of(report: Report) -> Line:
    """Return a report's verdict in words. Colour never speaks alone."""
    return Line(
        tone=TONES[report.verdict],
        title=_title(report),
        lines=tuple(filter(None, _lines(report))),
    )


def _title(report: Report) -> str:
    lot_level = not report.facts.serial_level
    if report.verdict is Verdict.VERIFIED and lot_level:
        return _("The information about this lot is verified (one code for the lot)")
    if report.verdict is Verdict.UNKNOWN and report.facts.product_known and lot_level:
        return _("The product is registered, this lot is not")
    return str(VERDICTS[report.verdict])


def _lines(report: Report) -> list[str]:
    failures = [
        _("Check %(n)d: %(detail)s", n=one.number, detail=detail_of(one))
        for one in report.failures
    ]
    if report.verdict is Verdict.VERIFIED:
        return [_logged(report.facts)]
    asked = _("Checked at %(instant)s.", instant=instant(report.facts.checked_at))
    return failures or [asked]


def _logged(facts: Facts) -> str:
    if facts.logged_at is None:
        return ""
    return _(
        "The signature is right; in the public log since %(day)s.",
        day=day(facts.logged_at),
    )


def check_lines(report: Report) -> list[CheckLine]:
    """Return the eleven checks in words."""
    return [
        CheckLine(
            number=one.number,
            title=_(one.title),
            result=one.result.value,
            word=str(RESULTS[one.result]),
            detail=detail_of(one),
        )
        for one in report.findings
    ]


def detail_of(finding: Finding) -> str:
    """Return what a check found, days and instants written as people write them."""
    params = {name: _shown(name, value) for name, value in finding.params.items()}
    return _(finding.message, **params)


_INSTANTS = {"as_of", "seen"}  # of status lists: the hour matters


def _shown(name: str, value: object) -> object:
    if name in _INSTANTS and isinstance(value, datetime):
        return instant(value)
    return day(value) if isinstance(value, date | datetime) else value
