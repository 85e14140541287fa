"""RFC 8785 canonical JSON, for leaves and commitments only."""

from typing import Any

import rfc8785

Json = Any  # None, bool, int, str, lists and string-keyed dicts of these


def canonical_json(value: Json) -> bytes:
    """Return the RFC 8785 form, UTF-8.

    Floats are refused with ``TypeError``: numbers that matter here are Decimal and
    travel as strings.
    """
    _refuse_floats(value)
    return rfc8785.dumps(value)


def _refuse_floats(value: Json) -> None:
    if isinstance(value, float):
        raise TypeError("no binary floats in canonical JSON")
    if isinstance(value, dict):
        for item in value.values():
            _refuse_floats(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _refuse_floats(item)
