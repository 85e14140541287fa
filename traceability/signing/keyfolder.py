"""The key folder as it is read: what signs, what verifies, what is wrong."""

from datetime import datetime
from pathlib import Path

from traceability.core.identity import Identity
from traceability.signing.errors import KeyNotFoundError, SignerDownError
from traceability.signing.keyfiles import KeyDamageError, LocalMac
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import KeyRole, LocalSigner
from traceability.signing.loading import TRUST_LIST_JWS, Opened, open_folder
from traceability.signing.trust_list import TrustList

Stamp = tuple[int, int, int]


class KeyFolder:
    """The key folder. Another process's change is seen at the next use."""

    def __init__(
        self, folder: Path, passphrase: str | None, identity: Identity
    ) -> None:
        self.folder = folder
        self.identity = identity
        self._stamped = folder / TRUST_LIST_JWS
        self._passphrase = passphrase
        self._found: tuple[Stamp | None, Opened | str] | None = None

    @property
    def passphrase(self) -> str:
        """Return the pass phrase of the private keys; empty where there is none."""
        return self._passphrase or ""

    @property
    def exists(self) -> bool:
        """Return whether keys were ever made here."""
        return (self.folder / TRUST_LIST_JWS).exists()

    @property
    def state(self) -> str | None:
        """Return why nothing can be signed, or nothing if all is well."""
        opened = self._look()
        return opened if isinstance(opened, str) else opened.damage

    @property
    def broken(self) -> tuple[str, ...]:
        """Return the roles of the keys that are at fault, for all to know."""
        opened = self._look()
        return ("trust-list",) if isinstance(opened, str) else opened.broken

    def fault(self, now: datetime) -> str | None:
        """Return ``state``, or that verifiers no longer take the trust list."""
        if self.state is None and self.trust_list.expired(now):
            return "the trust list has expired: run `traceability keys renew`"
        return self.state

    @property
    def trust_list(self) -> TrustList:
        """Return the current list. Raises ``SignerDownError`` if it is unreadable."""
        return self._opened().trust_list

    @property
    def trust_list_jws(self) -> str:
        """Return the current list as it was signed."""
        return self._opened().token

    @property
    def ring(self) -> KeyRing:
        """Return the public keys."""
        return self.trust_list.ring

    @property
    def vkey(self) -> str:
        """Return the verifier key of the log's signed notes."""
        return self.trust_list.log_vkey

    @property
    def vkeys(self) -> list[str]:
        """Return the log's verifier keys, the one that signs now first."""
        return self.trust_list.log_vkeys

    def signer(self, role: KeyRole) -> LocalSigner:
        """Return the key that signs in this role. Raises ``SignerDownError``."""
        opened = self._opened()
        if opened.damage is not None:
            raise down(opened.damage)
        signer = opened.signers.get(role)
        if signer is None:
            raise down(f"the {role.value} key is not in the folder")
        return signer

    def mac(self, role: KeyRole, key_id: str | None = None) -> LocalMac:
        """Return a secret key, the newest of its role if none is named.

        Reading labels needs it too, so that damage elsewhere does not matter. Raises
        ``SignerDownError``, ``KeyNotFoundError``.
        """
        opened = self._opened()
        ids = [one.key_id for one in opened.trust_list.mac_keys if one.role is role]
        wanted = key_id if key_id is not None else ids[-1] if ids else ""
        if wanted not in ids:
            raise KeyNotFoundError("There is no key %(key)s here.", key=wanted)
        if wanted not in opened.macs:
            raise down(opened.damage or "")
        return opened.macs[wanted]

    def _look(self) -> Opened | str:
        stamp = self._stamp()
        found = self._found  # threads share it: look once
        if found is None or found[0] != stamp:
            found = self._found = (stamp, self._read())
        return found[1]

    def _read(self) -> Opened | str:
        try:
            return open_folder(self.folder, self._passphrase, self.identity)
        except KeyDamageError as damage:
            return str(damage)

    def _stamp(self) -> Stamp | None:
        try:
            found = self._stamped.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _opened(self) -> Opened:
        opened = self._look()
        if isinstance(opened, str):
            raise down(opened)
        return opened


def down(reason: str) -> SignerDownError:
    """Return the refusal to sign, with its reason."""
    return SignerDownError(
        "This service cannot sign at the moment: %(reason)s.", reason=reason
    )
