"""Refusals of this room; every code is permanent and names the rule it stands for."""

from traceability.core.errors import ConflictError, InvalidError, NotFoundError


class BatchNotFoundError(NotFoundError):
    """There is no such batch, or it is somebody else's."""

    code = "batch-not-found"


class LotTakenError(ConflictError):
    """The producer already has a batch with this lot number for this product."""

    code = "batch-lot-taken"


class LotFormatError(InvalidError):
    """A lot issued here has up to 20 of the characters 0-9, A-Z and the hyphen."""

    code = "batch-lot-format"


class BatchIssuedError(ConflictError):
    """What is issued is neither edited nor deleted."""

    code = "batch-issued"


class BatchStateError(ConflictError):
    """The batch is in a state that does not allow this step."""

    code = "batch-state"


class ReasonMissingError(InvalidError):
    """A correction, hold or recall says why."""

    code = "reason-missing"


class DateRangeError(InvalidError):
    """The day lies outside the years that records and seals can express."""

    code = "batch-date-range"


class FutureDateError(InvalidError):
    """Nothing is harvested, produced or packed on a day to come."""

    code = "batch-date-future"


class PackingBeforeHarvestError(InvalidError):
    """Harvest or production comes before packing."""

    code = "batch-harvest-after-packing"


class ExpiryBeforePackingError(InvalidError):
    """A lot does not expire before it is packed."""

    code = "batch-expiry-before-packing"


class BestBeforeError(InvalidError):
    """Best before lies between packing and expiry."""

    code = "batch-best-before-order"


class InputLaterError(InvalidError):
    """A lot is not made of something that came after it."""

    code = "batch-input-later"


class InputUnitError(InvalidError):
    """The unit cannot be compared with the one the source lot is kept in."""

    code = "batch-input-unit"


class InputShapeError(InvalidError):
    """An input is either a lot or a described outside source."""

    code = "batch-input-shape"


class SourceNotFoundError(NotFoundError):
    """No lot answers to this link or number, or it is somebody else's draft."""

    code = "source-not-found"


class SourceNotUsableError(ConflictError):
    """Only an issued lot that is neither held nor recalled can be used up."""

    code = "source-not-usable"


class CycleError(ConflictError):
    """A lot would be made of itself."""

    code = "cycle"


class TooDeepError(InvalidError):
    """The way back to the field has more steps than anyone follows."""

    code = "genealogy-too-deep"


class MassBalanceError(ConflictError):
    """More comes out than went in, or a source gives more than it had."""

    code = "mass-balance"


class ChainOrderError(ConflictError):
    """Steps were recorded in an order that no chain of the product has."""

    code = "chain-order"


class WithdrawalDaysError(ConflictError):
    """A harvest came before the days of withdrawal were over."""

    code = "withdrawal-days"


class OverrideReasonError(InvalidError):
    """An exception from a rule needs a reason that says something."""

    code = "override-reason-short"


class RecordUnreadableError(InvalidError):
    """The claims are not those of a batch record."""

    code = "record-unreadable"


class ProductRetiredError(ConflictError):
    """No new batches of a product that is no longer made."""

    code = "product-retired"


class DayInvalidError(InvalidError):
    """There is no such calendar day."""

    code = "day-invalid"


class SourceUnknownError(InvalidError):
    """A form names a lot that is not there for this producer."""

    code = "source-unknown"
