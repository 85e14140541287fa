"""Fetch from a service one does not trust: bounded, timed, no redirects."""

import ipaddress
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import (
    HTTPDefaultErrorHandler,
    HTTPErrorProcessor,
    HTTPHandler,
    HTTPSHandler,
    OpenerDirector,
    ProxyHandler,
    Request,
)

from traceability.core.errors import UnavailableError

SECONDS = 10.0
MAX_BYTES = 16 * 1024 * 1024
_AGENT = "traceability-verify"


class FetchError(UnavailableError):
    """The service could not be asked, or answered something else than asked."""

    code = "fetch-failed"


def is_loopback(origin: str) -> bool:
    """Return whether an origin is this very machine."""
    host = urlsplit(origin).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def fetch(url: str, *, limit: int = MAX_BYTES, seconds: float = SECONDS) -> bytes:
    """Return the body of a 200 answer. Raises ``FetchError``.

    Only https, or http to this machine itself (a service being tried out).
    """
    local = is_loopback(url)
    if not url.startswith("https://") and not (local and url.startswith("http://")):
        raise FetchError("Only https is asked: %(url)s.", url=url)
    request = Request(url, headers={"User-Agent": _AGENT, "Accept": "*/*"})  # noqa: S310 (the scheme was checked above)
    try:
        with _opener(local=local).open(request, timeout=seconds) as answer:
            body: bytes = answer.read(limit + 1)
    except HTTPError as refusal:
        raise FetchError(
            "%(url)s answered %(status)d.", url=url, status=refusal.code
        ) from None
    except (OSError, HTTPException, ValueError) as fault:
        raise FetchError(
            "%(url)s could not be reached (%(fault)s).",
            url=url,
            fault=type(fault).__name__,
        ) from None
    if len(body) > limit:
        raise FetchError("%(url)s answered too much.", url=url)
    return body


def _opener(*, local: bool) -> OpenerDirector:
    """Return an opener that follows no redirects; no proxy stands before this machine.

    A service that sends a verifier elsewhere is not the service that was asked.
    """
    opener = OpenerDirector()
    for handler in (
        ProxyHandler({} if local else None),
        HTTPHandler(),
        HTTPSHandler(),
        HTTPDefaultErrorHandler(),
        HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener
