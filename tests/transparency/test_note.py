"""Signed notes as the reference implementation writes, reads and refuses them."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, strategies as st

from traceability.core.errors import InvalidError
from traceability.transparency.errors import (
    NoteMalformedError,
    NoteSignatureError,
    NoteTooLargeError,
    NoteUnsignedError,
    VkeyMalformedError,
)
from traceability.transparency.note import (
    MAX_SIGNATURES,
    NoteKey,
    format_vkey,
    open_note,
    parse_note,
    parse_vkey,
    sign_note,
)

VECTORS = json.loads(
    (Path(__file__).parents[1] / "vectors" / "note.json").read_text("utf-8")
)
TEXT: str = VECTORS["text"]
FIRST: str = VECTORS["first"]["line"]
SECOND: str = VECTORS["second"]["line"]
VKEY: str = VECTORS["first"]["vkey"]
KEY = parse_vkey(VKEY)
SECOND_KEY = parse_vkey(VECTORS["second"]["vkey"])
SIGNED = f"{TEXT}\n{FIRST}"


@dataclass(frozen=True)
class SeedSigner:
    """Signs with the published private key."""

    private: Ed25519PrivateKey
    kid: str = "test"
    alg: str = "EdDSA"

    def sign(self, message: bytes) -> bytes:
        return self.private.sign(message)


def published_signer() -> SeedSigner:
    seed = base64.b64decode(VECTORS["first"]["skey"].split("+", 4)[4])[1:]
    return SeedSigner(Ed25519PrivateKey.from_private_bytes(seed))


def test_signing_gives_the_published_note() -> None:
    assert sign_note(TEXT, published_signer(), KEY).format() == SIGNED


def test_the_published_note_opens() -> None:
    note = open_note(SIGNED, [KEY])
    assert note.text == TEXT
    assert note.format() == SIGNED


def test_signatures_of_unknown_keys_are_left_out() -> None:
    both = SIGNED + SECOND
    assert [one.name for one in open_note(both, [KEY]).signatures] == [KEY.name]
    assert open_note(both, [SECOND_KEY, KEY]).format() == both


def test_a_note_without_a_known_signature_is_refused() -> None:
    with pytest.raises(NoteUnsignedError):
        open_note(SIGNED, [SECOND_KEY])


def test_a_wrong_signature_of_a_known_key_refuses_the_note() -> None:
    with pytest.raises(NoteSignatureError):
        open_note(SIGNED.replace("cryptography", "cryptographY"), [KEY])
    longer = f"{FIRST[:60]}ABCD{FIRST[60:]}"
    with pytest.raises(NoteSignatureError):
        open_note(f"{TEXT}\n{longer}{SECOND}", [KEY, SECOND_KEY])


def test_a_signature_under_another_name_does_not_count() -> None:
    renamed = SIGNED.replace(KEY.name, "CarmenSandiego")
    with pytest.raises(NoteUnsignedError):
        open_note(renamed, [KEY])


@pytest.mark.parametrize(
    "note",
    [
        TEXT,
        TEXT + "\n",
        SIGNED[:-1],
        "\x01" + SIGNED,
        "\udcff" + SIGNED,
        SIGNED.replace("— PeterNeumann", "— Peter Neumann"),
        SIGNED.replace("— PeterNeumann", "— Peter+Neumann"),
        SIGNED.replace("— PeterNeumann", "- PeterNeumann"),
        SIGNED + "Unexpected line.\n",
        SIGNED.replace("\n", "\r\n"),
        f"{TEXT}\n— PeterNeumann AAAA\n",
        f"{TEXT}\n— PeterNeumann x08go/Z=\n",
        f"{TEXT}\n— PeterNeumann AAAAA\n",
        f"{TEXT}\n— PeterNeumann ====\n",
        f"\n{FIRST}",
        "",
    ],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(NoteMalformedError):
        open_note(note, [KEY])


def test_sixteen_signatures_are_accepted_and_far_too_many_refused() -> None:
    assert len(parse_note(SIGNED + SECOND * 15).signatures) == 16
    with pytest.raises(NoteTooLargeError):
        parse_note(SIGNED + SECOND * MAX_SIGNATURES)
    with pytest.raises(NoteTooLargeError):
        parse_note("x" * 70_000 + SIGNED)


def test_the_last_empty_line_separates_text_and_signatures() -> None:
    note = parse_note(VECTORS["two_paragraphs"])
    assert note.text.endswith("\ned è subito sera.\n")
    assert note.signatures[0].name == "quasimodo.example/salvatore"
    assert note.format() == VECTORS["two_paragraphs"]


def test_a_text_without_its_newline_is_not_signed() -> None:
    with pytest.raises(NoteMalformedError):
        sign_note("abc", published_signer(), KEY)


def test_the_published_vkey_round_trips() -> None:
    assert format_vkey(KEY) == VKEY
    assert KEY.key_id.hex() == "c74f20a3"


@pytest.mark.parametrize("vkey", VECTORS["refused_vkeys"])
def test_published_bad_vkeys_are_refused(vkey: str) -> None:
    with pytest.raises(VkeyMalformedError):
        parse_vkey(vkey)


def test_every_part_of_a_vkey_and_every_slip_in_it_is_refused() -> None:
    size = len(VKEY)
    cut = [VKEY[i:j] for i in range(size) for j in range(i + 1, size + 1)]
    slips = [f"{VKEY[:i]}{chr(ord(VKEY[i]) + 1)}{VKEY[i + 1 :]}" for i in range(size)]
    for vkey in [*cut, *slips]:
        if vkey != VKEY:
            with pytest.raises(VkeyMalformedError):
                parse_vkey(vkey)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u00a0b"])
def test_a_key_name_holds_neither_blanks_nor_plus(name: str) -> None:
    with pytest.raises(VkeyMalformedError):
        format_vkey(NoteKey(name, KEY.raw))


@given(st.text(max_size=300))
def test_any_text_is_read_or_refused_with_a_code(text: str) -> None:
    for note in (text, f"{text}\n\n{FIRST}", f"{TEXT}\n— {text}\n"):
        with pytest.raises(InvalidError, match=r"note|signature") as refused:
            open_note(note, [KEY])
        assert refused.value.code.startswith("note-")
