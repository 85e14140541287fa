"""A witness over HTTP: ``POST /add-checkpoint`` (C2SP tlog-witness). Plain WSGI."""

import logging
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from traceability.core.errors import DomainError
from traceability.transparency.errors import WitnessSizeError, WitnessStateError
from traceability.transparency.witnessing.service import WitnessService
from traceability.transparency.witnessing.submission import MAX_BYTES

TEXT = "text/plain; charset=utf-8"
SIZE = "text/x.tlog.size"
Environ = dict[str, Any]
Answer = tuple[int, str, str]
_log = logging.getLogger(__name__)


def application(
    witness: WitnessService,
) -> Callable[[Environ, Callable[..., Any]], Iterable[bytes]]:
    """Return the WSGI application of a witness."""

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        status, kind, text = _answer(witness, environ)
        body = text.encode()
        headers = [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "POST"))
        start_response(f"{status} {HTTPStatus(status).phrase}", headers)
        return [body]

    return answer


def _answer(witness: WitnessService, environ: Environ) -> Answer:
    path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD")
    if path == "/healthz" and method in {"GET", "HEAD"}:
        return HTTPStatus.OK, TEXT, f"{witness.key.name}\n"
    if path != "/add-checkpoint":
        return HTTPStatus.NOT_FOUND, TEXT, "/add-checkpoint /healthz\n"
    if method != "POST":
        return HTTPStatus.METHOD_NOT_ALLOWED, TEXT, "POST only\n"
    return _added(witness, environ["wsgi.input"].read(MAX_BYTES + 1))


def _added(witness: WitnessService, body: bytes) -> Answer:
    if len(body) > MAX_BYTES:
        text = "too-large: a request has at most 68 KiB\n"
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, TEXT, text
    try:
        return HTTPStatus.OK, TEXT, witness.add_checkpoint(body)
    except WitnessSizeError as refusal:
        return refusal.status, SIZE, f"{refusal.params['size']}\n"
    except WitnessStateError as fault:  # the operator must look
        _log.exception("%s", fault.code)
        return fault.status, TEXT, f"{fault.code}\n"
    except DomainError as refusal:
        _log.info("refused: %s", refusal.code)
        return refusal.status, TEXT, f"{refusal.code}: {refusal}\n"
