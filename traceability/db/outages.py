"""Which errors of a database mean "not now" instead of "a mistake of ours"."""

from enum import StrEnum

from sqlalchemy.exc import (
    DBAPIError,
    OperationalError,
    PendingRollbackError,
    SQLAlchemyError,
    TimeoutError as PoolFullError,
)

# SQLSTATE (PostgreSQL, appendix A): deadlock, serialization failure.
_UNDONE = {"40P01", "40001"}
# ... lock not available, statement cancelled by its timeout, too many connections.
_BUSY = {*_UNDONE, "55P03", "57014", "53300"}
# ... read-only standby, transaction ended for being idle, sessions and server ended.
_DOWN = {"25006", "25P03", "57P01", "57P02", "57P03", "57P05"}
_SQLITE_BUSY = ("is locked", "is busy")
_SQLITE_DOWN = ("malformed", "is not a database", "disk i/o", "is full", "readonly")


class Outage(StrEnum):
    """Why nothing can be read or stored now."""

    BUSY = "busy"
    DOWN = "down"


_OURS = {
    PoolFullError: Outage.BUSY,
    PendingRollbackError: Outage.DOWN,  # what follows a lost connection
}


def outage_of(error: SQLAlchemyError) -> Outage | None:
    """Return what kind of outage an error tells of, or nothing for any other error.

    Busy: a full pool, a lock or statement over its time, a deadlock. Down: no
    connection, no disk, a standby that only reads.
    """
    if not isinstance(error, DBAPIError):
        return _OURS.get(type(error))
    state = _state_of(error)
    words = str(error.orig).lower() if state is None else ""
    if state in _BUSY or any(one in words for one in _SQLITE_BUSY):
        return Outage.BUSY
    lost = error.connection_invalidated or isinstance(error, OperationalError)
    if lost or state in _DOWN or any(one in words for one in _SQLITE_DOWN):
        return Outage.DOWN
    return None


def undone_for_another(error: DBAPIError) -> bool:
    """Return whether the engine took a whole transaction back for another's sake."""
    return _state_of(error) in _UNDONE


def _state_of(error: DBAPIError) -> str | None:
    found = getattr(error.orig, "sqlstate", None)
    return found if isinstance(found, str) else None


def told(error: Exception) -> str | None:
    """Return what the database says of an outage, in a line; nothing for the rest."""
    if not isinstance(error, SQLAlchemyError) or outage_of(error) is None:
        return None
    said = error.orig if isinstance(error, DBAPIError) else error
    return str(said).strip().splitlines()[0]
