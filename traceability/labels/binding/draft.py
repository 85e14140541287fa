"""What is asked for when stamps are bound. Pure."""

from dataclasses import dataclass

from traceability.labels.errors import BindingRangeError


@dataclass(frozen=True, slots=True, kw_only=True)
class BindingDraft:
    """Blank stamps by their indexes, both ends included, in the order of printing.

    Raises ``BindingRangeError`` where the last comes before the first.
    """

    first: int
    last: int
    excess_reason: str = ""  # why the batch gets more labels than it makes packs

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BindingRangeError(
                "The last stamp comes before the first: change them round.",
                field="last",
            )

    @property
    def count(self) -> int:
        """Return how many stamps these are."""
        return self.last - self.first + 1
