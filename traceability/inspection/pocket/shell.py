"""Which files the installed page is made of, and the one version they have together."""

import hashlib
import posixpath
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

ENTRY = "pocket/app.js"
WORKER = "pocket/worker.js"
SCANNER = "vendor/zxing-wasm/es/reader/index.js"
SCANNER_WASM = "vendor/zxing-wasm/reader/zxing_reader.wasm"
DRESS = (
    "public.css",
    "pocket/pocket.css",
    "icon.svg",
    "pocket/icon.svg",
    "pocket/icon-192.png",
    "pocket/icon-512.png",
    "pocket/icon-maskable-512.png",
)
_STATIC = re.compile(r"""(?:from|import)\s*["'](\.{1,2}/[^"']+)["']""")
_COMMENT = re.compile(
    r"^[ \t]*(?:/\*(?!!)(?:(?!\*/)[\s\S])*\*/[ \t]*|//[^\n]*)\n", re.MULTILINE
)
_LAZY = re.compile(r"""import\(\s*["'](\.{1,2}/[^"']+)["']\s*\)""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shell:
    """The page's files below ``static/``, in the order they are asked for."""

    first: tuple[str, ...]  # modules without which the page does not open
    scanner: tuple[str, ...]  # read at the first scan where the browser cannot itself

    @property
    def code(self) -> tuple[str, ...]:
        """Return the modules and the wasm: what has one version and one address."""
        return (*self.first, *self.scanner)


def shell_of(static: Path) -> Shell:
    """Return the files that the page imports, followed through its modules."""
    first = _closure(static, [ENTRY], _STATIC)
    lazy = [one for name in first for one in _imported(static, name, _LAZY)]
    later = _closure(static, lazy, _STATIC)
    scanner = [one for one in later if one not in first]
    return Shell(first=tuple(first), scanner=(*scanner, SCANNER_WASM))


def uncommented(script: str) -> str:
    """Return a script without the lines that are comments alone; licences stay.

    A quarter of what a phone would load explains the rest to us. A script with a text
    that spans lines (an odd number of backticks in one) is left as it is.
    """
    stripped = _COMMENT.sub("", script)
    if any(line.count("`") % 2 for line in stripped.splitlines()):
        return script
    return stripped


def version_of(contents: Iterable[bytes]) -> str:
    """Return the name of these very contents: other ones are another version."""
    whole = hashlib.sha256()
    for content in contents:
        whole.update(hashlib.sha256(content).digest())
    return whole.hexdigest()[:16]


def manifest_of(words: Mapping[str, str], language: str) -> dict[str, object]:
    """Return the web app manifest; one identity, whatever the language."""
    icons = [
        {"src": "/static/pocket/icon.svg", "sizes": "any", "type": "image/svg+xml"},
        _icon("icon-192.png", 192, "any"),
        _icon("icon-512.png", 512, "any"),
        _icon("icon-maskable-512.png", 512, "maskable"),
    ]
    return {
        "id": "/inspector/",
        "name": words["name"],
        "short_name": words["short_name"],
        "description": words["description"],
        "lang": language,
        "dir": "ltr",
        "start_url": f"/inspector/?lang={language}",
        "scope": "/inspector/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#fcfbf7",
        "theme_color": "#14532f",
        "icons": icons,
    }


def _icon(name: str, size: int, purpose: str) -> dict[str, str]:
    return {
        "src": f"/static/pocket/{name}",
        "sizes": f"{size}x{size}",
        "type": "image/png",
        "purpose": purpose,
    }


def _closure(static: Path, names: list[str], pattern: re.Pattern[str]) -> list[str]:
    found: list[str] = []
    queue = list(names)
    while queue:
        name = queue.pop(0)
        if name not in found:
            found.append(name)
            queue += _imported(static, name, pattern)
    return found


def _imported(static: Path, name: str, pattern: re.Pattern[str]) -> list[str]:
    text = (static / name).read_text(encoding="utf-8")
    folder = posixpath.dirname(name)
    return [
        posixpath.normpath(posixpath.join(folder, one)) for one in pattern.findall(text)
    ]
