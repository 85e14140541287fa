"""The words for states of print tasks, for time left and for what was read back."""

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
_UNITS = ("B", "kB", "MB", "GB")
_KILO = 1000


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


def size_text(size: int) -> str:
    """Return a file's size as people read it."""
    unit = 0
    while size >= _KILO ** (unit + 1) and unit < len(_UNITS) - 1:
        unit += 1
    return f"{number(round(size / _KILO**unit))} {_UNITS[unit]}"


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
