"""JSON that two readers could understand differently is refused, each by its code."""

from decimal import Decimal

import pytest

from traceability.core.errors import DomainError
from traceability.web.json_loading import MAX_DEPTH, load_json

REFUSED = [
    (b'{"a": 1, "a": 2}', "json-duplicate-key"),
    (b'{"a": {"b": 1, "b": 1}}', "json-duplicate-key"),
    (b'{"a": NaN}', "json-number"),
    (b"[Infinity]", "json-number"),
    (b"[-Infinity]", "json-number"),
    (b"[1e400]", "json-number"),
    (b"[1e-400]", "json-number"),
    (b"[1e99999999999999999999]", "json-number"),
    (b"[" + b"9" * 5000 + b"]", "json-number"),
    (b"[0." + b"3" * 5000 + b"]", "json-number"),
    (b"[" * 100_000 + b"]" * 100_000, "json-depth"),
    (b'{"a":' * 50_000, "json-depth"),
    (rb'["\ud800"]', "json-text"),
    (rb'{"\udc00": 1}', "json-text"),
    (rb'["a\u0000b"]', "json-text"),
    (b'["\xff"]', "json-malformed"),
    (b'\xef\xbb\xbf{"a": 1}', "json-malformed"),
    (b"", "json-malformed"),
    (b"{", "json-malformed"),
    (b"{'a': 1}", "json-malformed"),
    (b"[1] x", "json-malformed"),
    (b'["\x01"]', "json-malformed"),
    (b"[01]", "json-malformed"),
]


@pytest.mark.parametrize(("body", "code"), REFUSED, ids=lambda value: str(value)[:30])
def test_what_is_ambiguous_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(DomainError) as refusal:
        load_json(body)
    assert refusal.value.code == code
    assert refusal.value.status == 400


@pytest.mark.parametrize("body", [b"[1e400]", b"[1e-400]"])
def test_a_number_of_few_digits_is_not_called_long(body: bytes) -> None:
    with pytest.raises(DomainError) as refusal:
        load_json(body)
    assert refusal.value.message == "A number is too large or too small."


def test_the_duplicate_key_is_named() -> None:
    with pytest.raises(DomainError) as refusal:
        load_json(b'{"lot": 1, "lot": 2}')
    assert refusal.value.field == "lot"


def test_the_code_point_is_named() -> None:
    with pytest.raises(DomainError, match=r"U\+D800"):
        load_json(rb'["\ud800"]')


def test_brackets_in_texts_are_no_depth() -> None:
    text = "[" * 1000 + '\\"' + "{" * 1000
    assert load_json(f'["{text}"]') == [text.replace('\\"', '"')]


def test_the_deepest_allowed_value_is_read() -> None:
    value = load_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    assert value is not None


def test_numbers_with_a_point_are_exact() -> None:
    assert load_json(b"[0.1, 1.50, 12e2, 7]") == [
        Decimal("0.1"),
        Decimal("1.50"),
        Decimal("12e2"),
        7,
    ]


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert load_json(rb'["\ud83c\udf3e"]') == ["🌾"]
