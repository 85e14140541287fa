"""One error hierarchy: every refusal has a permanent kebab-case code and a status."""

from typing import ClassVar


class DomainError(Exception):
    """A refusal that says what is wrong and, where it can, which field.

    ``message`` is an English msgid; ``params`` fill its ``%(name)s`` placeholders.
    """

    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500

    def __init__(
        self, message: str, *, field: str | None = None, **params: object
    ) -> None:
        super().__init__(message % params if params else message)
        self.message = message
        self.field = field
        self.params = params


class BadRequestError(DomainError):
    """The request cannot be read at all."""

    code = "bad-request"
    status = 400


class UnauthorizedError(DomainError):
    """Nobody is signed in, or the key is unknown."""

    code = "unauthorized"
    status = 401


class ForbiddenError(DomainError):
    """The caller is known but may not do this."""

    code = "forbidden"
    status = 403


class NotFoundError(DomainError):
    """There is no such thing, or not for this caller."""

    code = "not-found"
    status = 404


class ConflictError(DomainError):
    """The request is sound but the state of things refuses it."""

    code = "conflict"
    status = 409


class GoneError(DomainError):
    """It existed and was taken back."""

    code = "gone"
    status = 410


class TooLargeError(DomainError):
    """The body, file or number is over its limit."""

    code = "too-large"
    status = 413


class UnsupportedError(DomainError):
    """The file or content type is not accepted."""

    code = "unsupported-media"
    status = 415


class InvalidError(DomainError):
    """The request was read; a value in it is not acceptable."""

    code = "invalid"
    status = 422


class UnavailableError(DomainError):
    """The service cannot do this now and says why."""

    code = "unavailable"
    status = 503
