"""Keys as values: roles, public keys that verify, private keys that sign."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256

from traceability.core.canonical import canonical_json
from traceability.signing.errors import KeyMalformedError

EDDSA = "EdDSA"
ES256 = "ES256"
SIGNATURE_BYTES = 64
# The order L of the Ed25519 base point (RFC 8032 5.1) and n of P-256 (FIPS 186-5).
ED25519_ORDER = 2**252 + 27742317777372353535851937790883648493
_ED25519_PRIME = 2**255 - 19
_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
# Under a point of small order a signature fits almost any message: nobody's key.
_SMALL_ORDER = frozenset(
    {0, 1, _ED25519_PRIME - 1, _ED25519_PRIME, _ED25519_PRIME + 1}
    | {_ORDER_8, _ED25519_PRIME - _ORDER_8}
)
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551

PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey
Jwk = Mapping[str, str]


class KeyRole(StrEnum):
    """What a key may be used for; no key has two roles."""

    ROOT = "root"
    RECORD = "record"
    SEAL = "seal"
    LOG = "log"
    STATUS = "status"  # signs the lists of what is held, recalled or withdrawn
    SERIAL = "serial"  # a secret MAC key, never published
    SCRATCH = "scratch"  # another: the pepper of scratch codes


class KeyStatus(StrEnum):
    """Where a key stands in its life."""

    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key, what it may vouch for, and when."""

    kid: str
    alg: str  # EdDSA or ES256: a property of the key, never of a token
    role: KeyRole
    party: str
    jwk: Jwk  # kty, crv, x and, on P-256, y
    not_before: datetime
    not_after: datetime | None = None
    status: KeyStatus = KeyStatus.ACTIVE
    revoked_at: int | None = None  # log index from which on signatures do not count

    @property
    def raw(self) -> bytes:
        """Return the public key's bytes: 32 (Ed25519) or 64 (P-256, x ‖ y)."""
        return raw_of(self.jwk)

    @property
    def key_id4(self) -> bytes:
        """Return the four bytes by which a seal names its key."""
        return hashlib.sha256(self.raw).digest()[:4]

    def verify(self, message: bytes, signature: bytes) -> bool:
        """Return whether this key made the raw 64-byte signature; never raises."""
        if len(signature) != SIGNATURE_BYTES or not in_range(self.alg, signature):
            return False
        try:
            return _verify(load_jwk(self.jwk), self.alg, message, signature)
        except KeyMalformedError:
            return False


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """A private key held in memory; implements ``core.ports.Signer``."""

    public: PublicKey
    private: PrivateKey = field(repr=False)

    @property
    def kid(self) -> str:
        """Return the key's id as verifiers look it up."""
        return self.public.kid

    @property
    def alg(self) -> str:
        """Return the JOSE algorithm the key is bound to."""
        return self.public.alg

    @property
    def key_id4(self) -> bytes:
        """Return the four bytes by which a seal names its key."""
        return self.public.key_id4

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature: 64 bytes, for ES256 r ‖ s (RFC 7518 3.4)."""
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.sign(message)
        r, s = decode_dss_signature(self.private.sign(message, ECDSA(SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def generate_private(alg: str = EDDSA) -> PrivateKey:
    """Return a fresh private key for ``EdDSA`` or ``ES256``."""
    if alg == ES256:
        return generate_private_key(SECP256R1())
    if alg != EDDSA:
        raise KeyMalformedError("There is no algorithm %(alg)s here.", alg=alg)
    return Ed25519PrivateKey.generate()


def jwk_of(private: PrivateKey) -> dict[str, str]:
    """Return the public half as the bare JWK (RFC 8037 2, RFC 7518 6.2)."""
    if isinstance(private, Ed25519PrivateKey):
        raw = private.public_key().public_bytes_raw()
        return {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(raw)}
    numbers = private.public_key().public_numbers()
    x, y = (encode_base64url(n.to_bytes(32, "big")) for n in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def alg_of(jwk: Jwk) -> str:
    """Return the one algorithm a key may be used with. Raises ``KeyMalformedError``."""
    alg = _ALGS.get((str(jwk.get("kty")), str(jwk.get("crv"))))
    if alg is None:
        raise KeyMalformedError("The key is neither Ed25519 nor P-256.")
    return alg


def parse_jwk(value: Mapping[str, object]) -> dict[str, str]:
    """Return a bare public JWK, checked. Raises ``KeyMalformedError``.

    A key with further members is refused: a private one must never pass for public.
    """
    jwk = {name: text for name, text in value.items() if isinstance(text, str)}
    alg_of(jwk)
    if set(value) != set(_REQUIRED[jwk["kty"]]) or len(jwk) != len(value):
        raise KeyMalformedError("The key has not exactly the members it needs.")
    load_jwk(jwk)
    return jwk


def raw_of(jwk: Jwk) -> bytes:
    """Return a bare JWK's bytes: 32 (Ed25519) or 64 (P-256, x ‖ y)."""
    return b"".join(decode_base64url(jwk[name]) for name in ("x", "y") if name in jwk)


def thumbprint(jwk: Jwk) -> str:
    """Return the SHA-256 thumbprint in base64url (RFC 7638 3, RFC 8037 2)."""
    required = {name: jwk[name] for name in _REQUIRED[jwk["kty"]]}
    return encode_base64url(hashlib.sha256(canonical_json(required)).digest())


def load_jwk(jwk: Jwk) -> Ed25519PublicKey | EllipticCurvePublicKey:
    """Return the key to verify with. Raises ``KeyMalformedError``."""
    return _load(alg_of(jwk), str(jwk.get("x", "")), str(jwk.get("y", "")))


def vkey_of(name: str, jwk: Jwk) -> str:
    """Return the verifier key of a C2SP signed note: ``name+hash+base64``.

    The hash is the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key).
    """
    typed = b"\x01" + raw_of(jwk)  # 0x01: Ed25519
    key_hash = hashlib.sha256(name.encode() + b"\n" + typed).digest()[:4]
    return f"{name}+{key_hash.hex()}+{base64.b64encode(typed).decode('ascii')}"


@lru_cache(maxsize=256)
def _load(alg: str, x: str, y: str) -> Ed25519PublicKey | EllipticCurvePublicKey:
    try:
        if alg == EDDSA:
            return _load_ed25519(decode_base64url(x))
        point = b"\x04" + decode_base64url(x) + decode_base64url(y)
        return EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
    except ValueError:
        raise KeyMalformedError("The public key is not a point of its curve.") from None


def _load_ed25519(raw: bytes) -> Ed25519PublicKey:
    y = int.from_bytes(raw, "little") & (1 << 255) - 1  # without the sign of x
    if y in _SMALL_ORDER:
        raise ValueError("a point of small order")
    return Ed25519PublicKey.from_public_bytes(raw)


def _verify(
    key: Ed25519PublicKey | EllipticCurvePublicKey,
    alg: str,
    message: bytes,
    signature: bytes,
) -> bool:
    try:
        if isinstance(key, Ed25519PublicKey):
            key.verify(signature, message)
            return alg == EDDSA
        r, s = (int.from_bytes(half, "big") for half in _halves(signature))
        key.verify(encode_dss_signature(r, s), message, ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return alg == ES256


def in_range(alg: str, signature: bytes) -> bool:
    """Return whether a 64-byte signature's numbers lie inside the group."""
    r, s = _halves(signature)
    if alg == EDDSA:
        return int.from_bytes(s, "little") < ED25519_ORDER
    return all(0 < int.from_bytes(half, "big") < P256_ORDER for half in (r, s))


def _halves(signature: bytes) -> tuple[bytes, bytes]:
    return signature[:32], signature[32:]


def encode_base64url(data: bytes) -> str:
    """Return base64url without padding (RFC 7515 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_base64url(text: str) -> bytes:
    """Return the bytes of the one spelling of base64url without padding.

    Raises ``ValueError`` for padding, other characters and stray last bits.
    """
    data = base64.b64decode(f"{text}{'=' * (-len(text) % 4)}", b"-_", validate=True)
    if encode_base64url(data) != text:
        raise ValueError("not the canonical base64url")
    return data


_ALGS = {("OKP", "Ed25519"): EDDSA, ("EC", "P-256"): ES256}
_REQUIRED = {
    "EC": ("crv", "kty", "x", "y"),
    "OKP": ("crv", "kty", "x"),
    "RSA": ("e", "kty", "n"),
}
