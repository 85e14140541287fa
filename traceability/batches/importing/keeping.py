"""Keep a refused file with its report, for whoever has to put it right. Pure."""

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

_ZIP = b"PK"
_START = 12  # digits of the digest in the name


def keep_refused(
    folder: Path, data: bytes, report: Mapping[str, Any], *, now: datetime
) -> Path:
    """Copy a refused file and its report into the folder, 0600; return the copy.

    The name is the time and the start of the file's SHA-256; the same file refused
    again within a second is kept once.
    """
    digest = hashlib.sha256(data).hexdigest()
    ending = "xlsx" if data.startswith(_ZIP) else "csv"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{now:%Y%m%dT%H%M%SZ}-{digest[:_START]}.{ending}"
    _write(path, data)
    told = {"sha256": digest, **report}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    _write(path.with_suffix(f".{ending}.json"), text.encode())
    return path


def _write(path: Path, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(data)
