"""Tell one visitor from another for a day, and never who they are.

A visitor is a network (IPv4 /24, IPv6 /48) and a family of browsers, hashed with a salt
that is made at the day's first scan and destroyed after the day. The salt lies in a
file of the home, outside database and backups, so that several processes share it.
"""

import hashlib
import hmac
import os
import re
import secrets
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from traceability.web.network import network_of

_SALT_BYTES: Final = 32
_HASH_CHARACTERS: Final = 16
_ROBOT = re.compile(
    r"bot\b|crawl|spider|preview|facebookexternalhit|whatsapp", re.IGNORECASE
)
# The first that is found counts: in-app browsers also call themselves Chrome.
_BROWSERS: Final = (
    ("zalo", "zalo"),
    ("fban", "facebook"),
    ("fbav", "facebook"),
    ("samsungbrowser", "samsung"),
    ("coc_coc", "coccoc"),
    ("edg", "edge"),
    ("opr/", "opera"),
    ("firefox", "firefox"),
    ("fxios", "firefox"),
    ("crios", "chrome"),
    ("chrome", "chrome"),
    ("safari", "safari"),
)
_PLATFORMS: Final = ("iphone", "ipad", "android", "windows", "mac os", "linux")


def is_robot(user_agent: str) -> bool:
    """Say whether a program asks: a crawler, or a chat that previews a link."""
    return _ROBOT.search(user_agent) is not None


def browser_family(user_agent: str) -> str:
    """Return browser and platform without versions: ``chrome android``."""
    text = user_agent.lower()
    browser = next((name for mark, name in _BROWSERS if mark in text), "other")
    platform = next((name for name in _PLATFORMS if name in text), "other")
    return f"{browser} {platform}"


def visitor_hash(salt: bytes, address: str, user_agent: str) -> str:
    """Return 16 hex characters that stand for network and browser family today."""
    message = f"{network_of(address)}\0{browser_family(user_agent)}".encode()
    digest = hmac.new(salt, message, hashlib.sha256).hexdigest()
    return digest[:_HASH_CHARACTERS]


class DailySalts:
    """The salt of the day, in a 0600 file; those of days past are removed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._day: date | None = None
        self._salt = b""

    def of(self, day: date) -> bytes:
        """Return the day's salt, made at its first use by whichever process is first.

        Where the folder cannot be written the salt lives in this process only.
        """
        if day != self._day:
            self._salt = self._shared(day)
            self._day = day
            self.destroy_before(day)
        return self._salt

    def destroy_before(self, day: date) -> None:
        """Remove the salts of days before the one before: midnight may be near."""
        oldest = self._file(day - timedelta(days=1)).name
        for path in self.folder.glob("scan-salt-*"):
            if path.name < oldest:
                path.unlink(missing_ok=True)

    def _file(self, day: date) -> Path:
        return self.folder / f"scan-salt-{day.isoformat()}"

    def _shared(self, day: date) -> bytes:
        path, salt = self._file(day), secrets.token_bytes(_SALT_BYTES)
        draft = self.folder / f".{path.name}.{secrets.token_hex(4)}"
        try:
            draft.touch(mode=0o600, exist_ok=False)
            draft.write_bytes(salt)
            os.link(draft, path)  # whole or not at all; the first process wins
        except FileExistsError:
            return path.read_bytes()
        except OSError:
            return salt
        finally:
            draft.unlink(missing_ok=True)
        return salt
