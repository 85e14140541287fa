"""The verifier that runs in a browser says what the Python one says, on every lie."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.forgeries.museum import COLLECTION
from tests.forgeries.stamps import unbound_stamp
from tests.forgeries.test_forgeries import HONEST
from tests.verification.make_bundles import rebuilt
from tests.verification.test_bundle_archive import (
    BENT,
    HONEST as WHOLE,
    PARTS,
)
from tests.verifier.make_questions import (
    NAMES,
    ORIGIN,
    Asked,
    codes_of,
    difference,
    in_node,
)
from traceability.verification.memory import Memory
from traceability.verification.standalone.inlining import inlined

ROOT = Path(__file__).parents[2]

LARGE = 4 * 1024 * 1024  # bytes; what is larger is refused for that alone


def test_the_museum_holds_at_least_80_lies() -> None:
    assert len(COLLECTION) >= 80


@pytest.mark.parametrize("bare", [False, True], ids=["webcrypto", "bare"])
def test_node_agrees_on_every_case(
    museum: Asked, tmp_path: Path, *, bare: bool
) -> None:
    names = [*NAMES, *(f"{name} in a bundle" for name in NAMES)]
    names = names[: len(NAMES)] if bare else names  # no faster than it must be
    answers = in_node(museum.questions[: len(names)], tmp_path, bare=bare)
    wrong = {
        name: difference(expected, answer)
        for name, expected, answer in zip(names, museum.answers, answers, strict=False)
        if codes_of(expected) != codes_of(answer)
    }
    assert not wrong
    assert [answer[0] for answer in answers[: len(HONEST)]] == ["verified"] * len(
        HONEST
    )


def test_chromium_agrees_on_every_case(
    museum: Asked, browser: Browser, tmp_path: Path
) -> None:
    blank = tmp_path / "blank.html"
    blank.write_text("<!doctype html><title>blank</title>", encoding="utf-8")
    page = browser.new_context(offline=True).new_page()
    page.goto(blank.as_uri())
    page.add_script_tag(content=inlined(ROOT, "tests/verifier/chromium.mjs"))
    answers = page.evaluate("(all) => answerAll(all)", museum.questions)
    page.context.close()
    wrong = [
        (place, difference(expected, answer))
        for place, (expected, answer) in enumerate(
            zip(museum.answers, answers, strict=True)
        )
        if codes_of(expected) != codes_of(answer)
    ]
    assert not wrong


def test_both_say_that_an_unbound_stamp_is_no_lots(tmp_path: Path) -> None:
    asked = Asked()
    asked.add_case(unbound_stamp(ORIGIN))
    [answer] = in_node(asked.questions, tmp_path)
    assert answer == asked.answers[0]
    assert answer[:2] == ["attention", 1]


def test_both_refuse_bent_bundles_with_one_code(tmp_path: Path) -> None:
    asked = Asked()
    for _name, data, _code in BENT:
        if len(data) < LARGE:
            asked.add_bundle(data, Memory())
    for change, _code in PARTS:
        asked.add_bundle(rebuilt(WHOLE, change), Memory())
    answers = in_node(asked.questions, tmp_path)
    assert [answer[:2] for answer in answers] == [one[:2] for one in asked.answers]
    assert {answer[0] for answer in answers} == {"refused"}
