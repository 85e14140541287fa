"""The keys of this service in a folder: made once, opened, changed."""

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from traceability.core.identity import Identity
from traceability.core.ports import Clock
from traceability.signing.changes import (
    current,
    empty_list,
    new_key,
    next_version,
    with_handover,
    with_key,
    with_mac_key,
    with_retired,
    with_revoked,
)
from traceability.signing.errors import (
    KeyChangeError,
    KeyNotFoundError,
    KeyStoreExistsError,
    SignerDownError,
)
from traceability.signing.keyfiles import (
    KeyDamageError,
    LocalMac,
    generate_mac,
    locked,
    make_private_folder,
    write_atomic,
    write_private,
    write_secret,
)
from traceability.signing.keyring import KeyRing
from traceability.signing.keys import (
    EDDSA,
    KeyRole,
    LocalSigner,
    PublicKey,
    generate_private,
    jwk_of,
)
from traceability.signing.loading import (
    NEEDED,
    PRIVATE,
    PUBLIC,
    TRUST_LIST_JWS,
    Opened,
    open_folder,
    private_path,
    public_path,
    secret_path,
)
from traceability.signing.passphrase import check_strength
from traceability.signing.trust_list import (
    TrustList,
    sign_trust_list,
    trust_list_json,
)

OVERLAP = timedelta(days=1)
RENEWAL = timedelta(days=200)  # before its end; half of a list's life
# Seals and notes are Ed25519 only.
_EITHER_ALG = (KeyRole.RECORD, KeyRole.ROOT, KeyRole.STATUS)

Change = Callable[[TrustList, datetime], TrustList | None]  # nothing: leave it
Stamp = tuple[int, int, int]


class KeyStore:
    """The key folder. Another process's change is seen at the next use."""

    def __init__(
        self, folder: Path, passphrase: str | None, identity: Identity
    ) -> None:
        self.folder = folder
        self.identity = identity
        self._passphrase = passphrase
        self._found: tuple[Stamp | None, Opened | str] | None = None

    @property
    def exists(self) -> bool:
        """Return whether keys were ever made here."""
        return (self.folder / TRUST_LIST_JWS).exists()

    def create(self, clock: Clock, *, alg: str = EDDSA) -> "KeyStore":
        """Make one key per role and version 1 of the trust list.

        ``alg`` is that of the record key. Raises ``KeyStoreExistsError``,
        ``PassphraseWeakError``.
        """
        passphrase = self._passphrase or ""
        check_strength(passphrase)
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / PUBLIC).mkdir(exist_ok=True)
        make_private_folder(self.folder / PRIVATE)
        with locked(self.folder):
            if self.exists:
                raise KeyStoreExistsError("The key folder holds keys already.")
            now = clock.now()
            trust_list = empty_list(self.identity, now)
            trust_list, root = self._grown(trust_list, KeyRole.ROOT, EDDSA, now)
            for role in NEEDED:
                chosen = alg if role is KeyRole.RECORD else EDDSA
                trust_list, _ = self._grown(trust_list, role, chosen, now)
            trust_list = self._grown_mac(trust_list, now)
            self._publish(next_version(trust_list, now), root)
        return self.open()

    def open(self) -> "KeyStore":
        """Read and check everything; ``state`` says what was wrong."""
        with suppress(OSError), locked(self.folder):  # the folder may be read-only
            opened = self._look()
            if isinstance(opened, Opened):
                self._derive(opened.trust_list)
        return self

    @property
    def state(self) -> str | None:
        """Return why nothing can be signed, or nothing if all is well."""
        opened = self._look()
        return opened if isinstance(opened, str) else opened.damage

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
            raise _down(opened.damage)
        signer = opened.signers.get(role)
        if signer is None:
            raise _down(f"the {role.value} key is not in the folder")
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
            raise _down(opened.damage or "")
        return opened.macs[wanted]

    def rotate(
        self,
        role: KeyRole,
        clock: Clock,
        *,
        alg: str | None = None,
        overlap: timedelta = OVERLAP,
    ) -> TrustList:
        """Make a new key for a role; the one before stays valid for the overlap.

        A new root is announced by the old one, in this version and, for verifiers that
        miss it, by a hand-over in each later one. Raises ``SignerDownError``,
        ``KeyChangeError``, ``SealKeyCollisionError``.
        """
        if alg not in (None, EDDSA) and role not in _EITHER_ALG:
            raise KeyChangeError("This role's keys are Ed25519.")

        def change(trust_list: TrustList, now: datetime) -> TrustList:
            if role is KeyRole.SERIAL:
                return self._grown_mac(trust_list, now)
            chosen = alg or _alg_now(trust_list, role)
            return self._grown(trust_list, role, chosen, now, overlap)[0]

        return self._change(clock, change)

    def retire(self, kid: str, clock: Clock) -> TrustList:
        """End a key that has a successor.

        Raises ``SignerDownError``, ``KeyUnknownError``, ``KeyInUseError``,
        ``KeyChangeError``.
        """
        return self._change(clock, lambda old, now: with_retired(old, kid, now))

    def revoke(self, kid: str, log_index: int, clock: Clock) -> TrustList:
        """Disown a stolen key's signatures from a log index on.

        If it signs now, its successor is made in the same version. Raises as
        ``retire``.
        """

        def change(trust_list: TrustList, now: datetime) -> TrustList:
            key = trust_list.ring.key(kid)
            revoked = with_revoked(trust_list, kid, log_index, now)
            if current(trust_list, key.role) == key:
                revoked, _ = self._grown(revoked, key.role, key.alg, now)
            return revoked

        return self._change(clock, change)

    def renew(self, clock: Clock) -> TrustList:
        """Sign the same keys again, with a later end. Raises ``SignerDownError``."""
        return self._change(clock, lambda old, _: old)

    def renew_if_due(self, clock: Clock) -> None:
        """Renew in good time, if the root key is here; else an operator must.

        A key of a role that a later release brought is made here too.
        """
        opened = self._look()
        if (
            isinstance(opened, str)
            or opened.damage
            or KeyRole.ROOT not in opened.signers
        ):
            return
        if _due(opened.trust_list, clock.now()):
            # Asked again under the lock: another process may have renewed by then.
            self._change(clock, self._brought_up_to_date)

    def _brought_up_to_date(
        self, trust_list: TrustList, now: datetime
    ) -> TrustList | None:
        due = _due(trust_list, now)
        for role in _lacking(trust_list):
            trust_list, _ = self._grown(trust_list, role, EDDSA, now)
        return trust_list if due else None

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
            found = (self.folder / TRUST_LIST_JWS).stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def _opened(self) -> Opened:
        opened = self._look()
        if isinstance(opened, str):
            raise _down(opened)
        return opened

    def _change(self, clock: Clock, change: Change) -> TrustList:
        if not self.exists:
            raise _down(f"{TRUST_LIST_JWS} is missing")
        with locked(self.folder):
            self._found = None  # another process may have been here
            now = clock.now()
            root = self.signer(KeyRole.ROOT)
            changed = change(self.trust_list, now)
            if changed is None:
                return self.trust_list
            changed = with_handover(next_version(changed, now), signer=root)
            self._publish(changed, root)
        return changed

    def _grown(
        self,
        trust_list: TrustList,
        role: KeyRole,
        alg: str,
        now: datetime,
        overlap: timedelta = OVERLAP,
    ) -> tuple[TrustList, LocalSigner]:
        private = generate_private(alg)
        key = new_key(self.identity, role, jwk_of(private), now)
        grown = with_key(trust_list, key, overlap=overlap)
        write_private(private_path(self.folder, key), private, self._passphrase or "")
        return grown, LocalSigner(key, private)

    def _grown_mac(self, trust_list: TrustList, now: datetime) -> TrustList:
        mac, role = generate_mac(), KeyRole.SERIAL
        path = secret_path(self.folder, role, mac.key_id)
        write_secret(path, mac, self._passphrase or "")
        return with_mac_key(trust_list, mac.key_id, role, now)

    def _publish(self, trust_list: TrustList, root: LocalSigner) -> None:
        token = sign_trust_list(trust_list, signer=root)
        write_atomic(self.folder / TRUST_LIST_JWS, f"{token}\n".encode())
        self._derive(trust_list)

    def _derive(self, trust_list: TrustList) -> None:
        """Write what follows from the signed list, wherever a crash left it behind."""
        wanted = {
            self.folder / "trust-list.json": trust_list_json(trust_list),
            self.folder / "log.vkey": f"{trust_list.log_vkey}\n".encode(),
            **{public_path(self.folder, key): _jwk(key) for key in trust_list.keys},
        }
        for path, data in wanted.items():
            if not path.exists() or path.read_bytes() != data:
                write_atomic(path, data)


def _jwk(key: PublicKey) -> bytes:
    jwk = {**key.jwk, "kid": key.kid, "alg": key.alg, "use": "sig"}
    return json.dumps(jwk, indent=1).encode() + b"\n"


def _alg_now(trust_list: TrustList, role: KeyRole) -> str:
    key = current(trust_list, role)
    return EDDSA if key is None else key.alg


def _due(trust_list: TrustList, now: datetime) -> bool:
    return trust_list.expires - now < RENEWAL or bool(_lacking(trust_list))


def _lacking(trust_list: TrustList) -> list[KeyRole]:
    return [role for role in NEEDED if current(trust_list, role) is None]


def _down(reason: str) -> SignerDownError:
    return SignerDownError(
        "This service cannot sign at the moment: %(reason)s.", reason=reason
    )
