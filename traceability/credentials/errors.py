"""What the room refuses with."""

from traceability.core.errors import NotFoundError


class CredentialNotFoundError(NotFoundError):
    """No credential of this kind is derived from this record."""

    code = "credential-not-found"
