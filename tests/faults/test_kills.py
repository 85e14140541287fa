"""Kill -9 at named points and at random: the invariants hold after each restart."""

import os
import secrets
import signal
import threading
from pathlib import Path

import pytest

from tests import processes
from tests.faults.invariants import Memory, check_invariants
from tests.faults.make_home import make_home
from tests.faults.victim import POINTS
from tests.processes import Running
from traceability.db.database import Database
from traceability.services import build_services
from traceability.settings import Settings

LIMIT = 120  # seconds a victim may take to reach its end
ROUNDS = 4


@pytest.fixture
def settings(tmp_path: Path, database: Database) -> Settings:
    """A home of its own over the database of the test, with one producer."""
    return make_home(tmp_path / "home", database)


def start(settings: Settings, point: str = "none", hit: int = 0) -> Running:
    environ = {
        **os.environ,
        "TRACEABILITY_HOME": str(settings.home),
        "DATABASE_URL": settings.database_url,
    }
    entry = "tests.faults.victim:main"
    return processes.start(point, str(hit), env=environ, entry=entry, heard=True)


def heard_until_dead(victim: Running, memory: Memory) -> None:
    """Listen to what is acknowledged until the kill; a cut-off line was not said."""
    said, _ = victim.communicate(timeout=LIMIT)
    assert victim.returncode == -signal.SIGKILL
    memory.hear([line[:-1] for line in said.splitlines(True) if line.endswith("\n")])


def doom(victim: Running, memory: Memory, seconds: float) -> None:
    """Let it acknowledge once, then kill it some time later, wherever it is."""
    assert victim.stdout is not None
    memory.hear([victim.stdout.readline()[:-1]])
    threading.Timer(seconds, victim.kill).start()


def restarted(settings: Settings, memory: Memory) -> None:
    use = build_services(settings)
    try:
        check_invariants(use, memory)
    finally:
        use.database.dispose()


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_a_named_point_breaks_no_invariant(
    settings: Settings, point: str
) -> None:
    memory = Memory()
    for hit in (1, 4):
        heard_until_dead(start(settings, point, hit), memory)
        restarted(settings, memory)


@pytest.mark.slow
def test_kills_at_random_break_no_invariant(settings: Settings) -> None:
    memory = Memory()
    for _ in range(ROUNDS):
        victim = start(settings)
        doom(victim, memory, secrets.randbelow(1000) / 1000)
        heard_until_dead(victim, memory)
        restarted(settings, memory)
    assert memory.issued


@pytest.mark.slow
def test_two_writers_killed_one_after_the_other_break_no_invariant(
    settings: Settings,
) -> None:
    memory = Memory()
    victims = [start(settings), start(settings)]
    for seconds, victim in zip((1.0, 1.5), victims, strict=True):
        doom(victim, memory, seconds)
    for victim in victims:
        heard_until_dead(victim, memory)
    restarted(settings, memory)
    assert memory.issued


@pytest.mark.slow
def test_a_writer_goes_on_after_the_other_was_killed(settings: Settings) -> None:
    memory = Memory()
    heard_until_dead(start(settings, "leaf-appended", 2), memory)
    heard_until_dead(start(settings, "after-commit", 5), memory)
    restarted(settings, memory)
    assert memory.printed
