"""A public key as somebody hands it over: read it, and refuse what would harm."""

from traceability.signing.errors import (
    KeyBurntError,
    KeyMalformedError,
    KeyWeakError,
)
from traceability.signing.keys import EDDSA, alg_of, parse_jwk, raw_of
from traceability.signing.points import is_sound
from traceability.signing.strict_json import read_object

MAX_JWK = 2_000
# What browsers and tools write beside a public key; it says nothing we rely on.
_BESIDE = frozenset({"kid", "alg", "use", "key_ops", "ext"})
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})  # RFC 7518 6


def read_public_jwk(text: str) -> dict[str, str]:
    """Return the bare public JWK in a text.

    Raises ``KeyBurntError`` for a private one, ``KeyWeakError`` for a point without a
    secret behind it, ``KeyMalformedError`` for everything else.
    """
    try:
        value = read_object(text.strip().encode())
    except ValueError:
        raise KeyMalformedError("This is no public key in JWK form.") from None
    if not _PRIVATE.isdisjoint(value):
        raise KeyBurntError(
            "This is the PRIVATE key. It has left your hands, so it is burnt: throw it"
            " away, make a new one, and send only the public half. Nothing was kept."
        )
    jwk = parse_jwk({name: value[name] for name in value if name not in _BESIDE})
    if alg_of(jwk) == EDDSA and not is_sound(raw_of(jwk)):
        raise KeyWeakError("This key is a weak point: anybody could sign for it.")
    return jwk
