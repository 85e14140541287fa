"""A print room for tests: a run, and a press whose writer is quick and countable."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import BinaryIO

import pytest

from tests.batches.make_batches import Producer, make_batch, make_producer
from traceability.core.permissions import SYSTEM
from traceability.labels.errors import ReadBackError
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.label import Label
from traceability.labels.printing.archive import Archive
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.press import Press
from traceability.labels.printing.queries import task_called
from traceability.labels.printing.service import ask_print
from traceability.labels.printing.state import TaskState
from traceability.labels.printing.tasks import print_some
from traceability.labels.queries import RunRow, batch_to_label, run_of
from traceability.labels.readback import ReadBack
from traceability.labels.room import label_keys_of
from traceability.labels.service import start_run
from traceability.labels.sheets import SheetFormat
from traceability.labels.stock import STOCKS
from traceability.records.notary import notary_of
from traceability.web.context import Services

HEAD = b"labels\n"


@dataclass
class LineWriter:
    """A line for each label; notes which parts it made and read."""

    part_labels: int = 3
    suffix: str = "txt"
    media_type: str = "text/plain"
    wrong: int | None = None  # the label that it writes wrongly
    made: list[int] = field(default_factory=list)
    read: list[int] = field(default_factory=list)

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        self.made.append(first // self.part_labels)
        return self._lines(first, labels, self.wrong)

    def _lines(self, first: int, labels: Sequence[Label], wrong: int | None) -> bytes:
        return b"".join(
            f"{number} {'?' if number == wrong else label.qr_text}\n".encode()
            for number, label in enumerate(labels, start=first)
        )

    def assemble(self, parts: Iterable[bytes], sink: BinaryIO) -> None:
        sink.write(HEAD)
        sink.writelines(parts)

    def read_back(
        self, document: bytes, first: int, labels: Sequence[Label]
    ) -> ReadBack:
        self.read.append(first // self.part_labels)
        if document != HEAD + self._lines(first, labels, None):
            raise ReadBackError(
                "Label %(number)d does not read as it should; nothing was released.",
                number=(self.wrong or 0) + 1,
            )
        return ReadBack(symbols=len(labels), dpi=200)


@dataclass
class Room:
    """Services with a press of our own, one run, and what workers do with it."""

    use: Services
    row: RunRow
    writer: LineWriter

    @property
    def press(self) -> Press:
        return self.use.get(Press)

    def lend(self, writer: LineWriter) -> None:
        """Let the press work with another writer."""
        self.writer = writer

    def ask(self, format_: SheetFormat = SheetFormat.PDF, **wishes: bool) -> PrintTask:
        with self.use.database.transaction() as session:
            return ask_print(
                session,
                self.row,
                format_,
                actor=SYSTEM,
                clock=self.use.clock,
                archive=self.press.archive,
                **wishes,
            )

    def another_run(self) -> "Room":
        """Return the room with a second run of the same lot."""
        use, job = self.use, self.row.job
        with use.database.transaction() as session:
            run = start_run(
                session,
                batch_to_label(session, self.row.batch.public_id),
                job.spec,
                actor=SYSTEM,
                notary=notary_of(use),
                keys=label_keys_of(use),
            )
            row = run_of(session, run.public_id, actor=SYSTEM)
        return replace(self, row=row)

    def work(
        self,
        task: PrintTask,
        worker: str = "w1",
        writer: LineWriter | None = None,
        stopped: Event | None = None,
    ) -> bool:
        """Take a turn at a task, with a writer of one's own."""
        made_with = writer or self.writer
        return print_some(
            self.use,
            replace(self.press, writer_for=lambda *_: made_with),
            task.public_id,
            worker=worker,
            stopped=stopped or Event(),
        )

    def now(self, task: PrintTask) -> PrintTask:
        with self.use.database.reading() as session:
            return task_called(session, task.public_id)


def make_room(
    use: Services,
    count: int = 10,
    folder: Path | None = None,
    *,
    kind: LabelKind = LabelKind.SERIAL,
    stock: str = "a4-65",
) -> Room:
    with use.database.transaction() as session:
        producer: Producer = make_producer(session, use.clock)
        batch = make_batch(session, producer, notary_of(use), issued=True)
    with use.database.transaction() as session:
        run = start_run(
            session,
            batch,
            RunSpec(kind=kind, count=count, stock=STOCKS[stock]),
            actor=producer.actor,
            notary=notary_of(use),
            keys=label_keys_of(use),
        )
        row = run_of(session, run.public_id, actor=SYSTEM)
    writer = LineWriter()
    room = Room(use, row, writer)
    press = Press(
        archive=Archive((folder or use.settings.home / "archive").as_uri()),
        keys=label_keys_of(use),
        writer_for=lambda *_: room.writer,
        pace=0.0,  # one part in each claim
        slice=60.0,
    )
    room.use = use.with_(press)
    return room


def content(room: Room, task: PrintTask) -> bytes:
    now = room.now(task)
    assert now.standing is TaskState.READY, now.failure
    assert now.suffix
    with room.press.archive.opened(now.place, now.suffix) as file:
        data = file.read()
    assert (now.size, now.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    return data


def expected(room: Room) -> bytes:
    labels = room.row.job.labels(room.press.keys)
    lines = [f"{number} {label.qr_text}\n" for number, label in enumerate(labels)]
    return HEAD + "".join(lines).encode()


class Killed(BaseException):
    """What stands for kill -9: nothing of ours catches it."""


class DyingWriter(LineWriter):
    """Dies at its n-th part: before it is kept."""

    left = 0

    def part(self, first: int, labels: Sequence[Label]) -> bytes:
        self.left -= 1
        if self.left < 0:
            raise Killed
        return super().part(first, labels)


def killed_after(room: Room, task: PrintTask, parts: int, worker: str) -> LineWriter:
    dying = DyingWriter()
    dying.left = parts
    with pytest.raises(Killed):
        room.work(task, worker, writer=dying)
    return dying
