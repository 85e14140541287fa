"""Marshmallow's messages in words that tell people what to do."""

import re

from traceability.web.i18n import gettext as _

_FILL = re.compile(
    r"Missing data for required field\.|Field may not be null\."
    r"|Shorter than minimum length 1\."
)
_CHOOSE = re.compile(r"Must be one of: .*|Invalid enum .*|Not a valid choice\.")
_LONG = re.compile(r"Longer than maximum length (\d+)\.")
_SHORT = re.compile(r"Shorter than minimum length (\d+)\.")
_RANGE = re.compile(
    r"Must be greater than or equal to (\S+) and less than or equal to (\S+)\."
)
_LEAST = re.compile(r"Must be greater than or equal to (.+)\.")
_MOST = re.compile(r"Must be less than or equal to (.+)\.")
_FORM = re.compile(
    r"String does not match expected pattern\.|Not a valid .*|Invalid .*"
)


def worded(message: str) -> str:
    """Return a field's message in the language spoken.

    Messages of our own fields are translated already and pass unchanged.
    """
    if _FILL.fullmatch(message):
        return _("Please fill this in.")
    if _CHOOSE.fullmatch(message):
        return _("Choose one of the list.")
    if message == "Unknown field.":
        return _("There is no such field.")
    if match := _RANGE.fullmatch(message):
        return _("Use %(least)s to %(most)s.", least=match[1], most=match[2])
    return _bounded(message) or (
        _("This cannot be read.") if _FORM.fullmatch(message) else _(message)
    )


def _bounded(message: str) -> str | None:
    if match := _LONG.fullmatch(message):
        return _("Use at most %(most)s characters.", most=match[1])
    if match := _SHORT.fullmatch(message):
        return _("Use at least %(least)s characters.", least=match[1])
    if match := _LEAST.fullmatch(message):
        return _("Use %(least)s or more.", least=match[1])
    if match := _MOST.fullmatch(message):
        return _("Use %(most)s or less.", most=match[1])
    return None
