"""The worker renews, forgets and examines; what it finds it says."""

import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread, main_thread

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from tests import processes
from tests.conftest import FixedClock
from tests.labels.printing.make_printing import make_room
from tests.signing.make_signing import PASSPHRASE
from tests.web.make_web import make_services
from traceability.accounts.models import ApiAnswer, Organisation
from traceability.accounts.repeating.service import claim
from traceability.cli import main
from traceability.cli.working import round_of, work_until
from traceability.core.ids import new_id
from traceability.db.database import Database
from traceability.labels.printing.room import call_workers
from traceability.labels.printing.state import RUNNING, TaskState
from traceability.scans.models import Scan
from traceability.signing.keystore import KeyStore
from traceability.web.context import Services
from traceability.web.repeating import Repeatable


@pytest.fixture
def use(tmp_path: Path, database: Database, clock: FixedClock) -> Services:
    return make_services(tmp_path / "home", database, clock)


@pytest.fixture
def own_signals() -> Iterator[None]:
    """Put back what the worker does when it is told to stop."""
    numbers = (signal.SIGTERM, signal.SIGINT)
    before = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


def make_answers(use: Services, count: int) -> None:
    with use.database.transaction() as session:
        owner = Organisation(
            public_id=new_id(),
            kind="cooperative",
            name_vi="HTX mẫu",
            created_at=use.clock.now(),
        )
        session.add(owner)
        session.flush()
        for number in range(count):
            asked = Repeatable.of(owner.id, f"key-{number}", [b"x"])
            claim(session, asked, clock=use.clock)


def rows(use: Services, table: type[ApiAnswer] | type[Scan]) -> int:
    with use.database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_round_deletes_what_was_kept_long_enough(
    use: Services, clock: FixedClock
) -> None:
    make_answers(use, 3)
    with use.database.transaction() as session:
        session.add(
            Scan(
                link="https://tx.example/x",
                hour=clock.now(),
                verdict="verified",
                visitor="0" * 16,
            )
        )
    assert round_of(use) == []
    assert (rows(use, ApiAnswer), rows(use, Scan)) == (3, 1)
    clock.instant += timedelta(days=2)
    assert round_of(use) == []
    assert (rows(use, ApiAnswer), rows(use, Scan)) == (0, 1)
    clock.instant += timedelta(days=100)
    assert round_of(use) == []
    assert rows(use, Scan) == 0


def test_a_round_renews_the_trust_list(use: Services, clock: FixedClock) -> None:
    clock.instant += timedelta(days=250)
    assert round_of(use) == []
    assert use.get(KeyStore).trust_list.version == 2


def test_one_round_says_what_is_wrong_and_fails(use: Services) -> None:
    runner = CliRunner()
    sound = runner.invoke(main, ["work", "--once"], obj=use)
    assert (sound.exit_code, sound.stdout) == (0, "sound\n")
    with use.database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            drop = "DROP TRIGGER append_only_log_leaf_row ON log_leaf"
        else:
            drop = "DROP TRIGGER append_only_log_leaf_update"
        connection.execute(text(drop))
    found = runner.invoke(main, ["work", "--once"], obj=use)
    assert found.exit_code == 1
    assert "the append-only triggers of log_leaf do not stand" in found.stdout


def test_what_cuts_a_round_short_does_not_end_the_worker(
    tmp_path: Path, sqlite_database: Database, clock: FixedClock
) -> None:
    use = make_services(tmp_path / "home", sqlite_database, clock)
    use.database.dispose()
    Path(use.database.url.removeprefix("sqlite:///")).unlink()
    assert round_of(use) == ["the round was cut short: OperationalError"]


def test_one_round_prints_what_is_queued(use: Services) -> None:
    room = make_room(use)
    task = room.ask()
    call_workers(room.use, task)
    done = CliRunner().invoke(main, ["work", "--once"], obj=room.use)
    assert done.exit_code == 0, done.output
    assert room.now(task).standing is TaskState.READY


def test_a_worker_prints_what_nobody_queued_until_it_is_stopped(
    use: Services, clock: FixedClock
) -> None:
    room = make_room(use)
    task = room.ask()
    clock.instant += room.press.stale + timedelta(seconds=1)
    stopped = Event()
    worker = Thread(target=work_until, args=(room.use, stopped), kwargs={"every": 60.0})
    worker.start()
    while room.now(task).standing in RUNNING:
        stopped.wait(0.05)
    stopped.set()
    worker.join()
    assert room.now(task).standing is TaskState.READY


@pytest.mark.usefixtures("own_signals")
def test_a_label_process_makes_labels_and_no_rounds(use: Services) -> None:
    room = make_room(use)
    task = room.ask()
    call_workers(room.use, task)

    def stop_when_made() -> None:
        while room.now(task).standing in RUNNING:
            time.sleep(0.02)
        signal.pthread_kill(main_thread().ident or 0, signal.SIGTERM)

    watching = Thread(target=stop_when_made)
    watching.start()
    done = CliRunner().invoke(main, ["work", "--labels-only"], obj=room.use)
    watching.join()
    assert done.exit_code == 0, done.output
    assert room.now(task).standing is TaskState.READY
    assert "a round ended" not in done.output


def children(pid: int) -> list[int]:
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(word) for one in tasks for word in one.read_text().split()]


def test_a_worker_s_label_processes_end_with_it(
    tmp_path: Path, sqlite_database: Database, clock: FixedClock
) -> None:
    use = make_services(tmp_path / "home", sqlite_database, clock)
    environ = {
        **os.environ,
        "TRACEABILITY_HOME": str(use.settings.home),
        "TRACEABILITY_KEY_PASSPHRASE": PASSPHRASE,
        "BASE_URL": use.settings.base_url,
        "DATABASE_URL": sqlite_database.url,
    }
    words = ("work", "--label-processes", "2")
    with processes.start(*words, env=environ) as worker:
        while not (helpers := children(worker.pid)):
            assert worker.poll() is None
            time.sleep(0.02)
        worker.terminate()
    assert len(helpers) == 1
    assert not processes.lives(helpers[0])
