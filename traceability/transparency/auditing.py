"""Examine all of a database: the log, its triggers, and what rooms above answer for."""

from collections.abc import Callable
from dataclasses import dataclass

from traceability.db.database import Database
from traceability.transparency.service import TransparencyLog
from traceability.transparency.triggers import append_only_tables, triggers_stand
from traceability.web.context import Services


@dataclass(frozen=True, slots=True)
class Audits:
    """Checks that rooms above contribute: each returns what is wrong, a line each."""

    checks: tuple[Callable[[Database], list[str]], ...]


def faults_of(use: Services, database: Database) -> list[str]:
    """Return all that is wrong with a database under this service's published head."""
    faults = use.get(TransparencyLog).faults(database) + _unguarded(database)
    for check in use.get(Audits).checks:
        faults += check(database)
    return faults


def _unguarded(database: Database) -> list[str]:
    with database.reading() as session:
        return [
            f"the append-only triggers of {table} do not stand"
            for table in append_only_tables()
            if not triggers_stand(session, [table])
        ]
