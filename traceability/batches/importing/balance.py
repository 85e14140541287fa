"""What is taken from a source: by stored lots, and by the rows read so far. Pure."""

from collections.abc import Callable, Iterable, Sequence

from traceability.core.errors import DomainError
from traceability.core.quantity import Quantity


class Balance:
    """Keeps what each source lot gives, one quantity a unit, however many rows ask."""

    def __init__(self, stored: Callable[[int], Iterable[Quantity]]) -> None:
        self._stored = stored
        self._taken: dict[int, list[Quantity]] = {}

    def draws(self, source_id: int) -> Sequence[Quantity]:
        """Return what has been taken from a source."""
        if source_id not in self._taken:
            self._taken[source_id] = []
            for quantity in self._stored(source_id):
                self._add(source_id, quantity)
        return self._taken[source_id]

    def take(self, source_id: int, quantity: Quantity) -> None:
        """Note that a row takes some of a source."""
        self.draws(source_id)
        self._add(source_id, quantity)

    def _add(self, source_id: int, quantity: Quantity) -> None:
        taken = self._taken[source_id]
        for place, known in enumerate(taken):
            together = _together(known, quantity)
            if together is not None:
                taken[place] = together
                return
        taken.append(quantity)


def _together(one: Quantity, other: Quantity) -> Quantity | None:
    if one.unit != other.unit:
        return None
    try:
        return Quantity(one.amount + other.amount, one.unit)
    except DomainError:  # the sum has more digits than a quantity may
        return None
