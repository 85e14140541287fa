"""What is refused about recognitions."""

from traceability.core.errors import (
    ConflictError,
    ForbiddenError,
    InvalidError,
    NotFoundError,
)


class RecognitionNotFoundError(NotFoundError):
    """No recognition has this id."""

    code = "recognition-not-found"


class RecognitionTakenError(ConflictError):
    """The decision already recognises this product, or the certificate is in use."""

    code = "recognition-taken"


class RecognitionDatesError(InvalidError):
    """A day lies where it cannot."""

    code = "recognition-dates"


class WithdrawnBeforeError(ConflictError):
    """The recognition was withdrawn before."""

    code = "recognition-withdrawn"


class IntermediateProductError(InvalidError):
    """Semi-finished products are not rated."""

    code = "rating-intermediate"


class OfficerOnlyError(ForbiddenError):
    """Only an officer enters recognitions, and changes those of the own authority."""

    code = "officer-only"
