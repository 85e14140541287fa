"""What a person is told who tried a scratch code: what was found, never more.

A right code shows that the label's layer hid it; paper and layer can be copied all the
same, so nothing here speaks of the goods.
"""

from datetime import datetime

from traceability.batches.models import BatchState
from traceability.core.clock import HANOI
from traceability.labels.scratch.opening.service import Judged, Outcome
from traceability.lookup.verdict_line import Tone, VerdictLine
from traceability.web.formats import day, instant
from traceability.web.i18n import gettext as _, ngettext


def scratch_line(judged: Judged, *, stopped: bool) -> VerdictLine:
    """Return a judged try in words. Needs a request, for its language.

    ``stopped``: the lot is held or recalled, or its labels do not count yet, so that
    nothing is green.
    """
    if judged.outcome is Outcome.FIRST and judged.opened_at:
        return VerdictLine(
            tone=Tone.NOTE if stopped else Tone.GOOD,
            title=_(
                "The code is right. It is opened for the first time now, at %(when)s.",
                when=_hour(judged.opened_at),
            ),
            lines=(
                _("Whoever types it again will read when it was first opened."),
                _("What is verified about the lot stands on its own page."),
            ),
        )
    if judged.outcome is Outcome.AGAIN and judged.opened_at:
        return VerdictLine(
            tone=Tone.NOTE,
            title=_(
                "The code is right, but it was first opened at %(when)s.",
                when=_hour(judged.opened_at),
            ),
            lines=(
                _(
                    "If it was not you who opened it, the label may have been copied or"
                    " used again."
                ),
            ),
        )
    return _refused(judged)


def _refused(judged: Judged) -> VerdictLine:
    if judged.outcome is Outcome.WRONG:
        return VerdictLine(
            tone=Tone.NOTE,
            title=_("This is not the code of this label."),
            lines=(
                ngettext(
                    "%(num)d try is left. Compare each character with the label.",
                    "%(num)d tries are left. Compare each character with the label.",
                    judged.tries_left,
                ),
            ),
        )
    return VerdictLine(
        tone=Tone.NOTE,
        title=_("Too many wrong codes: this label is locked."),
        lines=(
            _(
                "No code is judged for it until %(until)s.",
                until=instant(judged.locked_until),
            ),
            _("Is your code right? Report it below; the producer and officer read it."),
        ),
    )


def stop_text(state: str, *, idle: bool) -> str:
    """Return what must be said first: of a held or recalled lot, of an idle label."""
    if state == BatchState.RECALLED:
        return _("This lot is recalled. Read its page before you use anything of it.")
    if state == BatchState.HELD:
        return _("This lot is held. Read its page before you use anything of it.")
    return _("Attention: this label has not been activated") if idle else ""


def _hour(at: datetime) -> str:
    local = at.astimezone(HANOI)
    return _("%(hour)d o'clock on %(day)s", hour=local.hour, day=day(local))
