"""Both verifiers agree on whatever else may happen to what they receive."""

from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from tests.forgeries.case import Case, tell
from tests.verification.make_verification import build_world
from tests.verifier.make_mutations import accident, oddly_signed
from tests.verifier.make_questions import Asked, codes_of, in_node

ORIGIN = "https://tx.example"
HONEST = tell(build_world(ORIGIN))
ES256 = tell(build_world(ORIGIN, alg="ES256"))


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda random: accident(HONEST, random), id="accidents"),
        pytest.param(lambda random: accident(ES256, random), id="accidents-es256"),
        pytest.param(lambda random: oddly_signed(ORIGIN, random), id="odd-records"),
    ],
)
def test_both_verifiers_agree(build: Callable[[Random], Case], tmp_path: Path) -> None:
    random = Random(20261122)
    asked = Asked()
    for _ in range(300):
        asked.add_case(build(random))
    answers = in_node(asked.questions, tmp_path)
    wrong = [
        (question["text"], expected, answer)
        for question, expected, answer in zip(
            asked.questions, asked.answers, answers, strict=True
        )
        if codes_of(expected) != codes_of(answer)
    ]
    assert not wrong
