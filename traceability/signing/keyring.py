"""Which key may vouch for what, and when."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from traceability.signing.errors import (
    KeyExpiredError,
    KeyNotYetValidError,
    KeyRevokedError,
    KeyRoleError,
    KeyUnknownError,
    TrustListMalformedError,
)
from traceability.signing.keys import KeyRole, PublicKey


class KeyRing:
    """The public keys of one trust list."""

    def __init__(self, keys: Iterable[PublicKey]) -> None:
        """Index the keys. Raises ``TrustListMalformedError`` where two share an id."""
        listed = list(keys)
        seals = [key for key in listed if key.role is KeyRole.SEAL]
        self._keys = {key.kid: key for key in listed}
        self._seals = {key.key_id4: key for key in seals}
        if len(self._keys) != len(listed) or len(self._seals) != len(seals):
            raise TrustListMalformedError("Two keys have the same id.")

    def __iter__(self) -> Iterator[PublicKey]:
        return iter(self._keys.values())

    def knows(self, kid: str) -> bool:
        """Return whether the list names this key, in whatever state."""
        return kid in self._keys

    def key(self, kid: str) -> PublicKey:
        """Return a key whatever its state. Raises ``KeyUnknownError``."""
        key = self._keys.get(kid)
        if key is None:
            raise KeyUnknownError("No trusted list names the key %(kid)s.", kid=kid)
        return key

    def valid(
        self, kid: str, role: KeyRole, at: datetime, log_index: int | None
    ) -> PublicKey:
        """Return the key if its signature of that time counts.

        ``log_index`` is where the signature is proven to stand in the log: only that
        shows that it is older than a revocation, for a thief can back-date ``at``.
        Raises ``KeyUnknownError``, ``KeyRoleError``, ``KeyRevokedError``,
        ``KeyNotYetValidError``, ``KeyExpiredError``.
        """
        key = self.key(kid)
        if key.role is not role:
            raise KeyRoleError("The key is trusted for something else.")
        _refuse_revoked(key, log_index)
        if at < key.not_before:
            raise KeyNotYetValidError("The signature is older than its key.")
        if key.not_after is not None and at >= key.not_after:
            raise KeyExpiredError("The signature was made after its key had ended.")
        return key

    def seal_key(self, kid4: bytes, *, logged_at: int | None = None) -> PublicKey:
        """Return the seal key with this four-byte id.

        A revoked one only where the label run is proven to stand in the log, at
        ``logged_at``, before the revocation; the index inside the seal proves nothing.
        Raises ``KeyUnknownError``, ``KeyRevokedError``.
        """
        key = self._seals.get(kid4)
        if key is None:
            raise KeyUnknownError(
                "No trusted list names the seal key %(kid)s.", kid=kid4.hex()
            )
        _refuse_revoked(key, logged_at)
        return key


def _refuse_revoked(key: PublicKey, log_index: int | None) -> None:
    if key.revoked_at is None:
        return
    if log_index is None or log_index >= key.revoked_at:
        raise KeyRevokedError("The key was revoked, and this was not logged before.")
