"""The keys of this service in a folder: made once, opened, changed."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta

from traceability.core.ports import Clock
from traceability.signing.changes import (
    Change,
    current,
    empty_list,
    new_key,
    next_version,
    renewal,
    retirement,
    with_handover,
    with_key,
    with_mac_key,
    with_revoked,
)
from traceability.signing.errors import (
    KeyChangeError,
    KeyStoreExistsError,
    RootElsewhereError,
)
from traceability.signing.keyfiles import (
    KeyDamageError,
    generate_mac,
    locked,
    make_private_folder,
    write_atomic,
    write_private,
    write_secret,
)
from traceability.signing.keyfolder import KeyFolder, down
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
    SECRET,
    TRUST_LIST_JWS,
    Opened,
    open_pinned,
    private_path,
    public_path,
    secret_path,
)
from traceability.signing.passphrase import check_strength
from traceability.signing.trust_list import (
    TrustList,
    sign_trust_list,
    trust_list_json,
    verify_trust_list,
)

OVERLAP = timedelta(days=1)
RENEWAL = timedelta(days=200)  # before its end; half of a list's life
# Seals and notes are Ed25519 only.
_EITHER_ALG = (KeyRole.RECORD, KeyRole.ROOT, KeyRole.STATUS)


class KeyStore(KeyFolder):
    """The key folder, to be changed: made once, keys rotated, retired, revoked."""

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
            for role in SECRET:
                trust_list = self._grown_mac(trust_list, role, now)
            trust_list = next_version(trust_list, now)
            self._publish(sign_trust_list(trust_list, signer=root), trust_list)
        return self.open()

    def open(self) -> "KeyStore":
        """Read and check everything; ``state`` says what was wrong."""
        with suppress(OSError), locked(self.folder):  # the folder may be read-only
            opened = self._look()
            if isinstance(opened, Opened):
                self._derive(opened.trust_list)
        return self

    def rotation(
        self, role: KeyRole, *, alg: str | None = None, overlap: timedelta = OVERLAP
    ) -> Change:
        """Return the change that makes a new key for a role.

        The one before stays valid for the overlap. Raises ``KeyChangeError``; when
        applied ``SealKeyCollisionError``.
        """
        if alg not in (None, EDDSA) and role not in _EITHER_ALG:
            raise KeyChangeError("This role's keys are Ed25519.")

        def change(trust_list: TrustList, now: datetime) -> TrustList:
            if role in SECRET:
                return self._grown_mac(trust_list, role, now)
            chosen = alg or _alg_now(trust_list, role)
            return self._grown(trust_list, role, chosen, now, overlap)[0]

        return change

    def revocation(self, kid: str, log_index: int) -> Change:
        """Return the change that disowns a stolen key's signatures from an index on.

        If it signs now, its successor is made in the same version. When applied, it
        raises ``KeyUnknownError``, ``KeyChangeError``.
        """

        def change(trust_list: TrustList, now: datetime) -> TrustList:
            key = trust_list.ring.key(kid)
            revoked = with_revoked(trust_list, kid, log_index, now)
            if current(trust_list, key.role) == key:
                revoked, _ = self._grown(revoked, key.role, key.alg, now)
            return revoked

        return change

    def rotate(
        self, role: KeyRole, clock: Clock, *, alg: str | None = None
    ) -> TrustList:
        """Make a new key for a role.

        A new root is announced by the old one, in this version and, for verifiers that
        miss it, by a hand-over in each later one. Raises ``SignerDownError``,
        ``KeyChangeError``, ``SealKeyCollisionError``.
        """
        return self.change(self.rotation(role, alg=alg), clock)

    def retire(self, kid: str, clock: Clock) -> TrustList:
        """End a key that has a successor.

        Raises ``SignerDownError``, ``KeyUnknownError``, ``KeyInUseError``,
        ``KeyChangeError``.
        """
        return self.change(retirement(kid), clock)

    def revoke(self, kid: str, log_index: int, clock: Clock) -> TrustList:
        """Disown a stolen key from a log index on. Raises as ``retire``."""
        return self.change(self.revocation(kid, log_index), clock)

    def renew(self, clock: Clock) -> TrustList:
        """Sign the same keys again, with a later end. Raises ``SignerDownError``."""
        return self.change(renewal, clock)

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
            self.change(self._brought_up_to_date, clock)

    def _brought_up_to_date(
        self, trust_list: TrustList, now: datetime
    ) -> TrustList | None:
        due = _due(trust_list, now)
        for role in _lacking(trust_list):
            if role in SECRET:
                trust_list = self._grown_mac(trust_list, role, now)
            else:
                trust_list, _ = self._grown(trust_list, role, EDDSA, now)
        return trust_list if due else None

    def change(self, change: Change, clock: Clock) -> TrustList:
        """Apply a change and sign the next version of the list.

        Raises ``SignerDownError``; ``RootElsewhereError`` where the root is not here.
        """
        with self._locked():
            now = clock.now()
            root = self.root()
            changed = change(self.trust_list, now)
            if changed is None:
                return self.trust_list
            changed = with_handover(next_version(changed, now), signer=root)
            self._publish(sign_trust_list(changed, signer=root), changed)
        return changed

    def draft(self, change: Change, clock: Clock) -> TrustList:
        """Return the next version for a root elsewhere to sign; it is not in force.

        New private keys lie in the folder from now on. Raises ``SignerDownError``.
        """
        with self._locked():
            now = clock.now()
            changed = change(self.trust_list, now)
            return next_version(changed or self.trust_list, now)

    @property
    def root_only(self) -> bool:
        """Whether this home signs trust lists and nothing else."""
        return self._opened().root_only

    def install(self, token: str, clock: Clock) -> TrustList:
        """Put a list that a root elsewhere signed into force.

        The keys that are to sign must be here. Raises what ``verify_trust_list`` does,
        ``TrustListOlderError``, ``SignerDownError``.
        """
        with self._locked():
            old = self.trust_list
            found = verify_trust_list(
                token, old.ring, now=clock.now(), last_seen_version=old.version + 1
            )
            if not self.root_only:
                self._check_at_hand(found)
            self._publish(token, found)
        return found

    def adopt(self, token: str) -> None:
        """Put a verified list into a folder that had none, or look at it anew."""
        with locked(self.folder):
            self._found = None
            write_atomic(self.folder / TRUST_LIST_JWS, f"{token}\n".encode())
            opened = self._look()
            if isinstance(opened, Opened):
                self._derive(opened.trust_list)

    def root(self) -> LocalSigner:
        """Return the root key. Raises ``RootElsewhereError``, ``SignerDownError``."""
        opened = self._opened()
        signer = opened.signers.get(KeyRole.ROOT)
        if signer is not None and opened.root_only:
            return signer
        if opened.damage is not None:
            raise down(opened.damage)
        if signer is None:
            raise RootElsewhereError(
                "The root key is not in this folder. Make the change with --draft FILE,"
                " sign FILE on the root key's machine (`traceability keys sign-list`)"
                " and bring the answer back (`traceability keys import`)."
            )
        return signer

    def _check_at_hand(self, trust_list: TrustList) -> None:
        for role in NEEDED:
            key = current(trust_list, role)
            if key is None:
                raise KeyChangeError(
                    "The list names no key for a role that signs here."
                )
            try:
                path = private_path(self.folder, key)
                open_pinned(path, self._passphrase or "", key)
            except KeyDamageError as damage:
                raise down(str(damage)) from None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if not self.exists:
            raise down(f"{TRUST_LIST_JWS} is missing")
        with locked(self.folder):
            self._found = None  # another process may have been here
            yield

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

    def _grown_mac(
        self, trust_list: TrustList, role: KeyRole, now: datetime
    ) -> TrustList:
        mac = generate_mac()
        path = secret_path(self.folder, role, mac.key_id)
        write_secret(path, mac, self._passphrase or "")
        return with_mac_key(trust_list, mac.key_id, role, now)

    def _publish(self, token: str, trust_list: TrustList) -> None:
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
    secret = {one.role for one in trust_list.mac_keys}
    return [
        *(role for role in NEEDED if current(trust_list, role) is None),
        *(role for role in SECRET if role not in secret),
    ]
