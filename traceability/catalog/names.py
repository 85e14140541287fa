"""Names that read alike: when two are the same, and when one only looks the same.

The look-alikes are the Cyrillic, Greek and Armenian letters of Unicode's confusables
(UTS 39) that a shopper takes for a Latin one.
"""

import re
import unicodedata

from traceability.core.errors import ConflictError, InvalidError

_LOOK_ALIKES = {
    "а": "a", "в": "b", "е": "e", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p",
    "с": "c", "т": "t", "у": "y", "х": "x", "ѕ": "s", "і": "i", "ј": "j", "ԁ": "d",
    "ԛ": "q", "ԝ": "w", "һ": "h", "ɡ": "g", "ɑ": "a", "ı": "i",
    "α": "a", "β": "b", "ε": "e", "η": "n", "ι": "i", "κ": "k", "μ": "u", "ν": "v",
    "ο": "o", "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "ζ": "z", "γ": "y", "ϲ": "c",
    "ց": "g", "հ": "h", "ո": "n", "ս": "u", "օ": "o", "ք": "p",
}  # fmt: skip


class ConfusableError(ConflictError):
    """The name is written with other letters but looks like one that exists."""

    code = "confusable-with"


class DisguisedNameError(InvalidError):
    """A word uses letters of another script that look like Latin ones."""

    code = "disguised-letters"


def folded(name: str) -> str:
    """Return the form in which two spellings of one name are equal: NFC, no case."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def skeleton(name: str) -> str:
    """Return what the eye reads: look-alike letters become their Latin twins."""
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", name).casefold())
    twins = "".join(_LOOK_ALIKES.get(letter, letter) for letter in plain)
    return unicodedata.normalize("NFC", twins)


def refuse_disguise(name: str, *, field: str) -> None:
    """Refuse words that pass for Latin ones but are not written so.

    A word all of another script whose letters do not pass for Latin is welcome.
    Raises ``DisguisedNameError`` naming the code points.
    """
    foreign = sorted(
        {
            f"U+{ord(letter):04X}"
            for word in re.findall(r"\w+", name)
            if _is_disguised(word)
            for letter in word
            if not _is_latin(letter)
        }
    )
    if foreign:
        raise DisguisedNameError(
            "A word mixes in letters that only look Latin: %(points)s. Type it again.",
            field=field,
            points=", ".join(foreign),
        )


def _is_disguised(word: str) -> bool:
    if all(_is_latin(letter) for letter in word):
        return False
    reads_latin = all(_is_latin(letter) for letter in skeleton(word))
    return reads_latin or any(_is_latin(letter) and letter.isalpha() for letter in word)


def _is_latin(letter: str) -> bool:
    """Return whether a letter is plainly Latin; what is no letter counts as such."""
    category = unicodedata.category(letter)
    if category.startswith("M") or not category.startswith("L"):
        return True
    spelled = unicodedata.name(letter, "")
    plain = unicodedata.normalize("NFKC", letter) == letter
    return plain and spelled.startswith("LATIN") and letter not in _LOOK_ALIKES
