"""A witness that cosigns one history, step by step, until it kills itself.

Run as ``python -m tests.faults.witness_victim FOLDER POINT HIT``: requests come one a
line on standard input (base64), cosignatures leave one a line.
"""

import base64
import sys
from pathlib import Path
from typing import Any

from tests.faults.victim import Trap
from traceability.core.clock import SystemClock
from traceability.settings import Settings
from traceability.signing import keyfiles
from traceability.transparency.witnessing import service
from traceability.transparency.witnessing.home import WitnessHome
from traceability.transparency.witnessing.state import WitnessState

POINTS: dict[str, tuple[Any, str, str]] = {
    "before-signing": (service, "cosign", "before"),
    "after-signing": (service, "cosign", "after"),
    "before-renaming": (Path, "replace", "before"),
    "after-renaming": (Path, "replace", "after"),
    "before-syncing-the-folder": (keyfiles, "_sync_folder", "before"),
    "state-written": (WitnessState, "write", "after"),
}


def main() -> None:
    folder, point, hit = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    settings = Settings(home=folder / "unused", keys=folder / "unused")
    witness = WitnessHome(folder / "witness", settings).open(SystemClock())
    owner, name, moment = POINTS[point]
    setattr(owner, name, getattr(Trap(hit), moment)(getattr(owner, name)))
    for line in sys.stdin:
        sys.stdout.write(witness.add_checkpoint(base64.b64decode(line)))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
