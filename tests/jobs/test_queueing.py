"""The queue carries jobs between workers, on both engines, and runs nothing else."""

import json
import pickle
import sqlite3
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from traceability.db.database import Database
from traceability.jobs.consuming import consume, work_off
from traceability.jobs.queueing import NAME, JobQueue, JsonMessages


class Done:
    """What was done; the last job of all sets an event."""

    def __init__(self) -> None:
        self.subjects: list[str] = []
        self.stopped = Event()

    def do(self, subject: str) -> None:
        self.subjects.append(subject)
        if subject == "last":
            self.stopped.set()
        if subject == "bad":
            raise ValueError("a job that fails")


@pytest.fixture
def done() -> Done:
    return Done()


@pytest.fixture
def queue(database: Database, tmp_path: Path, done: Done) -> JobQueue:
    file = tmp_path / "jobs.sqlite3"
    return JobQueue(database.url, file, ("do",), {"do": done.do})


def test_jobs_are_done_in_order_and_once(queue: JobQueue, done: Done) -> None:
    queue.add("do", "one")
    queue.add("do", "two", times=2)
    assert len(queue) == 3
    work_off(queue)
    assert done.subjects == ["one", "two", "two"]
    work_off(queue)
    assert len(done.subjects) == 3
    queue.close()


def test_a_job_that_fails_is_over_and_the_next_is_done(
    queue: JobQueue, done: Done, caplog: pytest.LogCaptureFixture
) -> None:
    for subject in ("bad", "good"):
        queue.add("do", subject)
    work_off(queue)
    assert done.subjects == ["bad", "good"]
    assert "Unhandled exception" in caplog.text


def test_consumers_share_a_queue_until_they_are_stopped(
    database: Database, tmp_path: Path, done: Done
) -> None:
    def consumer() -> Thread:
        file = tmp_path / "jobs.sqlite3"
        own = JobQueue(database.url, file, ("do",), {"do": done.do})
        return Thread(target=consume, args=(own, done.stopped), kwargs={"idle": 0.01})

    queue = JobQueue(database.url, tmp_path / "jobs.sqlite3", ("do",))
    for number in range(10):
        queue.add("do", str(number))
    threads = [consumer(), consumer()]
    for thread in threads:
        thread.start()
    queue.add("do", "last")
    for thread in threads:
        thread.join(60)
    assert sorted(done.subjects) == sorted([*map(str, range(10)), "last"])


def test_a_queue_that_does_not_answer_is_no_accident(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    queue = JobQueue("sqlite:///x", tmp_path, ("do",))  # a folder, not a file
    queue.add("do", "one")
    assert "could not be queued: OperationalError" in caplog.text
    stopped = Event()
    thread = Thread(target=consume, args=(queue, stopped))
    thread.start()
    stopped.set()
    thread.join(60)
    assert not thread.is_alive()


DO = "traceability.jobs.queueing.do"
REST = [None] * 7
FORGED = (
    "no message",
    "[" * 100_000,
    '["id", "do"]',
    json.dumps(["id", "undo", None, 0, 0, None, ["x"], {}, *REST]),
    json.dumps(["id", [DO], None, 0, 0, None, ["x"], {}, *REST]),
    json.dumps(["id", DO, None, 0, 0, None, ["x", "y"], {}, *REST]),
    # One that fails, to be done again for ever and at once, or no one knows when.
    json.dumps(["id", DO, None, 9**9, 0, None, ["bad"], {}, *REST]),
    json.dumps(["id", DO, "soon", 0, 0, None, ["bad"], {"a": 1}, *REST]),
)


def test_forged_messages_are_over_at_once_and_the_next_is_done(
    tmp_path: Path, done: Done
) -> None:
    file = tmp_path / "jobs.sqlite3"
    queue = JobQueue("sqlite:///x", file, ("do",), {"do": done.do})
    assert len(queue) == 0  # the file is made
    with closing(sqlite3.connect(file)) as forger, forger:
        for message in FORGED:
            row = (NAME, message.encode(), 0.0)
            forger.execute(
                "INSERT INTO task (queue, data, priority) VALUES (?, ?, ?)", row
            )
    queue.add("do", "good")
    work_off(queue)
    assert done.subjects == ["bad", "bad", "good"]


def test_messages_are_json_and_a_pickle_is_refused() -> None:
    messages = JsonMessages()
    with pytest.raises(ValueError, match=r"codec|Expecting"):
        messages.deserialize(pickle.dumps(("id", "do")))
