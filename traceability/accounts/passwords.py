"""Passwords as Argon2id hashes (RFC 9106)."""

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from traceability.accounts.errors import PasswordWeakError

MIN_LENGTH = 10
MAX_LENGTH = 200
_hasher = PasswordHasher()


def hash_password(password: str, *, login: str) -> str:
    """Return the hash to store. Raises ``PasswordWeakError``."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise PasswordWeakError(
            "The password needs %(least)s to %(most)s characters.",
            field="password",
            least=MIN_LENGTH,
            most=MAX_LENGTH,
        )
    if password.lower() == login or len(set(password)) < MIN_LENGTH // 3:
        raise PasswordWeakError("This password is too easy to guess.", field="password")
    return _hasher.hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Return whether the password is right; without a hash, take as long and say no."""
    try:
        _hasher.verify(stored or _nobodys_hash(), password)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_hex(16))


def new_password() -> str:
    """Return a fresh password that can be read out: five groups of four."""
    alphabet = "abcdefghjkmnpqrstuvwxyz23456789"
    letters = [secrets.choice(alphabet) for _ in range(20)]
    return "-".join("".join(letters[at : at + 4]) for at in range(0, 20, 4))
