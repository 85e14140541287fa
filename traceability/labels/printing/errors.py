"""Why a run cannot be had as a file, or not yet."""

from traceability.core.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    UnavailableError,
)


class PrintTaskNotFoundError(NotFoundError):
    """There is no such print task, or not for this caller."""

    code = "print-task-not-found"


class FormatUnknownError(InvalidError):
    """There is no format of this name."""

    code = "format-unknown"


class PrintNotReadyError(ConflictError):
    """The file is not made yet, or no longer kept."""

    code = "print-not-ready"


class PrintLostError(ConflictError):
    """The finished file vanished from the archive, or was altered there."""

    code = "print-lost"


class PrintLimitError(ConflictError):
    """The organisation has as many unfinished files as it may have."""

    code = "print-limit"


class PrintOverError(ConflictError):
    """The print task has ended; there is nothing to cancel."""

    code = "print-over"


class ArchiveError(UnavailableError):
    """The archive could not be written."""

    code = "archive-down"


class ArchiveFullError(ConflictError):
    """The disk has no room for the file and the parts it is made of."""

    code = "archive-full"


class PartAlteredError(ConflictError):
    """What a worker made is no longer in the archive as it was made."""

    code = "print-part-altered"


class PrintBrokenError(ConflictError):
    """The run could not be printed for a reason that the service did not foresee."""

    code = "print-broken"
