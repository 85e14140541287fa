"""A worker process that prints one task and kills itself when it has kept some parts.

Run as ``python -m tests.faults.print_victim TASK PARTS``: it dies by SIGKILL with a
part kept of which the database does not know yet.
"""

import os
import signal
import sys
from threading import Event

from tests.labels.printing.make_printing import LineWriter
from traceability.labels.printing.archive import Archive
from traceability.labels.printing.press import Press
from traceability.labels.printing.tasks import print_some, worker_name
from traceability.labels.room import label_keys_of
from traceability.services import build_services
from traceability.settings import read_settings


class DyingArchive(Archive):
    """Kills this process after it kept so many parts."""

    left = 0

    def put_part(self, place: str, sort: str, number: int, data: bytes) -> None:
        super().put_part(place, sort, number, data)
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    task, parts = sys.argv[1], int(sys.argv[2])
    use = build_services(read_settings(os.environ))
    archive = DyingArchive((use.settings.home / "archive").as_uri())
    archive.left = parts
    press = Press(
        archive=archive,
        keys=label_keys_of(use),
        writer_for=lambda *_: LineWriter(),
        pace=0.0,
        slice=600.0,
    )
    print_some(use, press, task, worker=worker_name(), stopped=Event())


if __name__ == "__main__":
    main()
