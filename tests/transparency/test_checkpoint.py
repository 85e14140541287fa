"""Checkpoints say origin, size and root in exactly one way."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tests.transparency.make_transparency import ORIGIN, Keys
from traceability.transparency.checkpoint import (
    Checkpoint,
    open_checkpoint,
    parse_checkpoint,
)
from traceability.transparency.errors import (
    CheckpointMalformedError,
    CheckpointOriginError,
)
from traceability.transparency.note import parse_note, parse_vkey, sign_note

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "tlog.json").read_text("utf-8")
)
PUBLISHED = VECTORS["checkpoint"]
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


def test_the_published_checkpoint_reads() -> None:
    text = parse_note(PUBLISHED["note"]).text
    checkpoint = parse_checkpoint(text)
    assert checkpoint.origin == PUBLISHED["origin"]
    assert checkpoint.size == PUBLISHED["size"]
    assert base64.b64encode(checkpoint.root).decode() == PUBLISHED["root"]
    assert checkpoint.text() == text


@given(st.from_regex(r"[a-z.]{1,20}/log", fullmatch=True), st.integers(0, 2**63 - 1))
def test_checkpoints_round_trip(origin: str, size: int) -> None:
    checkpoint = Checkpoint(origin, size, bytes(range(32)))
    assert parse_checkpoint(checkpoint.text()) == checkpoint


def test_extension_lines_are_allowed() -> None:
    assert parse_checkpoint(f"o\n7\n{ROOT}\nmore\n").size == 7


@pytest.mark.parametrize(
    "text",
    [
        "",
        "o\n7\n",
        f"o\n7\n{ROOT}",
        f"\n7\n{ROOT}\n",
        f"o\n07\n{ROOT}\n",
        f"o\n-1\n{ROOT}\n",
        f"o\n+1\n{ROOT}\n",
        f"o\n1e3\n{ROOT}\n",
        f"o\n٧\n{ROOT}\n",
        f"o\n{2**63}\n{ROOT}\n",
        f"o\n{'9' * 5000}\n{ROOT}\n",
        f"o\n7\n{ROOT[:-1]}\n",
        f"o\n7\n{ROOT[:-2]}J=\n",
        "o\n7\nAAAA\n",
        "o\n7\nñ\n",
        f"o\n7\n{ROOT}\n\nmore\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(CheckpointMalformedError):
        parse_checkpoint(text)


def test_a_checkpoint_of_another_log_is_refused() -> None:
    keys = Keys()
    key = parse_vkey(keys.vkeys()[0])
    text = Checkpoint("other.example/log", 1, bytes(32)).text()
    note = sign_note(text, keys.signer(), key).format()
    with pytest.raises(CheckpointOriginError, match=r"other\.example/log"):
        open_checkpoint(note, [key], ORIGIN)
