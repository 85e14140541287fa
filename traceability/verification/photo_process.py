"""Read one picture's codes in a process of its own, within limits.

``python -m traceability.verification.photo_process SECONDS BYTES``: the picture comes
in, ``{"codes": […]}`` or ``{"refusal": {…}}`` goes out. Nothing else is touched.
"""

import json
import resource
import sys

from traceability.core.errors import DomainError
from traceability.verification.photo import codes_in


def main() -> None:
    """Limit this process, read the picture, tell."""
    seconds, room = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (room, room))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.stdout.write(json.dumps(_read(sys.stdin.buffer.read())))


def _read(data: bytes) -> dict[str, object]:
    try:
        return {"codes": codes_in(data, sheets=False)}
    except DomainError as refusal:
        return {"refusal": {"code": refusal.code, "message": refusal.message}}


if __name__ == "__main__":
    main()
