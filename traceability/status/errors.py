"""Why a list of status is not given out, or not accepted."""

from traceability.core.errors import InvalidError, NotFoundError


class StatusListNotFoundError(NotFoundError):
    """The log has no entry yet that such a list would speak of."""

    code = "status-list-not-found"


class StatusListMalformedError(InvalidError):
    """What is presented is no status list of ours."""

    code = "status-list-malformed"


class StatusListTooLargeError(InvalidError):
    """The list is longer than any of ours."""

    code = "status-list-too-large"


class StatusListPurposeError(InvalidError):
    """The list says another purpose than its address."""

    code = "status-list-purpose"


class StatusListEncodingError(InvalidError):
    """The list's bits are not one whole GZIP stream in base64url."""

    code = "status-list-encoding"


class StatusListSizeError(InvalidError):
    """The list holds fewer or more bits than every list of ours."""

    code = "status-list-size"
