"""A key as signed lists write it, and the plain values it is made of."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from traceability.signing.errors import KeyMalformedError
from traceability.signing.keys import (
    KeyRole,
    KeyStatus,
    PublicKey,
    alg_of,
    parse_jwk,
    thumbprint,
)


def key_json(key: PublicKey) -> dict[str, Any]:
    """Return a key's entry."""
    return {
        "kid": key.kid,
        "role": key.role.value,
        "party": key.party,
        "alg": key.alg,
        "jwk": dict(key.jwk),
        "not_before": instant_text(key.not_before),
        "not_after": None if key.not_after is None else instant_text(key.not_after),
        "status": key.status.value,
        "revoked_at": key.revoked_at,
    }


def parse_key(value: Mapping[str, Any]) -> PublicKey:
    """Read what ``key_json`` wrote.

    Raises ``KeyMalformedError``, ``KeyError``, ``TypeError``, ``ValueError``.
    """
    jwk = parse_jwk(as_object(value["jwk"]))
    kid, alg = as_text(value["kid"]), as_text(value["alg"])
    if alg != alg_of(jwk) or not kid.endswith(f"#{thumbprint(jwk)}"):
        raise KeyMalformedError("The key's id or algorithm is not that of its bytes.")
    not_after, revoked_at = value["not_after"], value["revoked_at"]
    return PublicKey(
        kid=kid,
        alg=alg,
        role=KeyRole(value["role"]),
        party=as_text(value["party"]),
        jwk=jwk,
        not_before=parse_instant(value["not_before"]),
        not_after=None if not_after is None else parse_instant(not_after),
        status=KeyStatus(value["status"]),
        revoked_at=None if revoked_at is None else as_whole(revoked_at),
    )


def instant_text(instant: datetime) -> str:
    """Return an aware instant as ``2026-11-22T03:04:05Z``."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_instant(text: str) -> datetime:
    """Read what ``instant_text`` wrote. Raises ``ValueError``."""
    instant = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    if instant_text(instant) != text:
        raise ValueError("not our spelling of an instant")
    return instant


def as_whole(value: object) -> int:
    """Return a whole number from 0 on. Raises ``TypeError``."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError("not a whole number")
    return value


def as_text(value: object) -> str:
    """Return a text. Raises ``TypeError``."""
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def as_list(value: object) -> list[Any]:
    """Return a list. Raises ``TypeError``."""
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def as_object(value: object) -> dict[str, Any]:
    """Return an object. Raises ``TypeError``."""
    if not isinstance(value, dict):
        raise TypeError("not an object")
    return value
