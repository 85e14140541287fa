"""Crockford base32 and the random ids made of it."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARACTERS = frozenset(ALPHABET)
_AS_PYTHON = str.maketrans(ALPHABET, "0123456789abcdefghijklmnopqrstuv")  # its base 32
_FOLD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def encode_base32(number: int, length: int) -> str:
    """Return ``number`` in exactly ``length`` Crockford characters.

    Raises ``ValueError`` for a negative number or one that does not fit.
    """
    if number < 0 or number >= 1 << (5 * length):
        raise ValueError(f"{number} does not fit {length} characters")
    shifts = range(5 * (length - 1), -1, -5)
    return "".join(ALPHABET[(number >> shift) & 31] for shift in shifts)


def decode_base32(text: str) -> int:
    """Return the number behind Crockford characters (upper case only).

    Raises ``ValueError`` for any other character.
    """
    if not _CHARACTERS.issuperset(text):
        strange = next(one for one in text if one not in _CHARACTERS)
        raise ValueError(f"{strange!r} is no Crockford base32 character")
    return int(text.translate(_AS_PYTHON), 32) if text else 0


def fold_typed(text: str) -> str:
    """Return what a person typed with case, blanks and look-alikes put right."""
    return "".join(text.split()).upper().translate(_FOLD)


def new_id() -> str:
    """Return a fresh random id: 26 lower-case characters, 130 bits."""
    return encode_base32(secrets.randbits(130), 26).lower()
