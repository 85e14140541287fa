"""The text that differs from label to label: a serial, taken from many at a time."""

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

    Serials of the same width are set alike: ``kinds`` are the ways, one line each (its
    text is one of the serials'), and ``kind`` says which way each label takes.
    """

    characters: Characters
    kinds: tuple[TextLine, ...]
    kind: NDArray[np.intp]

    def part(self, own: slice) -> "SerialTexts":
        """Return some of them."""
        return SerialTexts(self.characters[own], self.kinds, self.kind[own])


def serial_texts(layout: LabelLayout, labels: Sequence[Label]) -> SerialTexts | None:
    """Return what to set, or nothing where the labels show no serials."""
    if not labels[0].serial or not layout.serial_lines(labels[0]):
        return None
    characters = _readable([label.serial for label in labels])
    [line] = layout.serial_lines(labels[0])
    widths = _WIDTHS[line.bold][characters].sum(axis=1)
    _, chosen, kind = np.unique(widths, return_index=True, return_inverse=True)
    kinds = tuple(layout.serial_lines(labels[place])[0] for place in chosen)
    return SerialTexts(characters, kinds, kind)


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
