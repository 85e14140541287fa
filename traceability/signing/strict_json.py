"""Read a JSON object the one way it can be meant (RFC 8259, RFC 7493)."""

import json
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

MAX_DEPTH = 64  # objects and lists inside each other, the outermost counted


def read_object(data: bytes) -> dict[str, Any]:
    """Return the object; fractions become ``Decimal``.

    Raises ``ValueError`` for anything but one UTF-8 JSON object: duplicate keys, NaN,
    lone surrogates, numbers of absurd length, too deep nesting.
    """
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text,
            parse_float=_decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_duplicates,
        )
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
        _refuse_depth(value, MAX_DEPTH)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 (one error for all)
    return value


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # its power of ten has more than 18 digits
        raise ValueError("a number of absurd size") from None


def _refuse_depth(value: object, left: int) -> None:
    """Raise ``ValueError`` at the same depth in every verifier, whatever its stack."""
    if not isinstance(value, dict | list):
        return
    if not left:
        raise ValueError("nested too deeply")
    for one in value.values() if isinstance(value, dict) else value:
        _refuse_depth(one, left - 1)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value
