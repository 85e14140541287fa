"""The page's modules as they are served: read once, one version, one address."""

import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from traceability.inspection.pocket.shell import shell_of, uncommented, version_of

_SCRIPT = ".js"


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """All modules and the scanner's wasm, by their names below ``static/``."""

    version: str
    contents: Mapping[str, bytes]
    scripts: tuple[str, ...]  # the sources of those the page cannot open without

    @property
    def folder(self) -> str:
        """Return the address below which they lie; it changes when one of them does."""
        return f"/inspector/code/{self.version}"

    def address(self, name: str) -> str:
        """Return where one of them is served."""
        return f"{self.folder}/{name}"

    def media_type(self, name: str) -> str:
        """Return what one of them is."""
        if name.endswith(_SCRIPT):
            return "text/javascript; charset=utf-8"
        return mimetypes.guess_type(name)[0] or "application/octet-stream"


@cache
def read_code(static: Path) -> Code:
    """Return the code as it lies below a folder. Raises ``OSError``."""
    shell = shell_of(static)
    contents = {name: _served(static, name) for name in shell.code}
    sources = [(static / name).read_text(encoding="utf-8") for name in shell.first]
    return Code(
        version=version_of(contents.values()),
        contents=contents,
        scripts=tuple(sources),
    )


def _served(static: Path, name: str) -> bytes:
    path = static / name
    if not name.endswith(_SCRIPT):
        return path.read_bytes()
    return uncommented(path.read_text(encoding="utf-8")).encode()
