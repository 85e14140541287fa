"""A proof is one text that convinces with the log's key alone."""

import json
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from tests.transparency.make_transparency import ORIGIN, Keys, make_leaves
from tests.transparency.test_proofs import Tree
from traceability.transparency.checkpoint import Checkpoint
from traceability.transparency.errors import (
    InclusionError,
    NoteSignatureError,
    ProofMalformedError,
)
from traceability.transparency.merkle import leaf_hash
from traceability.transparency.note import parse_vkey, sign_note
from traceability.transparency.proofs import prove_inclusion
from traceability.transparency.tlog_proof import (
    TlogProof,
    format_proof,
    parse_proof,
    verify_proof,
)

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "tlog.json").read_text("utf-8")
)
PUBLISHED = VECTORS["proof"]
NOTE = VECTORS["checkpoint"]["note"]
TEXT = PUBLISHED["head"] + NOTE
LEAVES = make_leaves(7)
KEYS = Keys()
KEY = parse_vkey(KEYS.vkeys()[0])


def proof_of(index: int) -> TlogProof:
    tree = Tree([leaf_hash(one) for one in LEAVES])
    text = Checkpoint(ORIGIN, 7, tree.root(7)).text()
    return TlogProof(
        index=index,
        hashes=tuple(prove_inclusion(index, 7, tree.read)),
        checkpoint=sign_note(text, KEYS.signer(), KEY).format(),
        extra=LEAVES[index],
    )


def test_the_published_form_reads_and_is_written_again() -> None:
    proof = parse_proof(TEXT)
    assert proof.index == PUBLISHED["index"]
    assert len(proof.hashes) == PUBLISHED["hashes"]
    assert proof.checkpoint == NOTE
    assert proof.extra is None
    assert format_proof(proof) == TEXT


@given(
    st.integers(0, 2**62),
    st.lists(st.binary(min_size=32, max_size=32), max_size=40),
    st.none() | st.binary(max_size=200),
)
def test_proofs_round_trip(
    index: int, hashes: list[bytes], extra: bytes | None
) -> None:
    proof = TlogProof(index=index, hashes=tuple(hashes), checkpoint=NOTE, extra=extra)
    assert parse_proof(format_proof(proof)) == proof


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v1\n",
        "c2sp.org/tlog-proof@v1\n\n" + NOTE,
        TEXT.replace("@v1", "@v2"),
        TEXT.replace("index 73894", "index 073894"),
        TEXT.replace("index 73894", "index -1"),
        TEXT.replace("index 73894", "index " + "9" * 5000),
        TEXT.replace("index 73894", "extra !!\nindex 73894"),
        TEXT.replace("index 73894", "extra QR==\nindex 73894"),
        TEXT.replace("gSKyXo", "gSKy"),
        TEXT.replace("gSKyXo", "gSKyX\u00e9"),
        "c2sp.org/tlog-proof@v1\nextra QQ==\n\n" + NOTE,
        TEXT.replace("\n\n", "\n" + ("A" * 43 + "=\n") * 70 + "\n", 1),
        TEXT + "x" * 300_000,
    ],
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(ProofMalformedError):
        parse_proof(text)


def test_a_proof_leads_from_the_leaf_to_the_signed_root() -> None:
    for index, leaf in enumerate(LEAVES):
        proof = parse_proof(format_proof(proof_of(index)))
        assert proof.extra == leaf
        assert verify_proof(proof, leaf, [KEY], ORIGIN).size == 7


def test_a_proof_does_not_vouch_for_another_leaf() -> None:
    with pytest.raises(InclusionError):
        verify_proof(proof_of(3), LEAVES[4], [KEY], ORIGIN)


def test_a_proof_under_an_altered_checkpoint_is_refused() -> None:
    text = format_proof(proof_of(3)).replace("\n7\n", "\n8\n")
    with pytest.raises(NoteSignatureError):
        verify_proof(parse_proof(text), LEAVES[3], [KEY], ORIGIN)
