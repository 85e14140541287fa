"""The labels' typeface: Roboto Condensed, embedded, with every Vietnamese letter."""

from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

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

for _name, _file in FILES.items():
    pdfmetrics.registerFont(TTFont(_name, str(_file)))


def font_of(*, bold: bool) -> str:
    """Return the font's name."""
    return BOLD if bold else REGULAR


def width_of(text: str, size: float, *, bold: bool) -> float:
    """Return the width of a text in points."""
    return float(pdfmetrics.stringWidth(text, font_of(bold=bold), size))
