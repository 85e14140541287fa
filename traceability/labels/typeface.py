"""The labels' typeface: Roboto Condensed, embedded, with every Vietnamese letter."""

from functools import cache
from pathlib import Path

from fontTools.ttLib import TTFont
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as CanvasFont

_FOLDER = Path(__file__).parent / "fonts"
REGULAR = "RobotoCondensed"
BOLD = "RobotoCondensed-Bold"
FILES = {
    REGULAR: _FOLDER / "RobotoCondensed_400Regular.ttf",
    BOLD: _FOLDER / "RobotoCondensed_700Bold.ttf",
}
# Ink of Vietnamese text in em, measured over all letters: Ẩ and Ỗ rise highest, ỵ falls
# lowest. Lines set this far apart can never touch.
ASCENT = 0.98
DESCENT = 0.245
LEADING = ASCENT + DESCENT
_NOTDEF = ".notdef"

for _name, _file in FILES.items():  # for free-form documents, which reportlab sets
    pdfmetrics.registerFont(CanvasFont(_name, str(_file)))


def font_of(*, bold: bool) -> str:
    """Return the font's name."""
    return BOLD if bold else REGULAR


def width_of(text: str, size: float, *, bold: bool) -> float:
    """Return the width of a text in points."""
    advances, missing = _advances(font_of(bold=bold))
    return size * sum([advances.get(character, missing) for character in text])


@cache
def _advances(name: str) -> tuple[dict[str, float], float]:
    """Return each character's advance in em, and that of one the font lacks."""
    with TTFont(FILES[name]) as font:
        em = font["head"].unitsPerEm
        metrics = font["hmtx"].metrics
        advances = {
            chr(code): metrics[glyph][0] / em
            for code, glyph in font.getBestCmap().items()
        }
        return advances, metrics[_NOTDEF][0] / em
