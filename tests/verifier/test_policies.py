"""Both verifiers ask the same of a log's head, and count the same witnesses."""

from dataclasses import replace
from pathlib import Path

from tests.forgeries.case import Case, tell
from tests.transparency.make_witnesses import AT, make_witnesses, policy_text
from tests.verification.make_verification import NOW, build_world
from tests.verifier.make_questions import Asked, in_node

ORIGIN = "https://tx.example"
A, B, C = make_witnesses("a", "b", "c")
WORLD = build_world(ORIGIN)
LATER = int(NOW.timestamp()) + 3600
NESTED = (
    f"{A.policy_line()}{B.policy_line()}{C.policy_line()}"
    "group firm any a b\ngroup both all firm c\nquorum both\n"
)
POLICIES = [
    *(policy_text([A, B, C], least) for least in ("1", "2", "all", "any")),
    policy_text([A, B], "all", WORLD.log.vkey),
    policy_text([A, B], "all", build_world(ORIGIN).log.vkey),
    NESTED,
    "quorum none\n",
    f"{A.policy_line('https://a.example')}# words\n\n quorum\ta \n",
]
ALL = (A, B, C)


def notes() -> list[str]:
    """Heads with the signatures of none, some, all, and of liars."""
    note = WORLD.log.checkpoint()
    made_up = A.cosign(WORLD.log.checkpoint(2))
    return [
        note,
        note + A.cosign(note),
        note + A.cosign(note) + C.cosign(note),
        note + "".join(one.cosign(note) for one in ALL),
        note + A.cosign(note, LATER) + B.cosign(note),
        note + A.cosign(note, AT) + A.cosign(note, LATER),
        note + made_up,
        note + make_witnesses("a")[0].cosign(note),
    ]


def with_head(note: str, *, seen: bool) -> Case:
    case = tell(WORLD)
    case.document["checkpoint"] = note
    if not seen:
        case.memory = replace(case.memory, checkpoint="")
    return case


def test_both_count_the_same(tmp_path: Path) -> None:
    asked = Asked()
    for policy in ["", *POLICIES]:
        for note in notes():
            for seen in (True, False):
                asked.add_case(with_head(note, seen=seen), policy)
    assert in_node(asked.questions, tmp_path) == asked.answers
    told = {check[3] for answer in asked.answers for check in answer[2]}
    assert told >= {"quorum-missing", "cosigned", "cosignature-invalid", "first-sight"}


def test_a_policy_nobody_can_read_leaves_the_check_open(tmp_path: Path) -> None:
    case = with_head(WORLD.log.checkpoint(), seen=True)
    asked = Asked()
    for text in (
        *("nonsense\n", "quorum b\n", f"log {A.vkey}\nquorum none\n"),
        *(f"{A.policy_line()}group g 2 a\nquorum g\n", "quorum none\r\n"),
    ):
        asked.add_case(case)
        asked.questions[-1]["policy"] = text
    for verdict, code, checks in in_node(asked.questions, tmp_path):
        assert (verdict, code) == ("incomplete", 2)
        assert checks[6][2:4] == ["not-checked", "policy-malformed"]
