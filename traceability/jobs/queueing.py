"""The queue: what to do and for which subject, shared by all workers.

A thin module over Huey: a file of its own in the home, or tables of Huey's own in the
PostgreSQL database, where several machines share them. A message names a kind of job
and a subject and holds nothing else: what is true stands in the database. So a message
may be lost (a sweeper adds it again) or come twice (whoever comes second finds nothing
left to do).
"""

import json
import logging
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from huey import PostgresHuey, SqliteHuey
from huey.registry import Message
from huey.serializer import Serializer

from traceability.db.database import wal_is_safe

NAME = "traceability"
DRIVER = "+psycopg"
Handler = Callable[[str], None]
_log = logging.getLogger(__name__)


class JsonMessages(Serializer):  # type: ignore[misc]  # huey ships no types
    """Messages as JSON: whoever writes into the queue can run nothing of his own."""

    def _serialize(self, data: Any) -> bytes:
        return json.dumps(data).encode()

    def _deserialize(self, data: bytes) -> Any:
        """Read a message: what and for whom; not when, how often, and what then."""
        written = Message(*json.loads(bytes(data)))
        (subject,) = written.args
        known = dict.fromkeys(Message._fields)
        known |= {"id": str(written.id), "name": written.name, "args": [str(subject)]}
        return Message(**known | {"kwargs": {}, "retries": 0, "retry_delay": 0})


@dataclass
class JobQueue:
    """The queue of one installation; opened when it is first used.

    ``kinds`` are the jobs there are. Who only adds needs no handlers.
    """

    database_url: str
    file: Path
    kinds: tuple[str, ...]
    handlers: Mapping[str, Handler] = field(default_factory=dict)

    def add(self, kind: str, subject: str, *, times: int = 1) -> None:
        """Add a job for so many workers; they do it soon. Call it after the commit.

        A queue that does not answer is no reason to refuse anything: what stands in the
        database is added again by the sweeper.
        """
        try:
            job = self._jobs[kind]
            for _ in range(times):
                job(subject)
        except Exception as error:  # noqa: BLE001 (each engine has its own errors)
            _log.warning("a job could not be queued: %s", type(error).__name__)
        finally:
            self.close()

    def do_one(self) -> bool:
        """Take a job and do it; return whether there was one.

        What a handler raises is logged by Huey: the job is over. So is a message that
        nobody of ours wrote.
        """
        known, huey = self._jobs, self._huey
        data = huey.storage.dequeue() if known else None
        if data is None:
            return False
        try:
            job = huey.deserialize_task(data)
        except Exception:  # noqa: BLE001 (who can write there can write anything)
            _log.warning("a message in the queue is none of ours")
            return True
        huey.execute(job)
        return True

    def __len__(self) -> int:
        """Return how many jobs wait."""
        return int(self._huey.storage.queue_size())

    def close(self) -> None:
        """Close what is open; a later use opens it again."""
        if "_huey" in self.__dict__:
            self._huey.storage.close()

    @cached_property
    def _huey(self) -> Any:
        common = {"results": False, "serializer": JsonMessages()}
        if not self.database_url.startswith("sqlite"):
            address = self.database_url.replace(DRIVER, "", 1)
            return PostgresHuey(NAME, dsn=address, **common)
        wal = wal_is_safe(sqlite3.sqlite_version_info)
        mode = "wal" if wal else "delete"
        return SqliteHuey(
            NAME, filename=str(self.file), journal_mode=mode, strict_fifo=True, **common
        )

    @cached_property
    def _jobs(self) -> dict[str, Any]:
        return {kind: self._registered(kind) for kind in self.kinds}

    def _registered(self, kind: str) -> Any:
        def handle(subject: str) -> None:
            self.handlers[kind](subject)

        return self._huey.task(name=kind)(handle)
