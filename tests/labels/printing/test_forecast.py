"""What a run comes to is told before it is made, and refused where it has no room."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest

from tests.conftest import FixedClock
from tests.labels.make_labels import make_keys
from tests.labels.printing.make_printing import Room, make_room
from tests.web.make_web import make_services
from traceability.core.permissions import SYSTEM
from traceability.db.database import Database
from traceability.labels.job import LabelKind, PrintJob
from traceability.labels.printing.archive import Archive
from traceability.labels.printing.errors import ArchiveFullError
from traceability.labels.printing.first.service import first_sheets
from traceability.labels.printing.forecast import (
    Bytes,
    Feed,
    bytes_of,
    fitting,
    size_text,
)
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.queries import paces
from traceability.labels.printing.state import ReadPolicy, TaskState
from traceability.labels.sheets import SheetFormat
from traceability.labels.stock import STOCKS
from traceability.labels.writers import writer_for

COUNT = 195  # three sheets: one more than is measured
NEAR = 0.05


@pytest.fixture
def room(
    tmp_path: Path,
    sqlite_database: Database,
    clock: FixedClock,
    monkeypatch: pytest.MonkeyPatch,
) -> Room:
    monkeypatch.setattr("traceability.labels.job.AT_ONCE", 5)
    return make_room(make_services(tmp_path / "home", sqlite_database, clock))


def free(monkeypatch: pytest.MonkeyPatch, left: int | None) -> None:
    monkeypatch.setattr(Archive, "free", property(lambda _: left))


def written(job: PrintJob, format_: SheetFormat) -> Bytes:
    writer = writer_for(format_, job.layout(), job)
    part = writer.part(0, job.labels_at(make_keys(), 0, job.positions))
    sink = BytesIO()
    writer.assemble([part], sink)
    return Bytes(file=len(sink.getvalue()), parts=len(part))


@pytest.mark.parametrize("format_", ["pdf", "zpl", "csv", "xlsx", "singles-svg"])
def test_a_file_becomes_about_as_large_as_was_told(room: Room, format_: str) -> None:
    job = room.row.job
    job = replace(job, serial_key_id=None, spec=replace(job.spec, count=COUNT))
    told = bytes_of(job, SheetFormat(format_))
    made = written(job, SheetFormat(format_))
    assert told.file == pytest.approx(made.file, rel=NEAR)
    assert told.parts == pytest.approx(made.parts, rel=NEAR)


def test_a_sealed_label_takes_its_room_though_no_key_is_at_hand(room: Room) -> None:
    plain = replace(room.row.job, spec=replace(room.row.job.spec, count=COUNT))
    sealed = replace(plain, spec=replace(plain.spec, kind=LabelKind.SEALED))
    one, other = (bytes_of(job, SheetFormat.CSV) for job in (plain, sealed))
    assert other.file - one.file == COUNT * len("?s=" + "1" * 200)


def test_sheets_and_metres_are_told_as_the_tray_counts_them() -> None:
    sheet = STOCKS["a4-65"]
    assert Feed.of(sheet, 100_000) == Feed(sheets=1539, metres=0)
    assert Feed.of(sheet, 65, 1) == Feed(sheets=2, metres=0)
    roll = replace(STOCKS["roll-50x30"], gap=3.0)
    assert Feed.of(roll, 1000) == Feed(sheets=0, metres=33)
    assert Feed.of(roll, 1) == Feed(sheets=0, metres=1)


def test_what_has_no_room_is_refused_when_it_is_asked_for(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    csv = bytes_of(room.row.job, SheetFormat.CSV)
    free(monkeypatch, csv.both)
    with pytest.raises(ArchiveFullError) as refused:
        room.ask(SheetFormat.PNG)
    assert "CSV" in str(refused.value.params["fitting"])
    assert "PNG" not in str(refused.value.params["fitting"])
    assert refused.value.params["free"] == size_text(csv.both)
    assert room.ask(SheetFormat.CSV).standing is TaskState.QUEUED
    free(monkeypatch, csv.both - 1)
    assert SheetFormat.CSV not in fitting(room.row.job, csv.both - 1)
    assert room.ask(SheetFormat.CSV).standing is TaskState.QUEUED  # it is going on
    free(monkeypatch, None)  # an object store: nobody knows
    assert room.ask(SheetFormat.PNG).standing is TaskState.QUEUED


def test_a_run_begins_without_its_pdf_where_another_format_has_room(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun() -> list[PrintTask]:
        with room.use.database.transaction() as session:
            return first_sheets(
                session,
                room.row,
                actor=SYSTEM,
                clock=room.use.clock,
                archive=room.press.archive,
            )

    free(monkeypatch, bytes_of(room.row.job, SheetFormat.CSV).both)
    assert begun() == []
    free(monkeypatch, 0)
    with pytest.raises(ArchiveFullError, match="no other format"):
        begun()


def test_room_is_what_is_free_beyond_what_is_kept_free(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "made" / "yet"
    assert Archive(folder.as_uri()).free
    assert Archive(folder.as_uri(), least_free=1 << 62).free == 0
    assert Archive("memory://forecast").free is None


def test_the_pace_is_that_of_finished_files_read_back_alike(room: Room) -> None:
    task = room.ask()
    assert room.work(task) is False
    with room.use.database.transaction() as session:
        assert paces(session)
        found = session.get_one(PrintTask, task.id)
        found.busy, found.total, found.done = 60_000, 1000, 1000
        found.started_at = found.finished_at
    key = (SheetFormat.PDF, ReadPolicy.ALL)
    with room.use.database.transaction() as session:
        assert paces(session) == {key: 0.0}
        found = session.get_one(PrintTask, task.id)
        assert found.finished_at is not None
        found.started_at = found.finished_at - timedelta(seconds=20)
    with room.use.database.transaction() as session:
        assert paces(session)[key] == pytest.approx(0.02)  # two workers were at it
        found = session.get_one(PrintTask, task.id)
        assert found.finished_at is not None
        found.started_at = found.finished_at - timedelta(hours=9)
    with room.use.database.reading() as session:
        assert paces(session)[key] == pytest.approx(0.06)  # it lay over night
