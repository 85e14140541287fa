"""Where the pass phrase of the private keys comes from."""

import secrets
from pathlib import Path

from traceability.settings import Settings
from traceability.signing.errors import (
    PassphraseMissingError,
    PassphraseWeakError,
)
from traceability.signing.keyfiles import make_private_folder, write_once

MIN_LENGTH = 22  # 128 random bits in base64; PKCS#8 stretches only 2,048 rounds
GENERATED_BYTES = 32


def passphrase_file(settings: Settings) -> Path:
    """Return the file that holds it: the one named, or ours, beside the key folder."""
    return settings.key_passphrase_file or settings.home / "secrets" / "key-passphrase"


def read_passphrase(settings: Settings) -> str | None:
    """Return the pass phrase of the environment or the file, or nothing."""
    if settings.key_passphrase is not None:
        return settings.key_passphrase
    try:
        return passphrase_file(settings).read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def ensure_passphrase(settings: Settings) -> str:
    """Return the pass phrase; generate a 0600 file where there is none (at init).

    A file that is there is never replaced: keys may hang on it. Raises
    ``PassphraseWeakError`` if nothing can be read from it, ``PassphraseMissingError``
    if keys are here (restored, for instance) that a new one could not open.
    """
    path = passphrase_file(settings)
    if read_passphrase(settings) is None and not path.exists():
        if any((settings.keys / "private").glob("*")):
            raise PassphraseMissingError(
                "%(keys)s holds keys: put their pass phrase back at %(file)s.",
                keys=str(settings.keys),
                file=str(path),
            )
        make_private_folder(path.parent)
        write_once(path, f"{secrets.token_urlsafe(GENERATED_BYTES)}\n".encode())
    found = read_passphrase(settings)
    if found is None:
        raise PassphraseWeakError("The pass phrase's file cannot be read.")
    return found


def check_strength(passphrase: str) -> None:
    """Refuse what cannot hold 128 random bits. Raises ``PassphraseWeakError``."""
    if len(passphrase) < MIN_LENGTH:
        raise PassphraseWeakError(
            "The pass phrase must have at least %(n)d random characters.", n=MIN_LENGTH
        )
