"""Cut marks: thin lines along the edges of labels, for a guillotine to follow."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A filled rectangle of a few dots: its corner on the page, its size."""

    left: int
    top: int
    width: int
    height: int
