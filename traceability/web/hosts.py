"""Answer only under the name this service was made for.

Links, cookies and caches hang on the Host header; a foreign one is refused before any
view. Who asks from this very machine may use its loopback names: health checks do.
"""

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, request

from traceability.core.errors import BadRequestError
from traceability.settings import Settings

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class HostUnknownError(BadRequestError):
    """The request is for another host than this service."""

    code = "host-unknown"


def install(app: Flask, settings: Settings) -> None:
    """Check the Host header of every request."""
    own = urlsplit(settings.base_url).hostname

    @app.before_request
    def look_at_host() -> None:
        asked = host_of(request.host)
        if asked == own or (asked in LOOPBACK and from_here(request.remote_addr)):
            return
        raise HostUnknownError("This service does not answer under this address.")


def host_of(header: str) -> str | None:
    """Return the host of a Host header without its port, in small letters."""
    try:
        parts = urlsplit(f"//{header}")
        _ = parts.port
    except ValueError:
        return None
    return None if "@" in header else parts.hostname


def from_here(address: str | None) -> bool:
    """Return whether a peer is this machine itself."""
    try:
        return ip_address(address or "").is_loopback
    except ValueError:
        return False
