"""A witness's folder: its key, the logs it follows, what it cosigned."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from traceability.core.errors import InvalidError
from traceability.core.ports import Clock
from traceability.settings import Settings
from traceability.signing.keyfiles import (
    KeyDamageError,
    locked,
    make_private_folder,
    read_private,
    write_atomic,
    write_private,
)
from traceability.signing.passphrase import ensure_passphrase, read_passphrase
from traceability.transparency.errors import (
    VkeyMalformedError,
    WitnessExistsError,
    WitnessHomeError,
)
from traceability.transparency.note import (
    COSIGNATURE,
    NoteKey,
    format_vkey,
    parse_vkey,
)
from traceability.transparency.witnessing.service import WitnessService
from traceability.transparency.witnessing.state import WitnessState

VKEY = "witness.vkey"
LOGS = "logs.txt"
STATE = "state"
MAX_LOGS_BYTES = 64 * 1024
_KEY = Path("keys") / "private" / "witness.pem"
_PROBE = "traceability-witness-probe\n"
_LOGS_HEAD = "# One log a line: its verifier key (C2SP vkey). Read at each request.\n"


@dataclass(frozen=True, slots=True)
class WitnessSigner:
    """A witness's private key in memory; implements ``core.ports.Signer``."""

    private: Ed25519PrivateKey = field(repr=False)
    kid: str
    alg: str = "EdDSA"

    def sign(self, message: bytes) -> bytes:
        """Return the raw signature (64 bytes)."""
        return self.private.sign(message)


@dataclass(frozen=True, slots=True)
class WitnessHome:
    """The folder, and the settings that tell where its pass phrase comes from."""

    folder: Path
    settings: Settings

    def create(self, name: str) -> NoteKey:
        """Make folder and key. Raises ``WitnessExistsError``, ``VkeyMalformedError``.

        The verifier key is written last: a witness that has one is whole.
        """
        private = Ed25519PrivateKey.generate()
        key = NoteKey(name, private.public_key().public_bytes_raw(), COSIGNATURE)
        vkey = format_vkey(key)
        for folder in (self.folder, self.folder / STATE, (self.folder / _KEY).parent):
            make_private_folder(folder)
        with locked(self.folder):
            if (self.folder / VKEY).exists():
                raise WitnessExistsError("This folder holds a witness already.")
            passphrase = ensure_passphrase(self._own())
            write_private(self.folder / _KEY, private, passphrase)
            if not (self.folder / LOGS).exists():
                write_atomic(self.folder / LOGS, _LOGS_HEAD.encode())
            write_atomic(self.folder / VKEY, f"{vkey}\n".encode())
        return key

    def open(self, clock: Clock) -> WitnessService:
        """Return the witness, its key tried. Raises ``WitnessHomeError``."""
        key = self.key()
        try:
            private = read_private(
                self.folder / _KEY, read_passphrase(self._own()) or ""
            )
        except KeyDamageError as fault:
            raise WitnessHomeError(
                "The witness's key cannot be used: %(why)s.", why=str(fault)
            ) from None
        if not isinstance(private, Ed25519PrivateKey) or key.raw != _raw(private):
            raise WitnessHomeError("The witness's key is not the one it published.")
        self.logs()
        return WitnessService(
            key=key,
            signer=WitnessSigner(private, key.name),
            state=self.state(key),
            logs_of=self.logs,
            clock=clock,
        )

    def key(self) -> NoteKey:
        """Return the verifier key. Raises ``WitnessHomeError``."""
        try:
            return parse_vkey((self.folder / VKEY).read_text("utf-8"), COSIGNATURE)
        except (OSError, UnicodeDecodeError, InvalidError):
            raise WitnessHomeError(
                "%(folder)s holds no witness: run `traceability witness init`.",
                folder=str(self.folder),
            ) from None

    def state(self, key: NoteKey) -> WitnessState:
        """Return what was cosigned."""
        return WitnessState(self.folder / STATE, key)

    def logs(self) -> Sequence[NoteKey]:
        """Return the keys of the logs followed. Raises ``WitnessHomeError``."""
        try:
            text = (self.folder / LOGS).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise WitnessHomeError("The list of logs cannot be read.") from None
        if len(text) > MAX_LOGS_BYTES:
            raise WitnessHomeError("The list of logs is too long.")
        return [_log_key(*one) for one in enumerate(text.splitlines(), 1) if _says(one)]

    def _own(self) -> Settings:
        return replace(self.settings, home=self.folder, keys=self.folder / "keys")


def _says(line: tuple[int, str]) -> bool:
    text = line[1].strip()
    return bool(text) and not text.startswith("#")


def _log_key(line: int, vkey: str) -> NoteKey:
    try:
        return parse_vkey(vkey)
    except VkeyMalformedError:
        raise WitnessHomeError(
            "Line %(line)d of the list of logs is no verifier key.", line=line
        ) from None


def _raw(private: Ed25519PrivateKey) -> bytes:
    """Return the public half of a key that signs what it verifies."""
    public = private.public_key()
    public.verify(private.sign(_PROBE.encode()), _PROBE.encode())
    return public.public_bytes_raw()
