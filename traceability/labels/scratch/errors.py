"""Why scratch codes are not made, not delivered again, or not opened."""

from traceability.core.errors import ConflictError, InvalidError, NotFoundError


class ScratchKindError(InvalidError):
    """Labels without a number of their own cannot have a scratch code each."""

    code = "scratch-kind"


class ScratchAbsentError(NotFoundError):
    """This label has no scratch code that could be opened."""

    code = "scratch-absent"


class ScratchDeliveredError(ConflictError):
    """The scratch codes of this run were delivered; nobody has them twice."""

    code = "scratch-delivered"


class ScratchVoidError(ConflictError):
    """Every label of the run is void: it needs no codes."""

    code = "scratch-void"


class ScratchTooManyError(ConflictError):
    """The run is too large for the page; the command makes its codes."""

    code = "scratch-too-many"


class ScratchRecipientError(InvalidError):
    """Codes are delivered to somebody, and it is said to whom."""

    code = "scratch-recipient"


class ScratchPasswordError(InvalidError):
    """The file's password is none that this service made up."""

    code = "scratch-password"


class ScratchCodeMalformedError(InvalidError):
    """The text is no scratch code: eight characters, no U."""

    code = "scratch-code-malformed"
