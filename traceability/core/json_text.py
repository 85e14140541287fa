"""JSON text with numbers written from Decimal, never through binary floats."""

import json
from decimal import Decimal

from traceability.core.canonical import Json


def json_text(value: Json) -> str:
    """Return compact JSON, non-ASCII as it is; Decimals become plain numbers.

    Raises ``TypeError`` for floats and whatever else JSON has no word for.
    """
    if isinstance(value, dict):
        members = (
            f"{json_text(str(key))}:{json_text(one)}" for key, one in value.items()
        )
        return "{" + ",".join(members) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(json_text(one) for one in value) + "]"
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, float):
        raise TypeError("no binary floats in JSON of ours")
    return json.dumps(value, ensure_ascii=False)


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError("JSON has no number for this")
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
