"""Every text a person can meet stands in Vietnamese."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from pkgutil import walk_packages
from typing import BinaryIO

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from jinja2.ext import babel_extract

import traceability
from traceability.core.errors import DomainError
from traceability.web.catalogs import FOLDER, read_catalog

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "traceability"
TEMPLATES = ROOT / "templates"
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "_l": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
Found = dict[str, set[str]]
_PLACEHOLDER = re.compile(r"%\((\w+)\)")


def messages_in_python() -> Found:
    found: Found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        with path.open("rb") as file:
            for _line, message, _comments, _context in extract(
                "python", file, keywords=KEYWORDS
            ):
                add(found, message, path)
    return found


def messages_in_templates() -> Found:
    found: Found = {}
    for path in sorted(TEMPLATES.rglob("*.html")):
        with path.open("rb") as file:
            for _line, _function, message, _comments in jinja_messages(file):
                add(found, message, path)
    return found


def jinja_messages(file: BinaryIO) -> Iterator[tuple[int, str, object, list[str]]]:
    options = {
        "trimmed": "true",
        "silent": "false",
        "encoding": "utf-8",
        "extensions": "traceability.web.keeping.Keeping",
    }
    yield from babel_extract(file, ["_", "gettext", "ngettext"], [], options)


def refusals() -> set[str]:
    """Return the names of every class of domain error."""
    for module in walk_packages(traceability.__path__, "traceability."):
        if ".migrations" not in module.name:
            __import__(module.name)
    names, open_ = set(), [DomainError]
    while open_:
        one = open_.pop()
        names.add(one.__name__)
        open_.extend(one.__subclasses__())
    return names


def messages_of_refusals() -> Found:
    names, found = refusals(), Found()
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        constants = texts_at_module_level(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and called(node) in names and node.args:
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    add(found, first.value, path)
                elif isinstance(first, ast.Name):
                    add(found, constants.get(first.id), path)
    return found


def called(node: ast.Call) -> str:
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def texts_at_module_level(tree: ast.Module) -> dict[str, str]:
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def add(found: Found, message: object, path: Path) -> None:
    texts = message if isinstance(message, tuple | list) else [message]
    for text in texts:
        if isinstance(text, str) and text:
            found.setdefault(text, set()).add(str(path.relative_to(ROOT)))


def needed() -> Found:
    found: Found = {}
    for part in (messages_in_python(), messages_in_templates(), messages_of_refusals()):
        for text, places in part.items():
            found.setdefault(text, set()).update(places)
    return found


def catalogs(language: str) -> list[tuple[Path, Catalog]]:
    paths = sorted((FOLDER / language).glob("*.po"))
    return [(path, read_catalog(path, language)) for path in paths]


def translations() -> dict[str, str]:
    known: dict[str, str] = {}
    for _path, catalog in catalogs("vi"):
        for message in catalog:
            texts = forms(message.string)
            for one in forms(message.id):
                if one and all(texts) and not message.fuzzy:
                    known[one] = texts[0]
    return known


def forms(text: object) -> list[str]:
    """Return singular and plural, or the one form there is."""
    return [str(one) for one in (text if isinstance(text, tuple | list) else [text])]


def test_the_search_finds_texts_of_every_kind() -> None:
    assert "Too many tries" in messages_in_python()
    assert "Skip to the content" in messages_in_templates()
    assert "Somebody already signs in with this name." in messages_of_refusals()


def test_every_text_has_its_vietnamese() -> None:
    known = translations()
    missing = [
        f"{min(places)}: {text}"
        for text, places in sorted(needed().items())
        if text not in known
    ]
    assert not missing, "\n" + "\n".join(missing)


def test_translations_use_only_placeholders_of_their_text() -> None:
    wrong = []
    for _path, catalog in catalogs("vi"):
        for message in catalog:
            known = set(_PLACEHOLDER.findall(" ".join(forms(message.id))))
            used = set(_PLACEHOLDER.findall(" ".join(forms(message.string))))
            if message.id and not used <= known:
                wrong.append(message.id)
    assert not wrong


def test_one_text_has_one_translation() -> None:
    seen: dict[str, tuple[str, str]] = {}
    clashes = []
    for path, catalog in catalogs("vi"):
        for message in catalog:
            if not message.id:
                continue
            key, text = str(message.id), str(message.string)
            known = seen.setdefault(key, (text, path.name))
            if known[0] != text:
                clashes.append(f"{key}: {known} but {path.name}: {text}")
    assert not clashes, "\n".join(clashes)


def test_nothing_is_left_half_translated() -> None:
    fuzzy = [
        f"{path.name}: {message.id}"
        for path, catalog in catalogs("vi")
        for message in catalog
        if message.id and message.fuzzy
    ]
    assert not fuzzy
