"""The words for states of print tasks, for time left and for what was read back."""

from traceability.labels.printing.forecast import Feed, Forecast, size_text
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.state import ReadPolicy, TaskState
from traceability.web.formats import number
from traceability.web.i18n import gettext as _, lazy_gettext as _l, ngettext

STATES = {
    TaskState.QUEUED.value: _l("Waiting for its turn"),
    TaskState.MAKING.value: _l("Being made"),
    TaskState.CHECKING.value: _l("Being put together"),
    TaskState.READY.value: _l("Ready"),
    TaskState.FAILED.value: _l("Failed"),
    TaskState.CANCELLED.value: _l("Cancelled"),
    TaskState.PURGED.value: _l("No longer kept"),
    TaskState.LOST.value: _l("Lost or altered"),
}
_MINUTE, _HOUR = 60.0, 3600.0


def time_left(seconds: float | None) -> str:
    """Return how long something will take, in whole minutes or hours."""
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return _("less than a minute left")
    if seconds < _HOUR:
        minutes = round(seconds / _MINUTE)
        return ngettext(
            "about %(num)d minute left", "about %(num)d minutes left", minutes
        )
    hours = round(seconds / _HOUR)
    return ngettext("about %(num)d hour left", "about %(num)d hours left", hours)


def duration_text(seconds: float) -> str:
    """Return how long something takes, in whole minutes or hours."""
    if seconds < _MINUTE:
        return _("less than a minute")
    if seconds < _HOUR:
        minutes = round(seconds / _MINUTE)
        return ngettext("about %(num)d minute", "about %(num)d minutes", minutes)
    hours = round(seconds / _HOUR)
    return ngettext("about %(num)d hour", "about %(num)d hours", hours)


def forecast_text(forecast: Forecast) -> str:
    """Return how large a file becomes, and how long it takes where that is known."""
    size = _("about %(size)s", size=size_text(forecast.takes.file))
    if forecast.seconds is None:
        return size
    return f"{size}, {duration_text(forecast.seconds)}"


def feed_text(feed: Feed) -> str:
    """Return what a printer draws in, as people count it."""
    if feed.metres:
        metres = number(feed.metres)
        return _("about %(metres)s m of roll", metres=metres)
    sheets = number(feed.sheets)
    return ngettext("%(sheets)s sheet", "%(sheets)s sheets", feed.sheets, sheets=sheets)


def read_text(task: PrintTask) -> str:
    """Return which symbols were read back before the file was released."""
    if not task.symbols:
        return _("This list holds no codes; it was compared line by line.")
    if task.read_policy is ReadPolicy.ALL:
        return _("All %(count)s codes were read back.", count=number(task.symbols))
    return _(
        "%(count)s codes were read back: the first and the last sheets and a random "
        "5 %% of the others.",
        count=number(task.symbols),
    )


def failure_text(task: PrintTask) -> str:
    """Return why a task failed, in words."""
    if task.failure is None:
        return ""
    message, params = task.failure["message"], task.failure["params"]
    return _(message, **params)
