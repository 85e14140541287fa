"""Why a serial, a seal, a sheet or a run is refused: one code for each reason."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """A kind of label, a stock and a resolution with which the same label would fit."""

    kind: str
    stock_id: str
    dpi: int


class LabelTooSmallError(InvalidError):
    """The label cannot hold its symbol or its text at a readable size."""

    code = "label-too-small"
    alternatives: tuple[Alternative, ...] = ()


class DesignFieldsError(InvalidError):
    """A label's fields: each once, and those that always stay."""

    code = "design-fields"


class DesignNotFoundError(NotFoundError):
    """There is no such design, or not for this producer."""

    code = "design-not-found"


class DesignNameError(InvalidError):
    """A design has a name that tells it from the others."""

    code = "design-name"


class DesignNameTakenError(ConflictError):
    """The producer has a design of this name already."""

    code = "design-name-taken"


class LabelFieldsMissingError(InvalidError):
    """The pack's label lacks what the law asks, and nothing else says it."""

    code = "label-fields-missing"


class LabelFieldsUnfitError(LabelTooSmallError):
    """What the law asks of the pack's label finds no room on it."""

    code = "label-fields-unfit"


class StockUnknownError(InvalidError):
    """There is no stock of this name."""

    code = "stock-unknown"


class StockNotFoundError(NotFoundError):
    """There is no such stock, or not for this caller."""

    code = "stock-not-found"


class StockMeasureError(InvalidError):
    """Labels of these measures would overlap or leave their page."""

    code = "stock-measure"


class PrinterUnknownError(InvalidError):
    """No printer of this name was measured for this stock."""

    code = "printer-unknown"


class PrinterTakenError(ConflictError):
    """The same printer was measured for the same stock at the same moment."""

    code = "printer-taken"


class SetupError(InvalidError):
    """A setting of the printer is out of its range or does not suit the stock."""

    code = "setup-range"


class SetupOffPageError(SetupError):
    """With this calibration labels would leave the page."""

    code = "setup-off-page"


class ReadBackError(ConflictError):
    """A symbol of a rendered sheet does not read as it was meant."""

    code = "read-back-failed"


class SymbolMismatchError(ConflictError):
    """A symbol drawn by tables differs from the one that ``qrcode`` draws."""

    code = "symbol-mismatch"


class RunCountError(InvalidError):
    """A run has at least one label."""

    code = "run-count"


class RunTooLargeError(InvalidError):
    """More labels were asked for than one run may have."""

    code = "run-too-large"


class RunRefusedError(ConflictError):
    """The batch's state allows no labels."""

    code = "run-refused"


class ClaimLapsedError(ConflictError):
    """A run's labels say something that is true no more."""

    code = "claim-lapsed"


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


class WitnessMissingError(InvalidError):
    """Many labels, destroyed ones and spoiled ones need a second person's name."""

    code = "witness-missing"


class QuotaExceededError(ConflictError):
    """The organisation's quota of labels does not reach for this run."""

    code = "label-quota"


class OverPrintingError(ConflictError):
    """The lot would have more labels than packs, and nobody says why."""

    code = "over-printing"


class AppliedRangeError(ConflictError):
    """Some of the labels were applied before."""

    code = "applied-range"


class AppliedDayError(InvalidError):
    """Labels are not applied on a day to come, nor before they were made."""

    code = "applied-day"


class ReprintRefusedError(ConflictError):
    """These labels cannot be printed once more with the same numbers."""

    code = "reprint-refused"


class ReprintNotFoundError(NotFoundError):
    """There is no such second printing, or not for this caller."""

    code = "reprint-not-found"
