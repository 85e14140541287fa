"""The home's identity and session secret: written once, at init."""

import json
import os
import secrets
from pathlib import Path

from traceability.core.identity import Identity
from traceability.settings import Settings, SettingsError

IDENTITY = "identity.json"
SESSION_KEY = Path("secrets") / "session-key"
_SECRET_BYTES = 32


def create_home(settings: Settings) -> Identity:
    """Write identity and session secret; run again, keep what is there.

    Raises ``SettingsError`` where the home belongs to another address.
    """
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.home / IDENTITY
    if not path.exists():
        text = json.dumps({"version": 1, "origin": settings.base_url}) + "\n"
        write_once(path, text.encode(), 0o644)
    (settings.home / SESSION_KEY).parent.mkdir(mode=0o700, exist_ok=True)
    if not (settings.home / SESSION_KEY).exists():
        key = secrets.token_hex(_SECRET_BYTES).encode()
        write_once(settings.home / SESSION_KEY, key, 0o600)
    return read_identity(settings)


def read_identity(settings: Settings) -> Identity:
    """Return who this service is. Raises ``SettingsError`` for a missing home.

    Links, did:web and the log's origin hang on the address, so that another BASE_URL
    needs a home of its own.
    """
    path = settings.home / IDENTITY
    try:
        origin = json.loads(path.read_text())["origin"]
    except FileNotFoundError:
        raise SettingsError(
            f"{settings.home} is not set up yet: run `traceability init`"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise SettingsError(f"{path} is damaged: restore it from a backup") from None
    if origin != settings.base_url:
        raise SettingsError(
            f"this home was made for {origin}, BASE_URL says {settings.base_url}: "
            "use that address or another TRACEABILITY_HOME"
        )
    return Identity(origin)


def read_session_key(settings: Settings) -> bytes:
    """Return the secret that signs cookies. Raises ``SettingsError``."""
    path = settings.home / SESSION_KEY
    try:
        key = path.read_bytes().strip()
    except FileNotFoundError:
        raise SettingsError(f"{path} is missing: run `traceability init`") from None
    if len(key) < _SECRET_BYTES or path.stat().st_mode & 0o077:
        raise SettingsError(f"{path} must hold a long secret with mode 0600")
    return key


def write_once(path: Path, content: bytes, mode: int) -> None:
    """Write a file that must not exist yet, whole and durable before it appears."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its content stands
    finally:
        draft.unlink()
