"""What is refused about parties' keys and their confirmations."""

from traceability.core.errors import (
    ConflictError,
    ForbiddenError,
    GoneError,
    NotFoundError,
)


class PartyKeyNotFoundError(NotFoundError):
    """There is no such key, or not for this caller."""

    code = "party-key-not-found"


class PartyKeyStateError(ConflictError):
    """The key is in a state that does not allow this."""

    code = "party-key-state"


class PartyNameError(ConflictError):
    """A party whose name is private, or that is closed, holds no public key."""

    code = "party-unnamed"


class TwoPersonsError(ForbiddenError):
    """Who asked for a key does not admit it."""

    code = "two-persons"


class ConfirmationNotFoundError(NotFoundError):
    """There is nothing here for this party to confirm or to sign."""

    code = "confirmation-not-found"


class PreparedExpiredError(GoneError):
    """What was prepared to be signed has grown too old."""

    code = "prepared-expired"


class ConfirmationStaleError(ConflictError):
    """The record, or the party's word on it, changed since it was looked at."""

    code = "confirmation-stale"


class PartyKeyMissingError(ConflictError):
    """The party has no key in the trust list that counts now."""

    code = "party-key-missing"
