"""Cosignatures: made, read, counted; made-up ones refused."""

import base64
from datetime import UTC, datetime

import pytest

from tests.transparency.make_transparency import ORIGIN, Keys
from tests.transparency.make_witnesses import AT, make_witnesses, policy_text
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.cosignatures import (
    CLOCK_SLACK,
    cosignatures_on,
    has_quorum,
    key_names,
    times_of,
)
from traceability.transparency.errors import (
    CosignatureError,
    NoteMalformedError,
    VkeyMalformedError,
)
from traceability.transparency.merkle import EMPTY_ROOT
from traceability.transparency.note import (
    COSIGNATURE,
    NoteKey,
    format_vkey,
    open_note,
    parse_signature_lines,
    parse_vkey,
    sign_note,
)
from traceability.transparency.policy import parse_policy

A, B, C = make_witnesses("a", "b", "c")
POLICY = parse_policy(policy_text([A, B, C], "2"))
KEYS = Keys()
LOG_KEY = parse_vkey(KEYS.vkeys()[0])
TEXT = Checkpoint(ORIGIN, 7, EMPTY_ROOT).text()
NOTE = sign_note(TEXT, KEYS.signer(), LOG_KEY).format()
# The example of C2SP tlog-cosignature: its line opens into id, instant and signature.
EXAMPLE = (
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZC"
    "B9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def test_the_published_example_says_when() -> None:
    (line,) = parse_signature_lines(EXAMPLE)
    assert len(line.signature) == 72
    assert int.from_bytes(line.signature[:8], "big") == 1679315147


def test_a_witness_vkey_is_of_its_own_kind() -> None:
    assert parse_vkey(A.vkey, COSIGNATURE) == A.key
    assert A.key.key_id != NoteKey(A.key.name, A.key.raw).key_id
    assert base64.b64decode(A.vkey.split("+", 2)[2])[0] == 4
    for vkey, kind in ((A.vkey, 1), (KEYS.vkeys()[0], COSIGNATURE)):
        with pytest.raises(VkeyMalformedError):
            parse_vkey(vkey, kind)
    assert format_vkey(A.key) == A.vkey


def test_cosignatures_of_known_witnesses_are_counted() -> None:
    (stranger,) = make_witnesses("x")
    note = NOTE + A.cosign(NOTE) + stranger.cosign(NOTE) + C.cosign(NOTE, AT + 5)
    found = cosignatures_on(note, POLICY.witnesses, AT)
    assert times_of(found) == {"a": AT, "c": AT + 5}
    assert key_names(found) == ("a.example", "c.example")
    assert has_quorum(POLICY, found)
    assert open_note(note, [LOG_KEY]).text == TEXT


def test_a_witness_that_signs_twice_counts_once_by_its_newest() -> None:
    note = NOTE + A.cosign(NOTE, AT) + A.cosign(NOTE, AT + 9) + A.cosign(NOTE, AT - 9)
    found = cosignatures_on(note, POLICY.witnesses, AT)
    assert times_of(found) == {"a": AT + 9}
    assert not has_quorum(POLICY, found)


def test_a_cosignature_of_tomorrow_does_not_count() -> None:
    late = A.cosign(NOTE, AT + CLOCK_SLACK + 1)
    far = B.cosign(NOTE, 2**63 - 1)
    assert cosignatures_on(NOTE + late + far, POLICY.witnesses, AT) == []


def test_a_cosignature_of_another_head_is_made_up() -> None:
    other = sign_note(
        Checkpoint(ORIGIN, 8, EMPTY_ROOT).text(), KEYS.signer(), LOG_KEY
    ).format()
    with pytest.raises(CosignatureError):
        cosignatures_on(NOTE + A.cosign(other), POLICY.witnesses, AT)


@pytest.mark.parametrize("position", [0, 7, 8, 40, 71])
def test_an_altered_cosignature_is_made_up(position: int) -> None:
    name, encoded = A.cosign(NOTE).split()[1:]
    data = bytearray(base64.b64decode(encoded))
    data[4 + position] ^= 1
    line = f"— {name} {base64.b64encode(data).decode()}\n"
    with pytest.raises(CosignatureError):
        cosignatures_on(NOTE + line, POLICY.witnesses, AT)


@pytest.mark.parametrize("length", [1, 8, 71, 73])
def test_a_cosignature_of_another_length_is_made_up(length: int) -> None:
    name, encoded = A.cosign(NOTE).split()[1:]
    data = (base64.b64decode(encoded) + b"\0")[: 4 + length]
    line = f"— {name} {base64.b64encode(data).decode()}\n"
    with pytest.raises(CosignatureError):
        cosignatures_on(NOTE + line, POLICY.witnesses, AT)


def test_a_plain_signature_of_a_witness_key_is_no_cosignature() -> None:
    plain = NoteKey(A.key.name, A.key.raw)
    line = sign_note(TEXT, A, plain).signatures[0].line()
    assert cosignatures_on(NOTE + line, POLICY.witnesses, AT) == []


def test_lines_alone_are_read_as_those_of_a_note() -> None:
    lines = A.cosign(NOTE) + B.cosign(NOTE)
    assert [one.name for one in parse_signature_lines(lines)] == [
        "a.example",
        "b.example",
    ]
    for bad in ("", "\n", lines + "x", lines.replace("\n", "\r\n"), "text\n\n" + lines):
        with pytest.raises(NoteMalformedError):
            parse_signature_lines(bad)


def test_the_instant_is_before_the_tests_now() -> None:
    assert datetime.fromtimestamp(AT, UTC).year == 2026
