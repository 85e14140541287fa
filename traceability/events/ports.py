"""What this room asks of the rooms above it: which lots there are, and whose."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLot:
    """A lot as far as events need it."""

    link: str  # canonical Digital Link
    number: str
    product_name: str
    ocop_set: str
    owner_id: int
    draft: bool  # nobody but its producer knows it
    unit: str = "KGM"  # what it is measured in


@dataclass(frozen=True, slots=True)
class LotBook:
    """Looks lots up in the caller's session.

    ``find`` takes a session, a link or own lot number or id, and whose lots it may be
    beside issued ones; ``own`` returns the newest lots of a producer.
    """

    find: Callable[[Any, str, int], KnownLot | None]
    own: Callable[[Any, int], Sequence[KnownLot]]
