"""Text as people type it: NFC, visible characters only, in two languages."""

import re
import unicodedata
from dataclasses import dataclass

from traceability.core.errors import InvalidError

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


class HiddenCharacterError(InvalidError):
    """The text holds characters nobody can see."""

    code = "hidden-character"


def clean_text(text: str, *, field: str | None = None, multiline: bool = False) -> str:
    """Return the text in NFC with blanks at the ends and runs of blanks folded.

    Raises ``HiddenCharacterError`` naming the code points of controls, zero-width and
    direction marks, lone surrogates and unassigned characters.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n"))
    allowed = "\n" if multiline else ""
    hidden = sorted(
        {
            f"U+{ord(character):04X}"
            for character in text
            if character not in allowed and unicodedata.category(character) in _HIDDEN
        }
    )
    if hidden:
        raise HiddenCharacterError(
            "The text holds hidden characters: %(points)s.",
            field=field,
            points=", ".join(hidden),
        )
    blanks = r"[^\S\n]+" if multiline else r"\s+"
    return re.sub(blanks, " ", text).strip()


def without_marks(text: str) -> str:
    """Return the text in lower case without diacritics, for searching: đ becomes d."""
    text = text.lower().replace("đ", "d")
    parts = unicodedata.normalize("NFD", text)
    return "".join(part for part in parts if unicodedata.category(part) != "Mn")


@dataclass(frozen=True, slots=True)
class Bilingual:
    """A text in Vietnamese and, where there is one, English."""

    vi: str
    en: str = ""

    def in_language(self, language: str) -> str:
        """Return the text in ``vi`` or ``en``; Vietnamese where English is missing."""
        return self.en if language == "en" and self.en else self.vi
