"""The verdict in a line and what stands below it: what was checked, what was found.

Never that the goods are real or false: a record can be genuine and the paper a copy.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from urllib.parse import unquote

from traceability.scans import rules
from traceability.verification.facts import Facts, Stop
from traceability.verification.findings import Finding, Result
from traceability.verification.report import Report
from traceability.verification.verdict import Verdict
from traceability.web.formats import day, instant
from traceability.web.i18n import gettext as _, language, ngettext

_SEAL, _SERIAL, _SCANS = 3, 4, 11
_NOT_REQUIRED = {7, 10, 11}  # what green needs online is 1-6, 8 and 9


class Tone(StrEnum):
    """How a verdict looks; its words never depend on it."""

    GOOD = "good"
    NOTE = "note"
    STOP = "stop"
    OPEN = "open"  # nothing is known for sure: never green


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictLine:
    """One line, the sentences below it, and what to do, in the language spoken."""

    tone: Tone
    title: str
    lines: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


def verdict_line(report: Report) -> VerdictLine:
    """Return a report's verdict in words. Needs a request, for its language."""
    return _WORDS[report.verdict](report)


def _verified(report: Report) -> VerdictLine:
    facts = report.facts
    if facts.serial_level:
        return VerdictLine(
            tone=Tone.GOOD,
            title=_("The information about this lot is verified"),
            lines=(_signed(facts), _scanned(facts)),
        )
    return VerdictLine(
        tone=Tone.GOOD,
        title=_("The information about this lot is verified (one code for the lot)"),
        lines=(_signed(facts), _("A shared code cannot tell a copied label apart.")),
    )


def _signed(facts: Facts) -> str:
    return _(
        "The signature is right; in the public log since %(day)s.",
        day=day(facts.logged_at),
    )


def _scanned(facts: Facts) -> str:
    if not facts.scans or facts.first_scan is None:
        return _("No scan of this code has been counted yet.")
    return ngettext(
        "This code was scanned once, on %(first)s.",
        "This code was scanned %(num)d times; the first time on %(first)s.",
        facts.scans,
        first=day(facts.first_scan),
    )


def _attention(report: Report) -> VerdictLine:
    if report.finding(_SEAL).result is Result.FAIL:
        return VerdictLine(
            tone=Tone.NOTE,
            title=_("Attention: the seal of this code is missing"),
            lines=(
                _("Labels of this run carry a seal in their code; this one has none."),
                _("Such a code may have been typed off or copied in part."),
            ),
            advice=_compare(),
        )
    if report.finding(_SERIAL).code == "label-unbound":
        return _unbound()
    if report.finding(_SERIAL).result is Result.FAIL:
        return _not_applied()
    return VerdictLine(
        tone=Tone.NOTE,
        title=_("Attention: this code was scanned by many different devices"),
        lines=(_seen(report), _scanned(report.facts)),
        advice=_compare(),
    )


def _not_applied() -> VerdictLine:
    return VerdictLine(
        tone=Tone.NOTE,
        title=_("Attention: this label has not been activated"),
        lines=(
            _("This producer's labels count only once they are on the goods."),
            _("This one was printed, and nobody has told that it is in use."),
        ),
        advice=_compare(),
    )


def _unbound() -> VerdictLine:
    return VerdictLine(
        tone=Tone.NOTE,
        title=_("This stamp is not bound to any lot yet"),
        lines=(
            _("The number was issued here, ahead of any lot, for this product."),
            _("Nobody has said yet which lot it stands for, so nothing is verified."),
        ),
        advice=(
            _("Is it on a pack for sale? Ask the seller, and tell us below."),
            _("Compare the pack: name, lot number and dates must be on it."),
        ),
    )


def _seen(report: Report) -> str:
    """Return what was seen, in the words of the rule that it broke."""
    sign = report.finding(_SCANS).code
    if sign == rules.MANY_IN_AN_HOUR:
        return _(
            "%(limit)s or more different devices scanned it within one hour.",
            limit=rules.IN_AN_HOUR,
        )
    if sign == rules.MANY_IN_A_DAY:
        return _(
            "%(limit)s or more different devices scanned it on one day.",
            limit=rules.IN_A_DAY,
        )
    return _(
        "%(limit)s or more different devices scanned it within one week.",
        limit=rules.IN_A_WEEK,
    )


def _compare() -> tuple[str, ...]:
    return (
        _("Compare the pack: name, lot number, dates and the number under the code."),
        _("If something does not match, do not use it and tell us below."),
    )


def _recalled(report: Report) -> VerdictLine:
    return _stopped(report, Tone.STOP, _("THIS LOT IS BEING RECALLED"))


def _held(report: Report) -> VerdictLine:
    return _stopped(report, Tone.NOTE, _("This lot is held for the time being"))


def _stopped(report: Report, tone: Tone, title: str) -> VerdictLine:
    stop = report.facts.stop
    if stop is None:
        return VerdictLine(tone=tone, title=title)
    english = language() == "en"
    reason = stop.reason_en if english and stop.reason_en else stop.reason_vi
    advice = stop.advice_en if english and stop.advice_en else stop.advice_vi
    contact = _("Contact: %(contact)s", contact=stop.contact) if stop.contact else ""
    return VerdictLine(
        tone=tone,
        title=title,
        lines=(_("Reason: %(reason)s", reason=reason), _since(stop)),
        advice=tuple(filter(None, (advice, contact))),
    )


def _since(stop: Stop) -> str:
    if stop.by:
        return _("Since %(day)s, by %(by)s.", day=day(stop.since), by=stop.by)
    return _("Since %(day)s.", day=day(stop.since))


def _expired(report: Report) -> VerdictLine:
    last = report.facts.expired_after
    first = last + timedelta(days=1) if last else None
    return VerdictLine(
        tone=Tone.NOTE,
        title=_("Past its use-by date since %(day)s", day=day(first)),
        lines=(
            _("The last day was %(day)s. Do not use it any more.", day=day(last)),
            _("Its record stays readable below."),
        ),
    )


def _void(report: Report) -> VerdictLine:
    facts = report.facts
    return VerdictLine(
        tone=Tone.STOP,
        title=_("This label was cancelled"),
        lines=tuple(
            filter(
                None,
                (
                    _("Reason: %(reason)s", reason=facts.void_reason)
                    if facts.void_reason
                    else "",
                    _("Since %(day)s.", day=day(facts.void_since))
                    if facts.void_since
                    else "",
                ),
            )
        ),
        advice=(_("A pack that is sold must not carry it. Please tell us below."),),
    )


def _unknown(report: Report) -> VerdictLine:
    if any(one.code == "serial-other-batch" for one in report.failures):
        return not_found(_("It was issued here, but for another lot."))
    if report.facts.serial_level or not report.facts.product_known:
        return not_found()
    return VerdictLine(
        tone=Tone.NOTE,
        title=_("The product is registered, this lot is not"),
        lines=(
            _("Nobody registered lot %(lot)s here.", lot=_lot_in(report.facts.link)),
        ),
        advice=_compare()[1:],
    )


def _lot_in(link: str) -> str:
    return unquote(link.partition("/10/")[2].partition("/")[0])


def not_found(why: str = "") -> VerdictLine:
    """Return the words for a code that nobody here issued, or not for its lot."""
    return VerdictLine(
        tone=Tone.STOP,
        title=_("This code was not found"),
        lines=(why or _("It was not issued by this system."),),
        advice=(_("Typed it? Compare each character. Scanned it? Tell us below."),),
    )


def _failed(report: Report) -> VerdictLine:
    worst = next(iter(report.failures))
    return VerdictLine(
        tone=Tone.STOP,
        title=_("This cannot be verified"),
        lines=(
            _(
                "Check %(number)s of 11 does not hold: %(detail)s",
                number=worst.number,
                detail=detail_of(worst),
            ),
        ),
        advice=_compare()[1:],
    )


def _incomplete(report: Report) -> VerdictLine:
    open_ = [
        one
        for one in report.findings
        if one.result is Result.NOT_CHECKED and one.number not in _NOT_REQUIRED
    ]
    first = open_[0] if open_ else None
    return VerdictLine(
        tone=Tone.OPEN,
        title=_(
            "Could not be checked again (data of %(instant)s)",
            instant=instant(report.facts.checked_at),
        ),
        lines=(detail_of(first),) if first else (),
        advice=(_("What is shown below is what is stored. Try again later."),),
    )


def detail_of(finding: Finding) -> str:
    """Return what a check found, in the language spoken."""
    params: Mapping[str, object] = {
        name: day(value) if isinstance(value, date | datetime) else value
        for name, value in finding.params.items()
    }
    return _(finding.message, **params)


_WORDS: Mapping[Verdict, Callable[[Report], VerdictLine]] = {
    Verdict.VERIFIED: _verified,
    Verdict.ATTENTION: _attention,
    Verdict.RECALLED: _recalled,
    Verdict.HELD: _held,
    Verdict.EXPIRED: _expired,
    Verdict.VOID: _void,
    Verdict.UNKNOWN: _unknown,
    Verdict.FAILED: _failed,
    Verdict.INCOMPLETE: _incomplete,
}
