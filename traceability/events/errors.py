"""What refuses an event, each with its permanent code."""

from traceability.core.errors import ConflictError, InvalidError, NotFoundError


class EventTakenError(ConflictError):
    """An event with this eventID was captured before."""

    code = "event-id-taken"


class EventNotFoundError(NotFoundError):
    """No event has this id, or not for this caller."""

    code = "event-not-found"


class KindUnknownError(InvalidError):
    """There is no such kind of event."""

    code = "event-kind-unknown"


class ChainUnknownError(NotFoundError):
    """There is no such chain."""

    code = "chain-unknown"


class KindElsewhereError(ConflictError):
    """What is meant is entered elsewhere: a place, a recall."""

    code = "event-kind-elsewhere"


class ActorKindError(ConflictError):
    """This kind of party does not do this kind of thing."""

    code = "event-actor"


class ElementMissingError(InvalidError):
    """An element that this kind of event needs is missing."""

    code = "element-missing"


class ElementUnknownError(InvalidError):
    """This kind of event has no such element."""

    code = "element-unknown"


class ElementInvalidError(InvalidError):
    """The value of an element is not of its type."""

    code = "element-invalid"


class EventFutureError(InvalidError):
    """It is said to happen after now."""

    code = "event-in-future"


class EventTooOldError(InvalidError):
    """It is said to have happened before anything here could."""

    code = "event-too-old"


class EventZoneError(InvalidError):
    """The time says no zone where one must be said."""

    code = "time-without-zone"


class LotUnknownError(InvalidError):
    """The lot is not the caller's, and was not received by the caller."""

    code = "event-lot-unknown"


class LotBornError(ConflictError):
    """The lot came into being already; an event of it is corrected, not repeated."""

    code = "lot-born"


class GrowingUnknownError(InvalidError):
    """There is no such crop or herd of the caller's."""

    code = "growing-unknown"


class ErrorDeclaredError(ConflictError):
    """The event was declared wrong before."""

    code = "event-declared-wrong"


class CaseCodeError(InvalidError):
    """The code of a case is neither an SSCC nor one of our own."""

    code = "case-code-invalid"
