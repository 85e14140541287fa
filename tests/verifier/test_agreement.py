"""The verifier that runs in a browser says what the Python one says, on every lie."""

from pathlib import Path

import pytest

from tests.forgeries.museum import COLLECTION
from tests.forgeries.test_forgeries import HONEST
from tests.verifier.make_questions import Asked, in_node

ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def museum() -> Asked:
    asked = Asked()
    for build in HONEST.values():
        asked.add_case(build(ORIGIN))
    for lie in COLLECTION:
        asked.add_case(lie.build(ORIGIN))
    return asked


NAMES = [*HONEST, *(lie.name for lie in COLLECTION)]


def test_the_museum_holds_at_least_80_lies() -> None:
    assert len(COLLECTION) >= 80


@pytest.mark.parametrize("bare", [False, True], ids=["webcrypto", "bare"])
def test_node_agrees_on_every_case(
    museum: Asked, tmp_path: Path, *, bare: bool
) -> None:
    answers = in_node(museum.questions, tmp_path, bare=bare)
    wrong = {
        name: (expected, answer)
        for name, expected, answer in zip(NAMES, museum.answers, answers, strict=True)
        if expected != answer
    }
    assert not wrong
