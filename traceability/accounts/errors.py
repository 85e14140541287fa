"""What accounts refuses, each with a permanent code."""

from traceability.core.errors import (
    ConflictError,
    DomainError,
    InvalidError,
    NotFoundError,
    UnauthorizedError,
)


class OrganisationNotFoundError(NotFoundError):
    """No organisation has this id."""

    code = "organisation-not-found"


class PersonNotFoundError(NotFoundError):
    """No person has this id, or not for this caller."""

    code = "person-not-found"


class ApiKeyNotFoundError(NotFoundError):
    """No API key has this id, or not for this caller."""

    code = "api-key-not-found"


class LoginTakenError(ConflictError):
    """Somebody already signs in with this name."""

    code = "login-taken"


class LoginInvalidError(InvalidError):
    """The sign-in name is neither like an e-mail address nor like a phone number."""

    code = "login-invalid"


class PasswordWeakError(InvalidError):
    """The password is too short, too long, or the sign-in name itself."""

    code = "password-weak"


class RoleMismatchError(InvalidError):
    """People of this kind of organisation cannot have this role."""

    code = "role-mismatch"


class SignInFailedError(UnauthorizedError):
    """Name and password do not belong together, or the account is closed."""

    code = "sign-in-failed"


class TooManyTriesError(DomainError):
    """Too many sign-ins failed in a short time."""

    code = "too-many-tries"
    status = 429


class ApiKeyRefusedError(UnauthorizedError):
    """The key is unknown, expired or revoked."""

    code = "api-key-refused"


class ExpiryPastError(InvalidError):
    """A key would already have expired."""

    code = "expiry-past"


class OwnAccountError(ConflictError):
    """Nobody closes the account they are working with."""

    code = "own-account"


class ScopeNotOfferedError(InvalidError):
    """Nobody gives a program more than their own role allows."""

    code = "scope-not-offered"
