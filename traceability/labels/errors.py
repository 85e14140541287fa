"""Why a serial, a seal, a sheet or a run is refused: one code for each reason."""

from traceability.core.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    TooLargeError,
)


class SerialMalformedError(InvalidError):
    """The text is no serial of ours: 13 upper-case Crockford characters."""

    code = "serial-malformed"


class SerialForeignError(ConflictError):
    """The serial is none of this run's."""

    code = "serial-foreign"


class SealRefusedError(InvalidError):
    """A seal is not accepted; each subclass says why."""

    code = "seal-refused"


class SealLengthError(SealRefusedError):
    """The seal is shorter than 200 digits."""

    code = "seal-length"


class SealTrailingError(SealRefusedError):
    """Something follows the seal's 200 digits."""

    code = "seal-trailing"


class SealDigitError(SealRefusedError):
    """The seal holds something else than the ASCII digits 0 to 9."""

    code = "seal-not-digits"


class SealOverflowError(SealRefusedError):
    """The digits stand for a number that 83 bytes cannot hold."""

    code = "seal-overflow"


class SealVersionError(SealRefusedError):
    """The seal is of a version that we do not know."""

    code = "seal-version"


class SealStarsError(SealRefusedError):
    """The seal speaks of stars that do not exist."""

    code = "seal-stars"


class SealFlagsError(SealRefusedError):
    """The seal sets flags that version 1 does not define."""

    code = "seal-flags"


class SealKeyError(SealRefusedError):
    """The seal was made with another key, or the key is no Ed25519 key."""

    code = "seal-key"


class SealSignatureError(SealRefusedError):
    """The seal's signature does not fit this link and these facts."""

    code = "seal-signature"


class SealScopeError(SealRefusedError):
    """Lot or serial hold characters outside 0-9, A-Z and the hyphen."""

    code = "seal-scope"


class SealLinkTooLongError(SealRefusedError):
    """The link is too long for a sealed symbol of version 8."""

    code = "seal-link-too-long"


class SealFactError(SealRefusedError):
    """A date or number does not fit its field in the seal."""

    code = "seal-fact"


class LabelTooSmallError(InvalidError):
    """The label cannot hold its symbol or its text at a readable size."""

    code = "label-too-small"


class StockUnknownError(InvalidError):
    """There is no stock of this name."""

    code = "stock-unknown"


class ReadBackError(ConflictError):
    """A symbol of a rendered sheet does not read as it was meant."""

    code = "read-back-failed"


class RunCountError(InvalidError):
    """A run has at least one label."""

    code = "run-count"


class RunTooLargeError(InvalidError):
    """More labels were asked for than one run may have."""

    code = "run-too-large"


class RunRefusedError(ConflictError):
    """The batch's state allows no labels."""

    code = "run-refused"


class RunBlankError(ConflictError):
    """The stamps are blank: no one lot is theirs."""

    code = "run-blank"


class RunNotFoundError(NotFoundError):
    """There is no such label run, or not for this caller."""

    code = "run-not-found"


class SequenceExhaustedError(TooLargeError):
    """The product has no serial numbers left."""

    code = "sequence-exhausted"


class BindingRangeError(ConflictError):
    """The range does not lie within one run of blank stamps of this product."""

    code = "binding-range"


class BindingTakenError(ConflictError):
    """Some of these stamps are bound already."""

    code = "binding-taken"


class BindingVoidError(ConflictError):
    """Some of these stamps were made void."""

    code = "binding-void"


class BindingRefusedError(ConflictError):
    """The batch's state allows no stamps to be bound to it."""

    code = "binding-refused"


class VoidReasonError(InvalidError):
    """Labels are made void for a reason, and it is said."""

    code = "void-reason"


class VoidRangeError(ConflictError):
    """The range holds numbers that were never printed for this batch."""

    code = "void-range"
