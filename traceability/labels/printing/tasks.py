"""What workers do for a print task: claim parts, make them, put the file together.

Any number of workers, on any number of machines, may be at one task. Killed at any
point, a worker leaves a claim that grows old and is taken over, and parts that are
whole; the file comes out the same.
"""

import errno
import logging
import os
import secrets
import socket
from dataclasses import dataclass
from threading import Event
from time import monotonic, sleep

from sqlalchemy.exc import SQLAlchemyError

from traceability.core.errors import DomainError
from traceability.labels.claims.service import claims_refusal
from traceability.labels.printing import service
from traceability.labels.printing.errors import (
    ArchiveError,
    ArchiveFullError,
    PrintBrokenError,
)
from traceability.labels.printing.models import PrintClaim, PrintTask, place_of
from traceability.labels.printing.press import Press, Print, ResealedError
from traceability.labels.printing.queries import row_of, task_called
from traceability.labels.printing.service import FileFacts, Made, locked_task
from traceability.labels.printing.state import RUNNING, parts_read
from traceability.labels.sheets import SheetFormat
from traceability.web.context import Services

BEAT = 1.0  # seconds between signs of life within one claim
REST = 0.01  # seconds after a commit in which others may write
MOST_PARTS = 64  # in one claim: parts that were there already take no time
_FULL = (errno.ENOSPC, errno.EDQUOT)
_log = logging.getLogger(__name__)


class LeftError(Exception):
    """The worker is to stop, or its claim is no longer its own."""


def worker_name() -> str:
    """Return a name for a worker that no other has or had."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


def print_some(
    use: Services, press: Press, public_id: str, *, worker: str, stopped: Event
) -> bool:
    """Make parts of a task for one turn; return whether some may be left.

    What goes wrong with the run itself ends the task with the reason. Raises
    ``SQLAlchemyError`` where the database is down: the sweeper comes back to it.
    """
    with use.database.reading() as session:
        task = task_called(session, public_id)
        row = row_of(session, task)
        refused = claims_refusal(session, row, use.clock.today())
    if task.standing not in RUNNING:
        return False
    if refused is not None:
        _fail(use, press, task, task.attempt, refused)
        return False
    turn = Turn(use, press, public_id, worker, stopped, attempt=task.attempt)
    try:
        return turn.take(press.print(row.job, SheetFormat(task.format)))
    except SQLAlchemyError:
        raise
    except LeftError:
        return stopped.is_set()
    except Exception as error:  # noqa: BLE001 (whatever it is, the task says so)
        _fail(use, press, task, turn.attempt, _reason_of(error))
        return False


def _fail(
    use: Services, press: Press, task: PrintTask, attempt: int, reason: DomainError
) -> None:
    """End an attempt with the reason, and give back the room that its parts take.

    No later attempt uses them, and the next one may be refused for want of room.
    """
    with use.database.transaction() as session:
        failed = service.fail(session, task.public_id, attempt, reason, use.clock)
    if failed:
        press.archive.let_parts_go(place_of(task.public_id, attempt))


def _reason_of(error: Exception) -> DomainError:
    if isinstance(error, DomainError):
        return error
    _log.error("a print broke", exc_info=error)
    if isinstance(error, OSError) and error.errno in _FULL:
        return ArchiveFullError(
            "The disk on which files are made is full. Tell the operator; once there "
            "is room, make the file again."
        )
    if isinstance(error, OSError):
        return ArchiveError("The file could not be written. Try again later.")
    return PrintBrokenError("The labels could not be printed. Tell the operator.")


@dataclass(frozen=True, slots=True)
class Held:
    """What a worker holds: a claim, where its parts lie, which are read back."""

    claim: PrintClaim
    place: str
    read: frozenset[int]


class Turn:
    """One worker at one task for a while."""

    def __init__(
        self,
        use: Services,
        press: Press,
        public_id: str,
        worker: str,
        stopped: Event,
        *,
        attempt: int,
    ) -> None:
        self._use = use
        self._press = press
        self._public_id = public_id
        self._worker = worker
        self._stopped = stopped
        self.attempt = attempt
        self._until = monotonic() + press.slice
        self._beaten = monotonic()
        self._pace = 0.0  # seconds that a part takes

    def take(self, ready: Print) -> bool:
        """Make what can be claimed until the turn is over; return whether it was."""
        held = self._settled(ready, None, None)
        while held is not None:
            if held.claim.first_part == ready.parts:
                return self._finish(ready, held)
            made = self._make(ready, held)
            held = self._settled(ready, held, made)
        return self._over

    @property
    def _over(self) -> bool:
        return self._stopped.is_set() or monotonic() > self._until

    def _settled(
        self, ready: Print, held: Held | None, made: Made | None
    ) -> Held | None:
        """Note what was made and claim more, in one transaction."""
        press, now = self._press, self._use.clock.now()
        with self._use.database.transaction() as session:
            task = locked_task(session, self._public_id)
            if held is not None and made is not None:
                service.note_made(session, task, held.claim, made, now)
            claim = None
            if held is None or not self._over:
                claim = service.claim_parts(
                    session,
                    task,
                    worker=self._worker,
                    part_labels=ready.writer.part_labels,
                    want=self._want,
                    now=now,
                    stale=press.stale,
                )
        sleep(REST)
        self._beaten = monotonic()
        self.attempt = task.attempt
        if claim is None:
            return None
        read = parts_read(task.read_policy, ready.parts, task.seed)
        return Held(claim, task.place, read)

    @property
    def _want(self) -> int:
        if not self._pace:
            return 1
        return min(MOST_PARTS, max(1, int(self._press.pace / self._pace)))

    def _make(self, ready: Print, held: Held) -> Made:
        began, claim = monotonic(), held.claim
        reached, labels, symbols = claim.first_part, 0, 0
        for number in range(claim.first_part, claim.stop_part):
            if self._stopped.is_set():
                break
            self._beat(claim)
            read = number in held.read
            symbols += ready.make_part(held.place, number, read=read)
            labels += ready.size_of(number)
            reached = number + 1
        seconds = monotonic() - began
        self._pace = seconds / max(1, reached - claim.first_part)
        return Made(reached=reached, labels=labels, symbols=symbols, seconds=seconds)

    def _beat(self, claim: PrintClaim) -> None:
        """Say now and then that the worker lives. Raises ``LeftError``."""
        if monotonic() - self._beaten < BEAT:
            return
        with self._use.database.transaction() as session:
            mine = service.still_mine(session, claim, self._use.clock.now())
        self._beaten = monotonic()
        if not mine:
            raise LeftError

    def _finish(self, ready: Print, held: Held) -> bool:
        """Put the file together and let it be had; return whether it began anew."""

        def beat() -> None:
            if self._stopped.is_set():
                raise LeftError
            self._beat(held.claim)

        try:
            digest = ready.put_together(held.place, beat, read=held.read)
        except LeftError:
            self._let_go(held)
            raise
        except ResealedError:
            self._begin_again(held)
            return True
        writer = ready.writer
        facts = FileFacts(
            suffix=writer.suffix, media_type=writer.media_type, digest=digest
        )
        with self._use.database.transaction() as session:
            task = locked_task(session, self._public_id)
            mine = service.release(session, task, held.claim, facts, self._use.clock)
        if mine:
            self._press.archive.let_parts_go(held.place)
        return False

    def _begin_again(self, held: Held) -> None:
        """Start a new attempt: what there is cannot be one file."""
        with self._use.database.transaction() as session:
            task = locked_task(session, self._public_id)
            service.begin_again(session, task, held.claim, self._use.clock.now())
        self._press.archive.let_parts_go(held.place)

    def _let_go(self, held: Held) -> None:
        nothing = Made(reached=held.claim.first_part, labels=0, symbols=0, seconds=0.0)
        with self._use.database.transaction() as session:
            task = locked_task(session, self._public_id)
            now = self._use.clock.now()
            service.note_made(session, task, held.claim, nothing, now)
