"""How many files an organisation may have unfinished."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.labels.printing.make_printing import Room
from traceability.core.permissions import SYSTEM
from traceability.labels.printing import service
from traceability.labels.printing.errors import PrintLimitError
from traceability.labels.printing.queries import unfinished
from traceability.labels.sheets import SheetFormat

PATIENCE = 0.3  # seconds in which an act that does not wait would be done


def test_an_organisation_has_so_many_unfinished_files(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traceability.labels.printing.service.MOST_UNFINISHED", 2)
    pdf, _csv = room.ask(), room.ask(SheetFormat.CSV)
    with pytest.raises(PrintLimitError, match="2 files of this organisation"):
        room.ask(SheetFormat.SVG)
    assert room.ask().public_id == pdf.public_id  # it has its place
    assert room.ask(everything=True).public_id == pdf.public_id
    room.work(pdf)
    room.ask(SheetFormat.SVG)
    with pytest.raises(PrintLimitError):
        room.ask(SheetFormat.PNG)
    with room.use.database.reading() as session:
        assert unfinished(session, room.row.owner, beside=None) == 2
        assert unfinished(session, room.row.owner + 1, beside=None) == 0


def test_two_who_ask_at_once_do_not_share_the_last_place(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("traceability.labels.printing.service.MOST_UNFINISHED", 1)
    other, second_done = room.another_run(), Event()

    def second() -> None:
        try:
            other.ask()
        finally:
            second_done.set()

    with ThreadPoolExecutor(1) as pool:
        with room.use.database.transaction() as session:
            service.ask_print(
                session,
                room.row,
                SheetFormat.PDF,
                actor=SYSTEM,
                clock=room.use.clock,
                archive=room.press.archive,
            )
            waiting = pool.submit(second)
            assert not second_done.wait(PATIENCE)
        with pytest.raises(PrintLimitError):
            waiting.result()
