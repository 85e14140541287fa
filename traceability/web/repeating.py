"""Answer a repeated POST as the first one: the Idempotency-Key of API requests."""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from traceability.core.errors import ConflictError, InvalidError
from traceability.web.context import services
from traceability.web.submitting import own_organisation

HEADER = "Idempotency-Key"
_KEY = re.compile(r"[!-~]{1,100}", re.ASCII)


class IdempotencyKeyInvalidError(InvalidError):
    """The Idempotency-Key is empty, too long or not ASCII."""

    code = "idempotency-key-invalid"


class KeyReuseError(InvalidError):
    """One Idempotency-Key stands for one request only."""

    code = "key-reuse"


class KeyBusyError(ConflictError):
    """The first request under this Idempotency-Key has just been answered."""

    code = "key-busy"


@dataclass(frozen=True, slots=True)
class Repeatable:
    """Who asks, under which key, and what exactly."""

    organisation_id: int
    key: str
    request_sha256: str

    @classmethod
    def of(
        cls, organisation_id: int, key: str, request_parts: Iterable[bytes]
    ) -> "Repeatable":
        """Read a header's key. Raises ``IdempotencyKeyInvalidError``."""
        if not _KEY.fullmatch(key):
            raise IdempotencyKeyInvalidError(
                "An Idempotency-Key has 1 to 100 visible ASCII characters."
            )
        digest = hashlib.sha256()
        for part in request_parts:
            digest.update(len(part).to_bytes(8) + part)
        return cls(organisation_id, key, digest.hexdigest())


@dataclass(frozen=True, slots=True)
class AnswerMemory:
    """Where answers are kept: ``accounts`` hands it in.

    ``claim`` returns an earlier answer, or takes the key for this transaction; it
    raises ``KeyReuseError``, and ``KeyBusyError`` where somebody else was first.
    """

    claim: Callable[[Session, Repeatable], Any | None]
    keep: Callable[[Session, Repeatable, Any], None]


def once(
    write: Callable[[Session], Any], *, secret: frozenset[str] = frozenset()
) -> Any:
    """Write in one transaction; the same request under the same key only once.

    ``write`` returns the body to answer as plain JSON (texts, numbers, lists, objects).
    Members named in ``secret`` are answered this once and kept nowhere: repeated, they
    are null. Without an Idempotency-Key each request is written.
    """
    key = request.headers.get(HEADER)
    if key is None:
        with services().database.transaction() as session:
            return write(session)
    asked = Repeatable.of(own_organisation(), key, _sent())
    try:
        return _repeated(asked, write, secret)
    except KeyBusyError:  # somebody else was first: that answer is there now
        return _repeated(asked, write, secret)


def _repeated(
    asked: Repeatable, write: Callable[[Session], Any], secret: frozenset[str]
) -> Any:
    use = services()
    memory = use.get(AnswerMemory)
    with use.database.transaction() as session:
        earlier = memory.claim(session, asked)
        if earlier is not None:
            return earlier
        body = write(session)
        kept = body
        if secret:
            kept = {**body, **dict.fromkeys(secret.intersection(body))}
        memory.keep(session, asked, kept)
        return body


def _sent() -> list[bytes]:
    """Return what makes a request the same: method, address, and all that was sent."""
    parts = [request.method.encode(), request.full_path.encode()]
    if request.mimetype != "multipart/form-data":
        return [*parts, request.get_data()]
    for name, value in sorted(request.form.items(multi=True)):
        parts += [name.encode(), value.encode()]
    for name, file in sorted(request.files.items(multi=True), key=lambda one: one[0]):
        content = file.stream.read()
        file.stream.seek(0)
        parts += [name.encode(), (file.filename or "").encode(), content]
    return parts
