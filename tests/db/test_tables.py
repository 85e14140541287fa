"""A backup holds all tables, also where its process has read next to nothing."""

import subprocess
import sys
from pathlib import Path

import traceability
from traceability.db.tables import all_metadata

PACKAGE = Path(traceability.__file__).parent
PROGRAM = "from traceability.db.tables import all_metadata as all; print(*all().tables)"


def test_a_process_that_read_no_room_knows_every_table() -> None:
    done = subprocess.run(  # noqa: S603 (our own program)
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert set(done.stdout.split()) == set(all_metadata().tables)
    assert len(done.stdout.split()) > 50


def test_nobody_goes_by_the_tables_that_happen_to_be_read() -> None:
    found = {
        str(module.relative_to(PACKAGE))
        for module in PACKAGE.rglob("*.py")
        if "Base.metadata" in module.read_text("utf-8")
    }
    assert found == {"db/tables.py"}
