"""Both verifiers agree on whatever else may happen to what they receive."""

from collections.abc import Callable
from pathlib import Path
from random import Random  # noqa: TID251 (seeded, to alter what tests send)

import pytest

from tests.forgeries.case import Case, tell
from tests.verification.make_bundles import bundled, files_in, rebuilt
from tests.verification.make_verification import build_world
from tests.verifier.make_mutations import accident, altered_file, oddly_signed
from tests.verifier.make_questions import Asked, codes_of, difference, in_node
from traceability.verification.memory import Memory

ORIGIN = "https://tx.example"
WORLD = build_world(ORIGIN)
HONEST = tell(WORLD)
ES256 = tell(build_world(ORIGIN, alg="ES256"))
BUNDLE = bundled(WORLD, status=WORLD.status_lists())
MEMORY = Memory(trust_list=HONEST.trust_list, checkpoint=WORLD.log.checkpoint(3))


def compare(asked: Asked, folder: Path) -> None:
    answers = in_node(asked.questions, folder)
    wrong = [
        (place, difference(expected, answer))
        for place, (expected, answer) in enumerate(
            zip(asked.answers, answers, strict=True)
        )
        if codes_of(expected) != codes_of(answer)
    ]
    assert not wrong


@pytest.mark.parametrize(
    "build",
    [
        pytest.param(lambda random: accident(HONEST, random), id="accidents"),
        pytest.param(lambda random: accident(ES256, random), id="accidents-es256"),
        pytest.param(lambda random: oddly_signed(ORIGIN, random), id="odd-records"),
    ],
)
def test_on_what_a_service_hands_over(
    build: Callable[[Random], Case], tmp_path: Path
) -> None:
    random = Random(20261122)  # noqa: S311 (seeded, to alter what tests send)
    asked = Asked()
    for _ in range(200):
        asked.add_case(build(random))
    compare(asked, tmp_path)


def test_on_bundles_with_another_file(tmp_path: Path) -> None:
    random = Random(20261122)  # noqa: S311 (seeded, to alter what tests send)
    asked = Asked()
    asked.add_bundle(BUNDLE, MEMORY)
    asked.add_bundle(BUNDLE, Memory(trust_list=HONEST.trust_list))
    for _ in range(150):
        changed = rebuilt(BUNDLE, lambda files: altered_file(files, random))
        asked.add_bundle(changed, MEMORY)
    compare(asked, tmp_path)
    assert asked.answers[0][:2] == ["verified", 0]


def test_on_bundles_with_another_byte(tmp_path: Path) -> None:
    random = Random(20261122)  # noqa: S311 (seeded, to alter what tests send)
    asked = Asked()
    for _ in range(300):
        data = bytearray(BUNDLE)
        data[random.randrange(len(data))] ^= 1 << random.randrange(8)
        asked.add_bundle(
            bytes(data[: random.choice([None, None, -1, -22, 40])]), MEMORY
        )
    compare(asked, tmp_path)
    assert len(files_in(BUNDLE)) > 10
