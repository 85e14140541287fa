"""The officer's board: which recognitions to show, in which words."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from traceability.core.text import without_marks
from traceability.ocop.rating import StandingState
from traceability.web.i18n import LazyText, lazy_gettext as _l

T = TypeVar("T")
MAX_SHOWN = 200

STATES: dict[str, LazyText] = {
    StandingState.VALID: _l("In force"),
    StandingState.EXPIRED: _l("Expired"),
    StandingState.WITHDRAWN: _l("Withdrawn"),
    StandingState.NOT_YET: _l("Not in force yet"),
}


def holding(things: Iterable[T], typed: str, texts: Callable[[T], str]) -> list[T]:
    """Return the things whose texts hold every word typed, diacritics apart."""
    words = without_marks(typed).split()
    return [
        one
        for one in things
        if all(word in without_marks(texts(one)) for word in words)
    ]
