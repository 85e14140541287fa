"""Read JSON strictly: what two readers could understand differently is refused."""

import json
import re
from decimal import Decimal
from typing import Any

from traceability.core.errors import BadRequestError, UnsupportedError

MAX_DEPTH = 32
MAX_DIGITS = 18  # beyond, readers with 64-bit integers or floats differ
# A text that never ends is one token too: nothing is read twice, however long it is.
_TOKENS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_UNSEEN = re.compile("[\x00\ud800-\udfff]")


class JsonMalformedError(BadRequestError):
    """The body is no JSON, or not in UTF-8."""

    code = "json-malformed"


class JsonDuplicateKeyError(BadRequestError):
    """An object names one key twice."""

    code = "json-duplicate-key"


class JsonNumberError(BadRequestError):
    """A number is not finite or has too many digits."""

    code = "json-number"


class JsonDepthError(BadRequestError):
    """Arrays and objects are nested too deeply."""

    code = "json-depth"


class JsonTextError(BadRequestError):
    """A text holds NUL or half of a surrogate pair."""

    code = "json-text"


class JsonExpectedError(UnsupportedError):
    """The body is not sent as application/json."""

    code = "json-expected"


def load_json(body: bytes | str) -> Any:
    """Return the value of a JSON text; numbers with a point become Decimal.

    Raises one of the errors above, each with a code of its own.
    """
    text = _decoded(body)
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_decimal,
            parse_constant=_constant,
        )
    except json.JSONDecodeError as error:
        raise JsonMalformedError(
            "This is not JSON: line %(line)s, column %(column)s.",
            line=error.lineno,
            column=error.colno,
        ) from None
    _check_texts(value)
    return value


def _decoded(body: bytes | str) -> str:
    if isinstance(body, str):
        return body
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonMalformedError(
            "The body is not UTF-8 at byte %(position)s.", position=error.start
        ) from None


def _check_depth(text: str) -> None:
    depth = 0
    for match in _TOKENS.finditer(text):
        mark = match.group()
        if mark in "[{":
            depth += 1
        elif mark in "]}":
            depth -= 1
        if depth > MAX_DEPTH:
            raise JsonDepthError(
                "JSON may be nested %(most)s levels deep.", most=MAX_DEPTH
            )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            shown = _UNSEEN.sub("?", key)[:60]
            raise JsonDuplicateKeyError(
                "The key %(key)s stands twice.", field=shown, key=shown
            )
        found[key] = value
    return found


def _integer(text: str) -> int:
    if len(text.lstrip("-")) > MAX_DIGITS:
        raise JsonNumberError(
            "A number has more than %(most)s digits.", most=MAX_DIGITS
        )
    return int(text)


def _decimal(text: str) -> Decimal:
    mantissa, _, exponent = text.lower().partition("e")
    tame = len(exponent.lstrip("+-")) <= 2 and abs(int(exponent or 0)) <= MAX_DIGITS  # noqa: PLR2004 (exponent of two digits)
    if not tame:
        raise JsonNumberError("A number is too large or too small.")
    if len(mantissa.strip("-").replace(".", "")) > MAX_DIGITS:
        raise JsonNumberError(
            "A number has more than %(most)s digits.", most=MAX_DIGITS
        )
    return Decimal(text)


def _constant(name: str) -> Any:
    raise JsonNumberError("%(name)s is not a JSON number.", name=name)


def _check_texts(value: Any) -> None:
    """Walk the value (its depth is bounded) and look at keys and texts."""
    if isinstance(value, str):
        match = _UNSEEN.search(value)
        if match:
            raise JsonTextError(
                "A text holds the code point %(point)s.",
                point=f"U+{ord(match.group()):04X}",
            )
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_texts(key)
            _check_texts(item)
    elif isinstance(value, list):
        for item in value:
            _check_texts(item)
