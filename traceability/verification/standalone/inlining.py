"""Modules of ours as one script, by convention and without a bundler. Pure.

A module imports at its top, with ``import { a, b as c } from "./x.js";`` or
``import * as x from …``; it exports with ``export`` before a function, a class or a
``const`` at the start of a line, or with one list ``export { a, b as c };``. No default
exports, no cycles, no imports with side effects alone. Each module becomes a function
that returns what it exports, called once, after those it imports.
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

_IMPORT = re.compile(
    r'^import\s+(?:\{([^}]*)\}|\*\s+as\s+(\w+))\s+from\s+"(\.[^"]+)";\n', re.MULTILINE
)
_EXPORT = re.compile(
    r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE
)
_LIST = re.compile(r"^export \{([^}]*)\};?$", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b", re.MULTILINE)
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_END = re.compile(r"</(?=script)", re.IGNORECASE)


class ModuleFormError(Exception):
    """A module is not written by the convention: the page cannot be built."""


def inlined(folder: Path, entry: str) -> str:
    """Return a module with all it imports as one script; ``entry`` is below ``folder``.

    Raises ``ModuleFormError``, ``OSError``.
    """
    names: list[str] = []
    _order(folder, entry, [], names)
    numbers = {name: f"m{place}" for place, name in enumerate(names)}
    parts = [_module(folder, name, numbers) for name in names]
    script = '"use strict";\n(() => {\n' + "".join(parts) + "})();\n"
    if _END.search(script):
        raise ModuleFormError("a script cannot hold the end of a script")
    return script


def _order(folder: Path, name: str, above: list[str], known: list[str]) -> None:
    """Add what a module imports, then the module itself, each once."""
    if name in above:
        raise ModuleFormError(f"{name} imports itself by {above}")
    for _found, path in _imports(folder, name):
        if path not in known:
            _order(folder, path, [*above, name], known)
    known.append(name)


def _imports(folder: Path, name: str) -> Iterator[tuple[re.Match[str], str]]:
    for found in _IMPORT.finditer(_read(folder, name)):
        joined = posixpath.join(posixpath.dirname(name), found[3])
        yield found, posixpath.normpath(joined)


def _module(folder: Path, name: str, numbers: dict[str, str]) -> str:
    text = _read(folder, name)
    heads = [
        f"const {_names(found)} = {numbers[path]};\n"
        for found, path in _imports(folder, name)
    ]
    body = _IMPORT.sub("", text)
    exported = _EXPORT.findall(body)
    for found in _LIST.finditer(body):
        exported += [
            _pair(one, turned=True) for one in found[1].split(",") if one.strip()
        ]
    body = _LIST.sub("", _EXPORT.sub("", body))
    if _LEFT.search(_COMMENT.sub("", body)):
        raise ModuleFormError(f"{name} imports or exports in a way of its own")
    gives = f"return {{ {', '.join(exported)} }};\n" if exported else ""
    return (
        f"/* {name} */\nconst {numbers[name]} = (() => {{\n{''.join(heads)}{body}"
        f"{gives}}})();\n"
    )


def _names(found: re.Match[str]) -> str:
    if found[2]:
        return found[2]
    return "{ " + ", ".join(_pair(one) for one in _items(found[1])) + " }"


def _items(text: str) -> list[str]:
    return [one for one in text.split(",") if one.strip()]


def _pair(text: str, *, turned: bool = False) -> str:
    """Return ``a as b`` as JavaScript's ``a: b``, or for exports ``b: a``."""
    name, _, other = text.strip().partition(" as ")
    if not other:
        return name
    return f"{other}: {name}" if turned else f"{name}: {other}"


def _read(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")
