"""What a monitor raises its voice for; each has a permanent code."""

from enum import StrEnum

from traceability.core.errors import DomainError


class Alarm(StrEnum):
    """Why a monitor ends with a refusal."""

    UNREACHABLE = "log-unreachable"
    UNREADABLE = "head-unreadable"
    SIGNATURE = "head-signature-invalid"
    KEY = "head-key-unknown"
    ROLLBACK = "head-rolled-back"
    FORK = "head-forked"
    TILE_MISSING = "tile-missing"
    TILE_MALFORMED = "tile-malformed"
    TILE = "tile-mismatch"
    LEAF = "leaf-mismatch"
    STALE = "head-stale"
    QUORUM = "head-quorum-missing"
    COSIGNATURE = "head-cosignature-invalid"


class MonitorAlarmError(DomainError):
    """A log did not answer, or broke what a log promises."""

    code = "monitor-alarm"
    status = 503

    def __init__(self, alarm: Alarm, message: str, **params: object) -> None:
        super().__init__(message, field=None, **params)
        self.alarm = alarm
