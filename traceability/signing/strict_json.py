"""Read a JSON object the one way it can be meant (RFC 8259, RFC 7493)."""

import json
from decimal import Decimal
from typing import Any, NoReturn


def read_object(data: bytes) -> dict[str, Any]:
    """Return the object; fractions become ``Decimal``.

    Raises ``ValueError`` for anything but one UTF-8 JSON object: duplicate keys, NaN,
    lone surrogates, numbers of absurd length, too deep nesting.
    """
    try:
        text = data.decode("utf-8")
        value = json.loads(
            text,
            parse_float=Decimal,
            parse_constant=_refuse_constant,
            object_pairs_hook=_without_duplicates,
        )
        json.dumps(value, ensure_ascii=False, default=str).encode("utf-8")
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")  # noqa: TRY004 (one error for all)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a key stands twice")
    return value
