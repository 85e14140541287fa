"""Is the process alive, and can it do its work: /healthz and /readyz."""

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from traceability.db.migrations import schema_fault
from traceability.web.context import Services, services

Check = Callable[[], str | None]  # nothing when all is well, else the reason
Figure = Callable[[], int | None]
DATABASE = "database"
blueprint = Blueprint("health", __name__)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """The checks that must pass before this service should get requests.

    Those named in ``on_database`` are not even tried while it does not answer: each
    would wait for it. ``figures`` are told beside the checks.
    """

    checks: Mapping[str, Check]
    on_database: frozenset[str] = frozenset()
    figures: Mapping[str, Figure] = field(default_factory=dict)

    def reasons(self) -> dict[str, str | None]:
        """Return for each check nothing, or why it is down."""
        found: dict[str, str | None] = {}
        for name in sorted(self.checks, key=lambda one: one != DATABASE):
            lost = name in self.on_database and found.get(DATABASE)
            found[name] = DATABASE if lost else _outcome(name, self.checks[name])
        return found

    def told(self) -> dict[str, int | None]:
        """Return the figures, nothing for one that cannot be read."""
        return {name: _figure(name, self.figures[name]) for name in self.figures}


class Seldom:
    """A check that costs something: once passed, it is not run again for a while."""

    def __init__(self, check: Check, *, seconds: float) -> None:
        self._check = check
        self._seconds = seconds
        self._passed: float | None = None

    def __call__(self) -> str | None:
        """Return what the check says, or that it passed a moment ago."""
        if self._passed is not None and monotonic() - self._passed < self._seconds:
            return None
        reason = self._check()
        self._passed = monotonic() if reason is None else None
        return reason


def _outcome(name: str, check: Check) -> str | None:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 (whatever breaks a check is its answer)
        _log.warning("readiness check %s failed: %s", name, type(error).__name__)
        return type(error).__name__


def _figure(name: str, figure: Figure) -> int | None:
    try:
        return figure()
    except Exception as error:  # noqa: BLE001 (a check says what is wrong)
        _log.warning("figure %s cannot be read: %s", name, type(error).__name__)
        return None


def common_checks(use: Services) -> dict[str, Check]:
    """Return what every installation needs: a database at our schema, free disk."""

    def database() -> str | None:
        with use.database.reading() as session:
            session.execute(text("SELECT 1"))
        return None

    def migrations() -> str | None:
        with use.database.reading() as session:
            return schema_fault(session.connection())

    def disk() -> str | None:
        free = shutil.disk_usage(use.settings.home).free
        least = use.settings.min_free_bytes
        return None if free >= least else f"{free} bytes free, {least} wanted"

    return {DATABASE: database, "migrations": migrations, "disk": disk}


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer as long as the process does."""
    return _uncached(jsonify(status="up"))


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer 200 with every check up, else 503 with the reasons."""
    readiness = services().get(Readiness)
    reasons = readiness.reasons()
    ready = not any(reasons.values())
    response = jsonify(
        status="up" if ready else "down",
        checks={name: _state(reason) for name, reason in reasons.items()},
        **readiness.told(),
    )
    response.status_code = 200 if ready else 503
    return _uncached(response)


def _state(reason: str | None) -> dict[str, Any]:
    return {"status": "down", "reason": reason} if reason else {"status": "up"}


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
