"""Witness policies: what they ask for, and where they cannot be read."""

from itertools import count

import pytest
from hypothesis import given, strategies as st

from tests.transparency.make_transparency import Keys
from tests.transparency.make_witnesses import make_witnesses, policy_text
from traceability.transparency.errors import PolicyMalformedError
from traceability.transparency.policy import MAX_BYTES, MOST, parse_policy

A, B, C = make_witnesses("a", "b", "c")
LOG = Keys().vkeys()[0]


def test_a_policy_names_logs_witnesses_groups_and_a_quorum() -> None:
    policy = parse_policy(
        f"# who we believe\n\n  log {LOG} https://tx.example/log\n"
        f"\t{A.policy_line('https://a.example')}{B.policy_line()}{C.policy_line()}"
        "group firm any a b\ngroup both all firm c # no comment\n"
        "quorum both\n".replace(" # no comment", "")
    )
    assert [one.url for one in policy.logs] == ["https://tx.example/log"]
    assert [one.name for one in policy.witnesses] == ["a", "b", "c"]
    assert policy.witnesses[0].url == "https://a.example"
    assert policy.asks


@pytest.mark.parametrize(
    ("names", "met"),
    [
        ("", False),
        ("a", False),
        ("ab", False),
        ("ac", True),
        ("bc", True),
        ("c", False),
    ],
)
def test_groups_nest(names: str, *, met: bool) -> None:
    lines = A.policy_line() + B.policy_line() + C.policy_line()
    policy = parse_policy(
        f"{lines}group firm any a b\ngroup both 2 firm c\nquorum both"
    )
    assert policy.met_by(set(names)) is met


def test_one_witness_may_be_the_quorum_and_none_asks_nothing() -> None:
    assert parse_policy(A.policy_line() + "quorum a\n").met_by({"a"})
    assert not parse_policy(A.policy_line() + "quorum a\n").met_by(set())
    nobody = parse_policy("quorum none\n")
    assert nobody.met_by(set())
    assert not nobody.asks


@given(st.sets(st.sampled_from("abc")), st.integers(1, 3))
def test_k_of_n_is_counted(names: set[str], least: int) -> None:
    policy = parse_policy(policy_text([A, B, C], str(least)))
    assert policy.met_by(names) is (len(names) >= least)


def test_a_quorum_is_as_old_as_the_witness_that_completes_it() -> None:
    policy = parse_policy(policy_text([A, B, C], "2"))
    assert policy.met_since({"a": 30, "b": 10, "c": 20}) == 20
    assert policy.met_since({"a": 30}) is None


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("nonsense\nquorum none", 1, "begins with none of"),
        ("log\nquorum none", 1, "too few or too many"),
        (f"log {LOG} u v\nquorum none", 1, "too few or too many"),
        (f"log {A.vkey}\nquorum none", 1, "no verifier key of its kind"),
        (f"witness a {LOG}\nquorum none", 1, "no verifier key of its kind"),
        ("witness a x+00000000+AA==\nquorum none", 1, "no verifier key of its kind"),
        (f"log {LOG}\nlog {LOG}\nquorum none", 2, "a second time"),
        (A.policy_line() + f"witness b {A.vkey}\nquorum none", 2, "a second time"),
        (A.policy_line() + f"witness a {B.vkey}\nquorum none", 2, "is taken"),
        (f"witness none {A.vkey}\nquorum none", 1, "is taken"),
        (f"witness a {A.vkey} ftp://a\nquorum none", 1, "https://"),
        (f"witness a {A.vkey} file:///etc/passwd\nquorum none", 1, "https://"),
        (A.policy_line() + "group g 0 a\nquorum g", 2, "all, any, or a number"),
        (A.policy_line() + "group g 2 a\nquorum g", 2, "all, any, or a number"),
        (A.policy_line() + "group g 01 a\nquorum g", 2, "all, any, or a number"),
        (A.policy_line() + "group g 9999999999999 a\nquorum g", 2, "all, any"),
        (A.policy_line() + "group g most a\nquorum g", 2, "all, any, or a number"),
        (A.policy_line() + "group g any\nquorum g", 2, "too few"),
        (A.policy_line() + "group g any b\nquorum g", 2, "not defined above"),
        (A.policy_line() + "group g any none\nquorum g", 2, "not defined above"),
        (A.policy_line() + "group g any a a\nquorum g", 2, "member already"),
        (A.policy_line() + "group g any g\nquorum g", 2, "not defined above"),
        (A.policy_line() + "group a any a\nquorum a", 2, "is taken"),
        ("quorum b", 1, "nobody defined above"),
        ("quorum none\nquorum none", 2, "given twice"),
        ("quorum none\r\n", 1, "control character"),
        ("# fine\nquorum\x00none\n", 2, "control character"),
        ("quorum\x7fnone\n", 1, "control character"),
    ],
    ids=count(),  # keys are fresh each time; names of tests must not be
)
def test_a_refusal_names_the_line(text: str, line: int, said: str) -> None:
    with pytest.raises(PolicyMalformedError, match=said) as refusal:
        parse_policy(text)
    assert refusal.value.params["line"] == line


@pytest.mark.parametrize("text", ["", "# only words\n", A.policy_line()], ids=count())
def test_a_policy_without_a_quorum_is_none(text: str) -> None:
    with pytest.raises(PolicyMalformedError, match="no quorum line"):
        parse_policy(text)


def test_a_policy_is_bounded() -> None:
    many = "".join(one.policy_line() for one in make_witnesses(*map(str, range(MOST))))
    assert len(parse_policy(f"{many}quorum none").witnesses) == MOST
    for text in (f"{many}{A.policy_line()}quorum none", "#" * (MAX_BYTES + 1)):
        with pytest.raises(PolicyMalformedError, match="too large"):
            parse_policy(text)


def test_another_blank_is_part_of_a_name() -> None:
    policy = parse_policy(f"witness a\u00a0b {A.vkey}\nquorum a\u00a0b\n")
    assert policy.quorum == "a\u00a0b"
