"""Refusals of this room."""

from traceability.core.errors import (
    BadRequestError,
    DomainError,
    NotFoundError,
    TooLargeError,
)


class LinkTypeUnknownError(NotFoundError):
    """What the link names has no link of the wished type."""

    code = "link-type-not-found"


class CodeUnknownError(NotFoundError):
    """Nothing is registered under this link."""

    code = "code-not-found"


class CodeUnreadableError(BadRequestError):
    """The text is no link, no element string and no GTIN."""

    code = "code-unreadable"


class ReportNotFoundError(NotFoundError):
    """There is no such report, or it is somebody else's."""

    code = "report-not-found"


class ReportTooLargeError(TooLargeError):
    """The form holds more than any report needs."""

    code = "report-too-large"


class TooManyReportsError(DomainError):
    """This code was reported very often just now."""

    code = "too-many-reports"
    status = 429
