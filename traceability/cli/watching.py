"""What a running service tells its operator: readiness checks and figures."""

from collections.abc import Callable, Mapping

from sqlalchemy import QueuePool, func, select
from sqlalchemy.orm import Session

from traceability import __version__
from traceability.batches.models import Batch
from traceability.cli.proven import rows_missing
from traceability.labels.models import LabelRun
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.state import RUNNING
from traceability.records.models import SignedRecord
from traceability.records.queries import missing_records
from traceability.signing.keystore import KeyStore
from traceability.transparency.queries import read_head
from traceability.transparency.service import TransparencyLog
from traceability.transparency.triggers import triggers_stand
from traceability.web.context import Services
from traceability.web.health import Check, Figure, Readiness, Seldom, common_checks
from traceability.web.metrics import Gauge, Metrics

KEYS_UNUSABLE = "keys-unusable"
LIST_EXPIRED = "trust-list-expired"
TRIGGERS_MISSING = "triggers-missing"
DAYS_LEFT = "trust_list_days_left"
QUORUM_AGE = "witness_quorum_age_seconds"
_ON_DATABASE = frozenset({"migrations", "log", "records", "triggers"})
_COUNT_SECONDS = 60  # between two countings of whole tables
Values = Mapping[tuple[str, ...], float]
Read = Callable[[Session], Values]


def with_watch(use: Services) -> Services:
    """Return services that know whether they are ready, and their figures."""
    checks = {**common_checks(use), **_signing_checks(use)}
    figures: dict[str, Figure] = {DAYS_LEFT: lambda: _days_left(use)}
    if use.get(TransparencyLog).cosigned.policy.asks:
        figures[QUORUM_AGE] = lambda: _quorum_age(use)
    use = use.with_(Readiness(checks, _ON_DATABASE, figures))
    return use.with_(Metrics(_gauges(use)))


def _signing_checks(use: Services) -> dict[str, Check]:
    """Return the checks of keys, log head, records and append-only triggers.

    Their reasons are codes, for keys with the roles at fault: which file is damaged is
    nobody's business outside, and stands in `traceability keys list` and
    `traceability log fsck`.
    """
    log = use.get(TransparencyLog)
    records = Seldom(lambda: missing_records(use.database), seconds=_COUNT_SECONDS)

    def signer() -> str | None:
        store = use.get(KeyStore)
        if store.state is not None:
            return f"{KEYS_UNUSABLE}: {', '.join(store.broken)}"
        return LIST_EXPIRED if store.fault(use.clock.now()) else None

    def triggers() -> str | None:
        with use.database.reading() as session:
            return None if triggers_stand(session) else TRIGGERS_MISSING

    return {
        "signer": signer,
        "log": lambda: log.state(use.database) or records(),
        "records": Seldom(lambda: rows_missing(use.database), seconds=_COUNT_SECONDS),
        "triggers": triggers,
    }


def _days_left(use: Services) -> int:
    """Return the whole days until verifiers no longer take the trust list."""
    left = use.get(KeyStore).trust_list.expires - use.clock.now()
    return max(0, left.days)


def _quorum_age(use: Services) -> int | None:
    """Return how long ago a quorum of witnesses last cosigned a head, if ever."""
    at = use.get(TransparencyLog).cosigned.quorum_at()
    return None if at is None else int(use.clock.now().timestamp()) - at


def _witnesses(use: Services) -> Values:
    log = use.get(TransparencyLog)
    head = log.cosigned_head()
    return {
        ("known",): len(log.cosigned.policy.witnesses),
        ("cosigned",): len(head.cosignatures) if head else 0,
    }


def _gauges(use: Services) -> list[Gauge]:
    return [
        _gauge(
            "log_quorum_age_seconds",
            "Time since a quorum of witnesses last cosigned a head of the log.",
            lambda: {} if (age := _quorum_age(use)) is None else {(): age},
        ),
        _gauge(
            "log_witnesses",
            "Witnesses known, and those that have cosigned the newest head.",
            lambda: _witnesses(use),
            "state",
        ),
        _gauge("build", "The release that runs.", _build, "version"),
        _gauge(
            "check_up", "Readiness checks: 1 up, 0 down.", lambda: _ups(use), "check"
        ),
        _gauge(
            "trust_list_days_left",
            "Days until the trust list expires.",
            lambda: {(): _days_left(use)},
        ),
        _gauge(
            "database_connections",
            "Connections in use.",
            lambda: {(): _connections(use)},
        ),
        _gauge("log_size", "Entries of the log.", _reading(use, _log_size)),
        _gauge(
            "log_head_age_seconds",
            "Time since the last entry of the log was signed.",
            _reading(use, lambda session: _head_age(session, use)),
        ),
        _gauge("batches", "Batches by state.", _reading(use, _batches), "state"),
        _gauge("labels", "Labels by kind of run.", _reading(use, _labels), "kind"),
        _gauge("print_tasks", "Print tasks by state.", _reading(use, _prints), "state"),
        _gauge(
            "print_silent_seconds",
            "Longest time that nothing was heard of a print task that should go on.",
            _reading(use, lambda session: _silence(session, use)),
        ),
    ]


def _gauge(
    name: str, documentation: str, read: Callable[[], Values], *labels: str
) -> Gauge:
    return Gauge(
        name=f"traceability_{name}",
        documentation=documentation,
        labels=labels,
        read=read,
    )


def _reading(use: Services, read: Read) -> Callable[[], Values]:
    def run() -> Values:
        with use.database.reading() as session:
            return read(session)

    return run


def _build() -> Values:
    return {(__version__,): 1}


def _ups(use: Services) -> Values:
    reasons = use.get(Readiness).reasons()
    return {(name,): float(reasons[name] is None) for name in reasons}


def _connections(use: Services) -> float:
    pool = use.database.engine.pool
    return pool.checkedout() if isinstance(pool, QueuePool) else 0


def _log_size(session: Session) -> Values:
    head = read_head(session)
    return {(): head.size if head else 0}


def _head_age(session: Session, use: Services) -> Values:
    newest = select(SignedRecord.issued_at).order_by(SignedRecord.log_index.desc())
    signed = session.scalar(newest.limit(1))
    return {(): (use.clock.now() - signed).total_seconds()} if signed else {}


def _batches(session: Session) -> Values:
    rows = session.execute(select(Batch.state, func.count()).group_by(Batch.state))
    return {(state,): count for state, count in rows}


def _labels(session: Session) -> Values:
    total = func.sum(LabelRun.count)
    rows = session.execute(select(LabelRun.kind, total).group_by(LabelRun.kind))
    return {(kind,): float(count) for kind, count in rows}


def _prints(session: Session) -> Values:
    query = select(PrintTask.state, func.count()).group_by(PrintTask.state)
    return {(state,): count for state, count in session.execute(query)}


def _silence(session: Session, use: Services) -> Values:
    query = select(func.min(PrintTask.heartbeat)).where(PrintTask.state.in_(RUNNING))
    heard = session.scalar(query)
    return {(): (use.clock.now() - heard).total_seconds() if heard else 0}
