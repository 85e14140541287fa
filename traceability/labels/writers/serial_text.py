"""The text that differs from label to label: a serial, taken from many at a time."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from traceability.labels.label import Label
from traceability.labels.layout import LabelLayout
from traceability.labels.serials import grouped
from traceability.labels.typeface import width_of
from traceability.labels.typeset import TextLine

SERIAL_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ "  # those a serial is set in
Characters = NDArray[np.uint8]
_WIDTHS = {
    bold: np.array([width_of(chr(code), 1, bold=bold) for code in range(128)])
    for bold in (False, True)
}


@dataclass(frozen=True, slots=True)
class SerialTexts:
    """Serials as they are read, ``(label, character)`` in ASCII, behind the prefix.

    Serials of one size are set alike: ``kinds`` are the ways, one line each (its text
    is one of the serials'), and ``kind`` says which way each label takes. ``widths``
    are in em, without the prefix.
    """

    characters: Characters
    widths: NDArray[np.float64]
    kinds: tuple[TextLine, ...]
    kind: NDArray[np.intp]

    def part(self, own: slice) -> "SerialTexts":
        """Return some of them."""
        return SerialTexts(
            self.characters[own], self.widths[own], self.kinds, self.kind[own]
        )


def serial_texts(layout: LabelLayout, labels: Sequence[Label]) -> SerialTexts | None:
    """Return what to set, or nothing where the labels show no serials."""
    if not labels[0].serial or not layout.serial_lines(labels[0]):
        return None
    characters = _readable([label.serial for label in labels])
    [line] = layout.serial_lines(labels[0])
    widths = _WIDTHS[line.bold][characters].sum(axis=1)
    _, chosen, rank = np.unique(widths, return_index=True, return_inverse=True)

    def line_of(place: int) -> TextLine:
        return layout.serial_lines(labels[chosen[place]])[0]

    # A wider serial is never larger: all up to the first smaller one are alike.
    places = range(len(chosen))
    whole = line_of(0)
    smaller = bisect_left(places, True, key=lambda one: line_of(one).size < whole.size)
    kinds = (whole, *[line_of(place) for place in places[smaller:]])
    return SerialTexts(characters, widths, kinds, np.maximum(rank - smaller + 1, 0))


def _readable(serials: Sequence[str]) -> Characters:
    """Return the serials in groups, as ``grouped`` writes each."""
    length = len(serials[0])
    plain = np.frombuffer("".join(serials).encode("ascii"), np.uint8)
    plain = plain.reshape(len(serials), length)
    order = grouped("".join(map(chr, range(0x80, 0x80 + length))))
    readable = np.full((len(serials), len(order)), ord(" "), np.uint8)
    for place, character in enumerate(order):
        if character != " ":
            readable[:, place] = plain[:, ord(character) - 0x80]
    return readable
