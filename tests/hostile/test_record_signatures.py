"""Records whose signature was bent: check 5 says so by its own code, never a fault."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.verification.make_bundles import bundled, check
from tests.verification.make_verification import (
    NOW,
    World,
    build_world,
    honest_evidence,
    make_key,
)
from traceability.signing.envelope import MAX_TOKEN, read_unverified
from traceability.signing.keys import (
    ED25519_ORDER,
    KeyRole,
    KeyStatus,
    LocalSigner,
    decode_base64url,
    encode_base64url,
)
from traceability.signing.trust_list import sign_trust_list
from traceability.verification.evidence import Evidence, Mode
from traceability.verification.findings import Result
from traceability.verification.opened import LoggedRecord
from traceability.verification.report import Report, report_of
from traceability.verification.trust import Trust, trusting
from traceability.verification.verdict import Verdict

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# Points of small order on Curve25519's twisted Edwards form, as they are encoded.
SMALL_ORDER = {
    "identity": (1).to_bytes(32, "little"),
    "order 2": (2**255 - 20).to_bytes(32, "little"),
    "order 4": bytes(32),
    "order 4, other sign": bytes(31) + b"\x80",
    "order 8": bytes.fromhex(
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"
    ),
    "order 8, the inverse": bytes.fromhex(
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"
    ),
    "identity, not canonical": (2**255 - 18).to_bytes(32, "little"),
    "identity with a sign": bytes([1]) + bytes(30) + b"\x80",
}
Bend = Callable[[str], str]


def signature(change: Callable[[bytes], bytes]) -> Bend:
    def bend(token: str) -> str:
        head, _, encoded = token.rpartition(".")
        return f"{head}.{encode_base64url(change(decode_base64url(encoded)))}"

    return bend


def raw(change: Callable[[str], str]) -> Bend:
    """Change the letters of the signature themselves."""

    def bend(token: str) -> str:
        head, _, encoded = token.rpartition(".")
        return f"{head}.{change(encoded)}"

    return bend


def header(**members: Any) -> Bend:
    def bend(token: str) -> str:
        first = {**read_unverified(token).header, **members}
        rest = token.partition(".")[2]
        return f"{encode_base64url(json.dumps(first).encode())}.{rest}"

    return bend


def header_text(text: str) -> Bend:
    def bend(token: str) -> str:
        first = text.replace("KID", read_unverified(token).header["kid"]).encode()
        return f"{encode_base64url(first)}.{token.partition('.')[2]}"

    return bend


def payload(change: Callable[[bytes], bytes]) -> Bend:
    def bend(token: str) -> str:
        first, body, last = token.split(".")
        return f"{first}.{encode_base64url(change(decode_base64url(body)))}.{last}"

    return bend


def with_s(s: int) -> Callable[[bytes], bytes]:
    return lambda one: one[:32] + s.to_bytes(32, "little")


def over_the_order(data: bytes) -> bytes:
    """The same signature with s + L: lax verifiers take it."""
    return with_s(int.from_bytes(data[32:], "little") + ED25519_ORDER)(data)


def flipped(place: int) -> Callable[[bytes], bytes]:
    return lambda one: one[:place] + bytes([one[place] ^ 1]) + one[place + 1 :]


def without_payload(token: str) -> str:
    first, _, last = token.split(".")
    return f"{first}..{last}"


def spaced(data: bytes) -> bytes:
    """The same JSON in another spelling: other bytes than were signed."""
    return json.dumps(json.loads(data), indent=1).encode()


def doubled(data: bytes) -> bytes:
    return data[:-1] + b',"version":1}'


BENT: list[tuple[str, Bend, str]] = [
    ("s over the order", signature(over_the_order), "signature-range"),
    ("s of all ones", signature(with_s(2**256 - 1)), "signature-range"),
    ("s is the order", signature(with_s(ED25519_ORDER)), "signature-range"),
    ("all zero", signature(lambda _: bytes(64)), "signature-invalid"),
    ("R and s swapped", signature(lambda one: one[32:] + one[:32]), ""),
    ("63 bytes", signature(lambda one: one[:-1]), "signature-length"),
    ("65 bytes", signature(lambda one: one + b"\x00"), "signature-length"),
    ("32 bytes", signature(lambda one: one[:32]), "signature-length"),
    ("DER", signature(lambda _: b"\x30\x44" + bytes(68)), "signature-length"),
    ("half a megabyte", signature(lambda _: bytes(500_000)), "signature-length"),
    ("nothing", raw(lambda _: ""), "signature-length"),
    ("a flipped bit of R", signature(flipped(0)), "signature-invalid"),
    ("a flipped bit of s", signature(flipped(32)), "signature-invalid"),
    ("padding", raw(lambda text: text + "=="), "token-malformed"),
    ("stray bits", raw(lambda text: text[:-1] + chr(ord(text[-1]) + 1)), ""),
    ("another alphabet", raw(lambda text: "+" + text[1:]), "token-malformed"),
    ("a line feed", raw(lambda text: text + "\n"), "token-malformed"),
    ("trailing bytes", raw(lambda text: text + "AA"), "signature-length"),
    ("letters beyond ASCII", raw(lambda text: "ữ" + text[1:]), "token-malformed"),
    ("a fourth part", raw(lambda text: text + ".AA"), "token-malformed"),
    ("two parts", lambda token: token.rpartition(".")[0], "token-malformed"),
    ("five parts, as if encrypted", lambda token: token + ".a.b", "token-malformed"),
    ("an empty header", header_text(""), "token-malformed"),
    ("an empty payload", without_payload, "token-malformed"),
    ("only dots", lambda _: "..", "token-malformed"),
    ("longer than any", lambda token: token + "A" * MAX_TOKEN, "token-too-large"),
    ("alg none", header(alg="none"), "alg-mismatch"),
    ("alg none, in capitals", header(alg="NONE"), "alg-mismatch"),
    ("alg of a MAC", header(alg="HS256"), "alg-mismatch"),
    ("alg of another curve", header(alg="ES256"), "alg-mismatch"),
    ("alg as a list", header(alg=["EdDSA"]), "alg-mismatch"),
    ("no alg", header_text('{"kid":"KID","typ":"vc+jwt"}'), "alg-mismatch"),
    ("crit", header(crit=["exp"], exp=1), "critical-header"),
    ("an empty crit", header(crit=[]), "critical-header"),
    ("b64 false", header(b64=False, crit=["b64"]), "critical-header"),
    ("b64 false without crit", header(b64=False), "critical-header"),
    ("another typ", header(typ="JWT"), "type-mismatch"),
    ("no typ", header_text('{"alg":"EdDSA","kid":"KID"}'), "type-mismatch"),
    ("a key of its own", header(jwk={"kty": "OKP"}), "signature-invalid"),
    ("an unknown key", header(kid="did:web:tx.example#nobody"), "key-unknown"),
    ("no kid", header_text('{"alg":"EdDSA","typ":"vc+jwt"}'), "token-malformed"),
    ("kid as a number", header(kid=7), "token-malformed"),
    ("alg twice", header_text('{"alg":"none","alg":"EdDSA"}'), "token-malformed"),
    ("a header that is a list", header_text("[]"), "token-malformed"),
    ("a header nested deeply", header_text("[" * 10_000), "token-malformed"),
    ("not canonical", payload(spaced), "signature-invalid"),
    ("a name twice", payload(doubled), "token-malformed"),
    ("a byte behind the payload", payload(lambda one: one + b" "), "signature-invalid"),
    ("a payload that is a list", payload(lambda _: b"[]"), "token-malformed"),
    ("a payload of no UTF-8", payload(lambda _: b'{"a":"\xff"}'), "token-malformed"),
    ("NaN", payload(lambda _: b'{"a":NaN}'), "token-malformed"),
    (
        "5,000 digits",
        payload(lambda _: b'{"a":%s}' % (b"1" * 5_000)),
        "token-malformed",
    ),
    ("a lone surrogate", payload(lambda _: b'{"a":"\\ud800"}'), "token-malformed"),
]


@pytest.fixture(scope="module")
def honest() -> World:
    return build_world()


def judged(world: World, token: str, trust: Trust | None = None) -> Report:
    record = replace(world.proven("batch"), token=token)
    return report_of(
        Evidence(
            mode=Mode.RECORD,
            now=NOW,
            trust=trust or world.trust(),
            records=[record],
            checkpoint=world.log.checkpoint(),
        )
    )


@pytest.mark.parametrize(
    ("bend", "code"), [one[1:] for one in BENT], ids=[one[0] for one in BENT]
)
def test_a_bent_record_is_refused_by_its_code(
    honest: World, bend: Bend, code: str
) -> None:
    report = judged(honest, bend(honest.records["batch"].token))
    found = report.finding(5)
    assert found.result is Result.FAIL
    assert code in {"", found.code}
    assert report.verdict is Verdict.FAILED
    assert found.detail


def other_keys(world: World, **changes: Any) -> Trust:
    """The world's list with another record key in the old one's place."""
    key = replace(world.record_key.public, **changes)
    keys = [
        key if one.role is KeyRole.RECORD else one for one in world.trust_list().keys
    ]
    return trusting(world.trust_list(keys=tuple(keys)))


def test_another_lots_valid_signature_fits_no_other_record(honest: World) -> None:
    borrowed = honest.records["source"].token.rpartition(".")[2]
    head = honest.records["batch"].token.rpartition(".")[0]
    assert judged(honest, f"{head}.{borrowed}").finding(5).code == "signature-invalid"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"status": KeyStatus.REVOKED, "revoked_at": 0}, "key-revoked"),
        ({"status": KeyStatus.REVOKED, "revoked_at": 2}, "key-revoked"),
        ({"not_before": NOW}, "key-not-yet-valid"),
        ({"not_after": NOW.replace(year=2025)}, "key-expired"),
        ({"role": KeyRole.SEAL}, "key-unknown"),
        ({"kid": "did:web:tx.example#other"}, "key-unknown"),
        ({"alg": "ES256"}, "alg-mismatch"),
        ({"jwk": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}}, "key-malformed"),
        ({"jwk": {"kty": "OKP", "crv": "Ed448", "x": "AAAA"}}, "key-malformed"),
        ({"jwk": {}}, "key-malformed"),
    ],
    ids=str,
)
def test_a_key_that_does_not_count_is_named(
    honest: World, changes: dict[str, Any], code: str
) -> None:
    report = judged(
        honest, honest.records["batch"].token, other_keys(honest, **changes)
    )
    assert report.finding(5).result is Result.FAIL
    assert report.finding(5).code in {code, "key-role"}


@pytest.mark.parametrize("point", SMALL_ORDER.values(), ids=SMALL_ORDER)
def test_a_point_of_small_order_is_nobodys_key(honest: World, point: bytes) -> None:
    """R = the identity and s = 0 fit any message under some of them."""
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(point)}
    head = honest.records["batch"].token.rpartition(".")[0]
    for forged in (SMALL_ORDER["identity"] + bytes(32), point + bytes(32)):
        token = f"{head}.{encode_base64url(forged)}"
        report = judged(honest, token, other_keys(honest, jwk=jwk))
        assert report.finding(5).code == "key-malformed"


@pytest.mark.parametrize("point", SMALL_ORDER.values(), ids=SMALL_ORDER)
def test_a_small_r_does_not_sign_for_an_honest_key(honest: World, point: bytes) -> None:
    bend = signature(lambda one: point + one[32:])
    token = bend(honest.records["batch"].token)
    assert judged(honest, token).finding(5).code == "signature-invalid"


@pytest.mark.parametrize("place", [0, 32])
@pytest.mark.parametrize("number", [0, P256_ORDER, 2**256 - 1])
def test_an_es256_signature_keeps_its_numbers_in_the_group(
    place: int, number: int
) -> None:
    world = build_world(alg="ES256")
    token = world.records["batch"].token
    assert judged(world, token).finding(5).result is Result.PASS
    half = number.to_bytes(32, "big")
    bent = signature(lambda one: one[:place] + half + one[place + 32 :])(token)
    assert judged(world, bent).finding(5).code == "signature-range"


@pytest.mark.parametrize("name", ["R and s swapped", "crit", "trailing bytes"])
def test_a_bundle_says_the_same_as_the_record(honest: World, name: str) -> None:
    bend = next(one[1] for one in BENT if one[0] == name)
    token = bend(honest.records["batch"].token)
    record: LoggedRecord = replace(honest.proven("batch"), token=token)
    told = [
        record if one.token == honest.records["batch"].token else one
        for one in honest_evidence(honest).records
    ]
    report = check(bundled(honest, records=told), honest.signed_trust_list())
    assert report.finding(5).code == judged(honest, token).finding(5).code
    assert report.exit_code == 1


def test_a_list_signed_by_a_point_of_small_order_is_no_list(honest: World) -> None:
    key = make_key(KeyRole.ROOT, "tx.example")
    jwk = {**key.public.jwk, "x": encode_base64url(SMALL_ORDER["identity"])}
    root = LocalSigner(public=replace(key.public, jwk=jwk), private=key.private)
    listed = honest.trust_list(keys=(root.public, *honest.trust_list().keys[1:]))
    token = sign_trust_list(listed, signer=root)
    head = token.rpartition(".")[0]
    forged = f"{head}.{encode_base64url(SMALL_ORDER['identity'] + bytes(32))}"
    report = check(bundled(honest), forged)
    assert report.exit_code != 0
    assert report.finding(5).result is not Result.PASS
