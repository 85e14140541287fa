"""Is the process alive, and can it do its work: /healthz and /readyz."""

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify
from sqlalchemy import text

from traceability.web.context import Services, services

Check = Callable[[], str | None]  # nothing when all is well, else the reason
blueprint = Blueprint("health", __name__)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Readiness:
    """The checks that must pass before this service should get requests."""

    checks: Mapping[str, Check]

    def reasons(self) -> dict[str, str | None]:
        """Return for each check nothing, or why it is down."""
        return {name: _outcome(name, check) for name, check in self.checks.items()}


def _outcome(name: str, check: Check) -> str | None:
    try:
        return check()
    except Exception as error:  # noqa: BLE001 (whatever breaks a check is its answer)
        _log.warning("readiness check %s failed: %s", name, type(error).__name__)
        return type(error).__name__


def common_checks(use: Services) -> dict[str, Check]:
    """Return the checks every installation has: the database answers, disk is free."""

    def database() -> str | None:
        with use.database.reading() as session:
            session.execute(text("SELECT 1"))
        return None

    def disk() -> str | None:
        free = shutil.disk_usage(use.settings.home).free
        least = use.settings.min_free_bytes
        return None if free >= least else f"{free} bytes free, {least} wanted"

    return {"database": database, "disk": disk}


@blueprint.get("/healthz")
def healthz() -> Response:
    """Answer as long as the process does."""
    return _uncached(jsonify(status="up"))


@blueprint.get("/readyz")
def readyz() -> Response:
    """Answer 200 with every check up, else 503 with the reasons."""
    reasons = services().get(Readiness).reasons()
    ready = not any(reasons.values())
    response = jsonify(
        status="up" if ready else "down",
        checks={
            name: {"status": "down", "reason": reason} if reason else {"status": "up"}
            for name, reason in reasons.items()
        },
    )
    response.status_code = 200 if ready else 503
    return _uncached(response)


def _uncached(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
