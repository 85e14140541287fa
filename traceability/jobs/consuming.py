"""What a worker process does with the queue: one job after the other, until stopped."""

import logging
from threading import Event

from traceability.jobs.queueing import JobQueue

IDLE = 0.5  # seconds before an empty queue is looked at again
_LOST = 5.0  # seconds before a queue that does not answer is asked again
_log = logging.getLogger(__name__)


def consume(queue: JobQueue, stopped: Event, *, idle: float = IDLE) -> None:
    """Do jobs until the event is set. Who handles a job looks at the event himself."""
    try:
        while not stopped.is_set():
            if not _tried(queue, stopped):
                stopped.wait(idle)
    finally:
        queue.close()


def work_off(queue: JobQueue) -> None:
    """Do what is queued now, and what that queues, and return."""
    try:
        while queue.do_one():
            pass
    finally:
        queue.close()


def _tried(queue: JobQueue, stopped: Event) -> bool:
    try:
        return queue.do_one()
    except Exception as error:  # noqa: BLE001 (the queue's own drivers raise their own)
        _log.warning("the queue does not answer: %s", type(error).__name__)
        stopped.wait(_LOST)
        return False
