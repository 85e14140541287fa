"""Set a label's text: wrap, shrink to a readable minimum, then shorten, never clip."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from traceability.labels.content import EXTRA, NO_BREAK, Paragraph
from traceability.labels.design import LabelField
from traceability.labels.errors import LabelTooSmallError
from traceability.labels.typeface import ASCENT, LEADING, width_of

MAX_SIZE = 9.0
MIN_SIZE = 5.0  # points: an x-height of 0.93 mm; small packs may not go below 0.9 mm
HINT_SIZE = 4.5  # for the invitation to scan, which no rule asks for
_STEP = 0.25
_MEASURE = 0.985  # rasterised letters run a little wider than their design
_TIGHT = 2  # headings have no extra size, and what may give way has one line
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
    shortened: bool

    @property
    def height(self) -> float:
        return len(self.lines) * self.size * LEADING


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines set in a box, and what of the text they do not say whole."""

    lines: tuple[TextLine, ...]
    left_out: frozenset[LabelField] = frozenset()
    shortened: frozenset[LabelField] = frozenset()

    @property
    def unfit(self) -> frozenset[LabelField]:
        """Return the fields that stand there in part or not at all."""
        return self.left_out | self.shortened


def typeset(paragraphs: Sequence[Paragraph], width: float, height: float) -> Setting:
    """Return the lines of a box of this size in points, at the best size that fits.

    First everything whole at ever smaller sizes; then long paragraphs end in an
    ellipsis and headings lose their extra size; at last those that may give way are
    left out. Extras are chosen before, so that one long text takes no other's place.
    Raises ``LabelTooSmallError`` when even that does not fit.
    """
    for kept, tightness in _concessions(_chosen(paragraphs, width, height)):
        for size in _sizes(tightness):
            blocks = _blocks(kept, size, width, tightness)
            if blocks is not None and _height(blocks) <= height:
                return _setting(paragraphs, blocks, height, size)
    raise LabelTooSmallError("The label's text does not fit.", field="stock")


def _chosen(
    paragraphs: Sequence[Paragraph], width: float, height: float
) -> list[Paragraph]:
    """Return the paragraphs with those extras that find room, the weightiest first."""
    chosen = [one for one in paragraphs if one.give < EXTRA]
    for extra in sorted(paragraphs, key=lambda one: one.give):
        if extra.give < EXTRA:
            continue
        tried = [one for one in paragraphs if one in chosen or one is extra]
        blocks = _blocks(_terse(tried), MIN_SIZE, width, _TIGHT)
        if blocks is not None and _height(blocks) <= height:
            chosen = tried
    return chosen


def _terse(paragraphs: Sequence[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs without the words that nobody needs beside extras."""
    return [one for one in paragraphs if not one.single]


def _concessions(
    paragraphs: Sequence[Paragraph],
) -> Iterator[tuple[list[Paragraph], int]]:
    """Yield what to set and how tightly, from the fullest to the barest."""
    kept = list(paragraphs)
    yield from ((kept, tightness) for tightness in (0, 1, _TIGHT))
    if any(one.give >= EXTRA for one in kept):
        terse = _terse(kept)
        yield from ((terse, tightness) for tightness in (0, 1, _TIGHT))
        return
    for rank in sorted({one.give for one in kept if one.give}, reverse=True):
        kept = [one for one in kept if one.give != rank]
        yield kept, _TIGHT
    yield kept, 3


def _sizes(tightness: int) -> Iterator[float]:
    size = MAX_SIZE if tightness <= 1 else MIN_SIZE
    while size >= MIN_SIZE:
        yield size
        size -= _STEP


def _cap(paragraph: Paragraph, tightness: int) -> int | None:
    if paragraph.most is None or tightness == 0:
        return None
    tight = tightness > _TIGHT or (tightness == _TIGHT and paragraph.give)
    return 1 if tight else paragraph.most


def _blocks(
    paragraphs: Sequence[Paragraph], base: float, width: float, tightness: int
) -> list[_Block] | None:
    """Return every paragraph broken into lines, or nothing where one cannot be."""
    blocks = []
    for one in paragraphs:
        block = _block(one, base, width, tightness)
        if block is None:
            return None
        blocks.append(block)
    return blocks


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
    cut = cap is not None and len(texts) > cap
    if cap is not None and cut:
        rest = " ".join(texts[cap - 1 :])
        texts = [*texts[: cap - 1], _shortened(rest, em, bold=paragraph.bold)]
    shown = tuple(text.replace(NO_BREAK, " ") for text in texts)
    return _Block(shown, size, paragraph, cut)


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


def _setting(
    paragraphs: Sequence[Paragraph],
    blocks: Sequence[_Block],
    height: float,
    size: float,
) -> Setting:
    set_ = _fields(block.source for block in blocks)
    return Setting(
        lines=_placed(blocks, height, size),
        left_out=_fields(paragraphs) - set_,
        shortened=_fields(block.source for block in blocks if block.shortened),
    )


def _fields(paragraphs: Iterable[Paragraph]) -> frozenset[LabelField]:
    return frozenset(field for one in paragraphs for field in one.fields)


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
