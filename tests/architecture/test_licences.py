"""Only permissive libraries, and LGPL or MPL ones unmodified; no GPL, no AGPL."""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
STRONG = re.compile(r"\b(A?GPL|GNU (Affero )?General Public)", re.IGNORECASE)
# Licences named only in a file inside the package, read by a person.
READ_BY_HAND = {"huey": "MIT", "pysqlite3": "zlib", "sigstore-models": "MIT"}


def pinned() -> set[str]:
    text = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==", text, re.MULTILINE))


def licence_of(package: str) -> str | None:
    """What a package says of itself; nothing where it is not installed here."""
    try:
        told = metadata(package)
    except PackageNotFoundError:
        return None
    classifiers = [
        one for one in told.get_all("Classifier", []) if one.startswith("License")
    ]
    words = told.get_all("License-Expression", []) + told.get_all("License", [])
    short = [word for word in words if len(word) < 200]
    return READ_BY_HAND.get(package) or " ".join([*short, *classifiers]).strip()


def test_every_package_names_a_licence() -> None:
    silent = [one for one in sorted(pinned()) if licence_of(one) == ""]
    assert not silent


def test_no_package_is_under_gpl_or_agpl() -> None:
    found = {one: licence_of(one) or "" for one in sorted(pinned())}
    assert not {one: text for one, text in found.items() if STRONG.search(text)}


def test_vendored_files_carry_their_licences() -> None:
    vendored = [
        *(ROOT / "traceability/static/vendor").iterdir(),
        ROOT / "traceability/labels/fonts",
        ROOT / "traceability/catalog/data",
    ]
    for folder in vendored:
        assert any("LICENSE" in file.name for file in folder.iterdir()), folder.name
