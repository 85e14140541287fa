"""Set a label's text: wrap, shrink to a readable minimum, then shorten, never clip."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from traceability.labels.content import NO_BREAK, Paragraph
from traceability.labels.errors import LabelTooSmallError
from traceability.labels.typeface import ASCENT, LEADING, width_of

MAX_SIZE = 9.0
MIN_SIZE = 5.0  # points: an x-height of 0.93 mm; small packs may not go below 0.9 mm
HINT_SIZE = 4.5  # for the invitation to scan, which no rule asks for
_STEP = 0.25
_MEASURE = 0.985  # rasterised letters run a little wider than their design
_GAP = 0.3  # em between paragraphs where there is room
SQUEEZE = 0.9  # a serial of the widest letters may be set this much smaller
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True, kw_only=True)
class TextLine:
    """One line; ``baseline`` in points from the top of its box."""

    text: str
    size: float
    bold: bool
    baseline: float
    slot: bool = False

    @property
    def top(self) -> float:
        """Return where the highest letter may begin."""
        return self.baseline - ASCENT * self.size

    @property
    def bottom(self) -> float:
        """Return where the lowest letter may end."""
        return self.top + LEADING * self.size


@dataclass(frozen=True, slots=True)
class _Block:
    """A paragraph broken into lines."""

    lines: tuple[str, ...]
    size: float
    source: Paragraph

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


def typeset(
    paragraphs: Sequence[Paragraph], width: float, height: float
) -> tuple[TextLine, ...]:
    """Return the lines of a box of this size in points, at the best size that fits.

    First everything whole at ever smaller sizes; then long paragraphs end in an
    ellipsis and headings lose their extra size; at last those that may give way are
    left out. Raises ``LabelTooSmallError`` when even that does not fit.
    """
    for kept, tightness in _concessions(paragraphs):
        for size in _sizes(tightness):
            blocks = [_block(one, size, width, tightness) for one in kept]
            sound = [block for block in blocks if block is not None]
            if len(sound) == len(kept) and _height(sound) <= height:
                return _placed(sound, height, size)
    raise LabelTooSmallError("The label's text does not fit.", field="stock")


def _concessions(
    paragraphs: Sequence[Paragraph],
) -> Iterator[tuple[list[Paragraph], int]]:
    """Yield what to set and how tightly, from the fullest to the barest."""
    kept = list(paragraphs)
    yield kept, 0
    yield kept, 1
    yield kept, 2
    for rank in sorted({one.give for one in kept if one.give}, reverse=True):
        kept = [one for one in kept if one.give != rank]
        yield kept, 2
    yield kept, 3


def _sizes(tightness: int) -> Iterator[float]:
    size = MAX_SIZE if tightness <= 1 else MIN_SIZE
    while size >= MIN_SIZE:
        yield size
        size -= _STEP


def _cap(paragraph: Paragraph, tightness: int) -> int | None:
    if paragraph.most is None or tightness == 0:
        return None
    tight = tightness > 2 or (tightness == 2 and paragraph.give)  # noqa: PLR2004
    return 1 if tight else paragraph.most


def _block(
    paragraph: Paragraph, base: float, width: float, tightness: int
) -> _Block | None:
    size = base * (min(paragraph.scale, 1) if tightness > 1 else paragraph.scale)
    if paragraph.single:
        size = _single(paragraph, size, width)
    em = width * _MEASURE / size / (SQUEEZE if paragraph.slot else 1)
    lines = _wrap(paragraph.text, em, bold=paragraph.bold)
    broken = any(broken for _, broken in lines)
    if broken and (tightness == 0 or paragraph.slot):
        return None
    texts = [text for text, _ in lines]
    cap = _cap(paragraph, tightness)
    if cap is not None and len(texts) > cap:
        rest = " ".join(texts[cap - 1 :])
        texts = [*texts[: cap - 1], _shortened(rest, em, bold=paragraph.bold)]
    shown = tuple(text.replace(NO_BREAK, " ") for text in texts)
    return _Block(shown, size, paragraph)


def _single(paragraph: Paragraph, size: float, width: float) -> float:
    """Return a size that keeps the paragraph on one line, if it stays readable."""
    fitting = squeezed(paragraph.text, size, width)
    return fitting if fitting >= HINT_SIZE else size


def _wrap(text: str, em: float, *, bold: bool) -> list[tuple[str, bool]]:
    """Return lines no wider than ``em``, each with whether a word was broken for it."""
    lines: list[tuple[str, bool]] = []
    line = ""
    for word in text.split(" "):
        together = f"{line} {word}" if line else word
        if width_of(together, 1, bold=bold) <= em:
            line = together
            continue
        if line:
            lines.append((line, False))
        *pieces, line = _pieces(word, em, bold=bold)
        lines.extend((piece, True) for piece in pieces)
    return [*lines, (line, False)]


def _pieces(word: str, em: float, *, bold: bool) -> list[str]:
    """Return a word too long for a line in pieces, cut behind hyphens where it can."""
    pieces = []
    while width_of(word, 1, bold=bold) > em:
        length = max(_fitting(word, em, bold=bold), 1)
        seam = max(word.rfind(mark, 0, length) for mark in ("-", NO_BREAK)) + 1
        length = seam if seam > length // 2 else length
        pieces.append(word[:length])
        word = word[length:]
    return [*pieces, word]


def _fitting(text: str, em: float, *, bold: bool) -> int:
    """Return how many characters of the text fit."""
    length = len(text)
    while length and width_of(text[:length], 1, bold=bold) > em:
        length -= 1
    return length


def squeezed(text: str, size: float, width: float) -> float:
    """Return the size, at most this one, at which a regular text fits the width."""
    return min(size, width * _MEASURE / width_of(text, 1, bold=False))


def _shortened(text: str, em: float, *, bold: bool) -> str:
    """Return the words that fit, and an ellipsis; a first long word is cut."""
    room = em - width_of(ELLIPSIS, 1, bold=bold)
    kept = text[: _fitting(text, room, bold=bold)]
    whole, blank, _ = kept.rpartition(" ")
    if blank and not text[len(kept) :].startswith(" "):
        kept = whole
    return kept.rstrip(" ,.;:-–·" + NO_BREAK) + ELLIPSIS


def _height(blocks: Sequence[_Block]) -> float:
    return sum(block.height for block in blocks)


def _placed(
    blocks: Sequence[_Block], height: float, size: float
) -> tuple[TextLine, ...]:
    slack = height - _height(blocks)
    gap = min(slack / max(len(blocks) - 1, 1), _GAP * size)
    y = (slack - gap * (len(blocks) - 1)) / 2
    lines = []
    for block in blocks:
        for text in block.lines:
            baseline = y + ASCENT * block.size
            lines.append(
                TextLine(
                    text=text,
                    size=block.size,
                    bold=block.source.bold,
                    baseline=baseline,
                    slot=block.source.slot,
                )
            )
            y += LEADING * block.size
        y += gap
    return tuple(lines)
