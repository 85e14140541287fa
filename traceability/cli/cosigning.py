"""Keep the log's newest head cosigned while the worker runs."""

import logging
import threading

from sqlalchemy.exc import SQLAlchemyError

from traceability.core.errors import DomainError
from traceability.transparency.collecting.service import Collector
from traceability.web.context import Services

EVERY = 3.0  # seconds
_log = logging.getLogger(__name__)


def cosigned_once(use: Services) -> list[str]:
    """Ask the witnesses now; return what is wrong. Nobody to ask is nothing wrong."""
    collector = use.get(Collector)
    if not collector.witnesses:
        return []
    try:
        found = collector.collect()
    except (DomainError, SQLAlchemyError, OSError) as error:
        return [f"no witness was asked: {type(error).__name__}"]
    return [f"witness {fault}" for fault in found.faults]


def keep_cosigned(
    use: Services, every: float = EVERY
) -> tuple[threading.Thread, threading.Event] | None:
    """Ask again and again in a thread, if there is anybody to ask; an event ends it."""
    if not use.get(Collector).witnesses:
        return None
    stopped = threading.Event()

    def run() -> None:
        while not stopped.wait(every):
            for fault in cosigned_once(use):
                _log.warning("%s", fault)

    thread = threading.Thread(target=run, name="cosigning", daemon=True)
    thread.start()
    return thread, stopped
