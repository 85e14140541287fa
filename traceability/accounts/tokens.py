"""Random tokens: shown once to whoever holds them, kept here as SHA-256 only."""

import hashlib
import secrets

from traceability.core.ids import new_id

KEY_PREFIX = "tx"
PREFIX_LENGTH = 8
_BYTES = 32  # 256 random bits need no slow hash


def new_token() -> str:
    """Return 256 random bits in base64url."""
    return secrets.token_urlsafe(_BYTES)


def new_api_key() -> tuple[str, str]:
    """Return a key's public prefix and the whole key: ``tx_<prefix>_<secret>``."""
    prefix = new_id()[:PREFIX_LENGTH]
    return prefix, f"{KEY_PREFIX}_{prefix}_{new_token()}"


def token_digest(token: str) -> str:
    """Return SHA-256 of a token, lower-case hex."""
    return hashlib.sha256(token.encode()).hexdigest()
