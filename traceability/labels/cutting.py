"""Cut marks: thin lines along the edges of labels, for a guillotine to follow.

From each corner a line runs outwards along each of the label's two edges there: through
the gap, as far as the next label or the page's edge. Where labels touch, half a
millimetre runs along the common edge, which no label's safe area reaches.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MM_PER_INCH = 25.4
_THICKNESS = 0.1  # mm
_LONGEST = 3.0  # mm
_SHORTEST = 0.5  # mm, where there is no gap


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """A filled rectangle of a few dots: its corner on the page, its size."""

    left: int
    top: int
    width: int
    height: int


def cut_marks(
    corners: Sequence[tuple[int, int]],
    label: tuple[int, int],
    page: tuple[int, int],
    dpi: int,
) -> Iterator[Line]:
    """Yield the marks of a page whose labels begin at ``corners``, all in dots."""
    thick = max(round(_THICKNESS * dpi / MM_PER_INCH), 1)
    reach = tuple(round(mm * dpi / MM_PER_INCH) for mm in (_LONGEST, _SHORTEST))
    across = _arms(sorted({left for left, _ in corners}), label[0], page[0], reach)
    down = _arms(sorted({top for _, top in corners}), label[1], page[1], reach)
    found = set()
    for _, x in across:
        for (start, stop), _ in down:
            at = _inside(x, thick, page[0])
            found.add(Line(at, start, thick, stop - start))
    for _, y in down:
        for (start, stop), _ in across:
            at = _inside(y, thick, page[1])
            found.add(Line(start, at, stop - start, thick))
    yield from sorted(found)


def _arms(
    starts: Sequence[int], length: int, page: int, reach: tuple[int, ...]
) -> list[tuple[tuple[int, int], int]]:
    """Return for each edge the stretch beyond it, and the edge itself."""
    longest, shortest = reach
    arms = []
    for place, start in enumerate(starts):
        end = start + length
        before = start - (starts[place - 1] + length if place else 0)
        after = (starts[place + 1] if place + 1 < len(starts) else page) - end
        back = min(max(before, shortest), longest)
        forth = min(max(after, shortest), longest)
        arms.append(((max(start - back, 0), start), start))
        arms.append(((end, min(end + forth, page)), end))
    return [arm for arm in arms if arm[0][0] < arm[0][1]]


def _inside(edge: int, thick: int, page: int) -> int:
    """Return where a line along an edge begins, so that it stays on the page."""
    return min(max(edge - thick // 2, 0), page - thick)
