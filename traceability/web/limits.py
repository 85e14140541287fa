"""Rate limits: how much one program, or one address without a key, may ask a minute.

The counts lie in this process's memory, or where ``TRACEABILITY_RATE_LIMIT_STORAGE``
says, for several processes to share. Addresses are kept as keyed digests only.
"""

import ipaddress
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, g, request
from flask_limiter import ApplicationLimit, HeaderNames, Limiter, RateLimitExceeded
from limits.errors import ConfigurationError

from traceability.core.errors import DomainError
from traceability.settings import Settings, SettingsError
from traceability.settings.settings import PREFIX
from traceability.web.auth import current_actor, is_api
from traceability.web.network import keyed_digest
from traceability.web.problems import answer, of_domain

_HEADERS = {
    HeaderNames.LIMIT: "RateLimit-Limit",
    HeaderNames.REMAINING: "RateLimit-Remaining",
    HeaderNames.RESET: "RateLimit-Reset",
    HeaderNames.RETRY_AFTER: "Retry-After",
}
_IPV6_HOME = 64  # bits that name one household or machine
_SLOW_PAGES = {"/verify", "/inspector/links"}
_BUNDLES = "/bundles/"
_SIGN_IN = "/sign-in"
_SCRATCH = "/scratch/"
_WRITING = "POST"
_COUNTED = ("/api/", _BUNDLES, *_SLOW_PAGES)  # what such an address starts with


class RateLimitedError(DomainError):
    """Too many requests came in a short time."""

    code = "rate-limited"
    status = 429


def install(app: Flask, settings: Settings) -> None:
    """Count requests to the API, ``/verify``, for bundles, sign-ins, scratch codes.

    Raises ``SettingsError`` for a storage that cannot be used here.
    """
    wanted = [
        (settings.rate_limit_key, _is_keyed, _key),
        (settings.rate_limit_address, _is_strange, _address),
        (settings.rate_limit_sign_in, _is_sign_in, _address),
        (settings.rate_limit_scratch, _is_scratch, _address),
    ]
    limits = [_limit(*one) for one in wanted if one[0]]
    if not limits:
        return
    app.after_request(_in_seconds)
    app.register_error_handler(RateLimitExceeded, _refused)
    try:
        _count(app, limits, settings.rate_limit_storage)
    except ConfigurationError as error:  # the storage's library is not installed
        name = f"{PREFIX}RATE_LIMIT_STORAGE"
        raise SettingsError(f"{name}={settings.rate_limit_storage}: {error}") from None


class _Sparing(Limiter):
    """Lets most pages pass before anything is looked up: their time is dear.

    Should it one day look elsewhere, the filter still spares those pages, later.
    """

    def _check_request_limit(
        self, callable_name: str | None = None, *given: Any, **told: Any
    ) -> None:
        if _is_counted():
            super()._check_request_limit(callable_name, *given, **told)


def _is_counted() -> bool:
    if request.method == _WRITING and (_is_sign_in() or _is_scratch()):
        return True
    return request.path.startswith(_COUNTED) and (is_api() or _is_slow())


def _count(app: Flask, limits: list[ApplicationLimit], storage: str) -> None:
    limiter = _Sparing(
        _address,
        app=app,
        application_limits=[*limits],
        headers_enabled=True,
        header_name_mapping=_HEADERS,
        retry_after="delta-seconds",
        storage_uri=storage,
        strategy="fixed-window",
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )

    limiter.request_filter(lambda: not _is_counted())


def _limit(
    per_minute: int, counted: Callable[[], bool], key: Callable[[], str]
) -> ApplicationLimit:
    return ApplicationLimit(
        f"{per_minute} per minute",
        key_function=key,
        scope=counted.__name__,
        exempt_when=lambda: not counted(),
    )


def _is_keyed() -> bool:
    return is_api() and _key() != ""


def _is_strange() -> bool:
    """Return whether nobody known asks for what takes us time."""
    return _is_slow() or (is_api() and _key() == "")


def _is_slow() -> bool:
    return request.path in _SLOW_PAGES or request.path.startswith(_BUNDLES)


def _is_sign_in() -> bool:
    return request.path == _SIGN_IN and request.method == _WRITING


def _is_scratch() -> bool:
    return request.method == _WRITING and request.path.startswith(_SCRATCH)


def _key() -> str:
    """Return whose key works, or nothing: invented keys count by address."""
    if "rate_key" not in g:
        try:
            found = current_actor()
        except DomainError:
            found = None
        g.rate_key = f"{found.kind}:{found.id}" if found else ""
    return str(g.rate_key)


def _address() -> str:
    text = request.remote_addr or ""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return keyed_digest("rate", text)
    if address.version != 6:  # noqa: PLR2004 (IP version)
        return keyed_digest("rate", str(address))
    home = ipaddress.ip_network((address, _IPV6_HOME), strict=False)
    return keyed_digest("rate", str(home))


def _refused(_error: RateLimitExceeded) -> Response:
    return answer(of_domain(RateLimitedError("Too many requests. Wait a minute.")))


def _in_seconds(response: Response) -> Response:
    """Say when the count starts anew in seconds; only a refusal says to wait."""
    if "RateLimit-Limit" in response.headers:
        seconds = max(1, int(response.headers.pop("Retry-After", "1")))
        response.headers["RateLimit-Reset"] = str(seconds)
        if response.status_code == RateLimitedError.status:
            response.headers["Retry-After"] = str(seconds)
    return response
