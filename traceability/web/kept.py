"""Answers sent again as they are, while whoever gave them says that they still hold.

This stands inside the application, in the one path of WSGI, before Flask sets up a
request. It knows nothing that the first answer did not tell: status and headers are
those that went through every hook, and a request that differs in anything they may
hang on is another one. Each request is counted and logged here like any other.

A view may also lend the head of its answer to requests that differ in their target
alone: whoever lends says what their body is, or that they must go the whole way.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import request

from traceability.web.hosts import from_here
from traceability.web.logs import REQUEST_ID, Answered, request_id_of

MOST_BYTES = 32 * 1024 * 1024
_ROOM = 2048  # bytes of key and headers, about
MOST_HEADS = 256  # languages and encodings that phones ask for
_HOLD, _LOAN = "traceability.hold", "traceability.loan"
_OWN = frozenset({"ETag", "Content-Length", REQUEST_ID})  # of each answer
_METHOD = "GET"
Headers = list[tuple[str, str]]
Key = tuple[str | None, ...]
_here = lru_cache(maxsize=1024)(from_here)


@dataclass(frozen=True, slots=True)
class Hold:
    """The body a view answers with, and whether it would give the same now."""

    body: bytes
    holds: Callable[[], bool]
    route: str


@dataclass(frozen=True, slots=True)
class _Kept:
    hold: Hold
    status: str
    headers: Headers


@dataclass(frozen=True, slots=True)
class Fresh:
    """A body that was never sent before, its name, and whether it holds."""

    body: bytes
    etag: str
    holds: Callable[[], bool]


Loan = Callable[[str], Fresh | None]


@dataclass(frozen=True, slots=True)
class _Lent:
    """The head of an answer, and who says what its body is for another target."""

    loan: Loan
    route: str
    status: str
    headers: Headers


def lend(loan: Loan) -> None:
    """Let this answer's head be given to other targets, where ``loan`` has a body.

    ``loan`` gets the target of a plain GET that brings no ETag and is the same in all
    else an answer may hang on. It returns nothing for any that this view would not
    answer with these very headers, ``ETag`` and ``Content-Length`` aside. It runs
    outside of any request; where it raises, the whole way is gone and meets the same.
    """
    rule = request.url_rule
    if rule is not None:
        request.environ[_LOAN] = loan, rule.rule


def hold(body: bytes, holds: Callable[[], bool]) -> None:
    """Let the answer to this request be given again, with this body, while it holds.

    Headers may hang on nothing but what ``_key`` names; ``holds`` runs outside of any
    request and must not raise.
    """
    rule = request.url_rule
    if rule is not None:
        request.environ[_HOLD] = Hold(body, holds, rule.rule)


class KeptAnswers:
    """The answers given last, bounded in bytes; threads share it."""

    def __init__(
        self, note: Callable[[Answered], None], most_bytes: int = MOST_BYTES
    ) -> None:
        self.note = note
        self._most = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()
        self._bytes = 0
        self._heads: dict[Key | None, _Lent] = {}

    def answer(
        self,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        first: WSGIApplication,
    ) -> Iterable[bytes]:
        """Return a kept answer that holds, else that of ``first``."""
        key = _key(environ)
        if key is None:
            return first(environ, start_response)
        kept = self._kept.get(key)
        if kept is not None:
            begin = perf_counter()
            if kept.hold.holds():
                return self._again(key, kept, environ, start_response, begin)
        lent = self._heads.get(_head_key(key, environ))
        if lent is not None:
            begin = perf_counter()
            made = self._made(key, lent)
            if made is not None:
                return self._again(key, made, environ, start_response, begin)
        return self._first(key, environ, start_response, first)

    def _again(
        self,
        key: Key,
        kept: _Kept,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        begin: float,
    ) -> Iterable[bytes]:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
        number = request_id_of(environ.get("HTTP_X_REQUEST_ID", ""))
        start_response(kept.status, [*kept.headers, (REQUEST_ID, number)])
        status, seconds = int(kept.status[:3]), perf_counter() - begin
        self.note(Answered(kept.hold.route, _METHOD, status, seconds, number))
        return [kept.hold.body] if kept.hold.body else []

    def _made(self, key: Key, lent: _Lent) -> _Kept | None:
        """Return a new answer under a lent head, kept like any other."""
        try:
            fresh = lent.loan(str(key[0]))
        except Exception:  # noqa: BLE001 (the whole way meets it too, and tells of it)
            return None
        if fresh is None:
            return None
        length = str(len(fresh.body))
        own = [("ETag", fresh.etag), ("Content-Length", length)]
        made = _Kept(
            Hold(fresh.body, fresh.holds, lent.route),
            lent.status,
            [*lent.headers, *own],
        )
        self._keep(key, made)
        return made

    def _first(
        self,
        key: Key,
        environ: WSGIEnvironment,
        start_response: StartResponse,
        first: WSGIApplication,
    ) -> Iterable[bytes]:
        told: list[tuple[str, Headers]] = []

        def noting(status: str, headers: Headers, *error: Any) -> Any:
            told[:] = [(status, headers)]
            return start_response(status, headers, *error)

        body = first(environ, noting)
        held = environ.get(_HOLD)
        if held is not None and told:
            [(status, headers)] = told
            own = [one for one in headers if one[0] != REQUEST_ID]
            self._keep(key, _Kept(held, status, own))
            self._lend(key, environ, status, headers)
        return body

    def _lend(
        self, key: Key, environ: WSGIEnvironment, status: str, headers: Headers
    ) -> None:
        loan, route = environ.get(_LOAN, (None, ""))
        head = _head_key(key, environ)
        if loan is None or head is None:
            return
        if len(self._heads) >= MOST_HEADS:  # somebody makes them up
            self._heads.clear()
        shared = [one for one in headers if one[0] not in _OWN]
        self._heads[head] = _Lent(loan, route, status, shared)

    def _keep(self, key: Key, kept: _Kept) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            if before is not None:
                self._bytes -= _ROOM + len(before.hold.body)
            self._kept[key] = kept
            self._bytes += _ROOM + len(kept.hold.body)
            while self._bytes > self._most:
                _, oldest = self._kept.popitem(last=False)
                self._bytes -= _ROOM + len(oldest.hold.body)


def _key(environ: WSGIEnvironment) -> Key | None:
    """Return all of a request that an answer may hang on; nothing: never the same."""
    if environ["REQUEST_METHOD"] != _METHOD:
        return None
    told = environ.get
    target = told("REQUEST_URI") or told("RAW_URI")
    if target is None or len(target) > _ROOM:
        return None
    return (
        target,
        told("PATH_INFO"),
        told("HTTP_HOST"),
        "here" if _here(told("REMOTE_ADDR")) else "",
        told("HTTP_ACCEPT_LANGUAGE"),
        told("HTTP_ACCEPT_ENCODING"),
        told("HTTP_IF_NONE_MATCH"),
    )


def _head_key(key: Key, environ: WSGIEnvironment) -> Key | None:
    """Return all but the target that a head may hang on; nothing: only itself.

    What Flask routes by must be what the target says.
    """
    target, path, *rest, etag = key
    plain = target is not None and target.partition("?")[0] == path
    if not plain or etag is not None or environ.get("SCRIPT_NAME"):
        return None
    return tuple(rest)
