"""Percent-encoding as Digital Links need it: a slash inside a lot survives."""

import re
from functools import lru_cache
from urllib.parse import quote, unquote_to_bytes

from traceability.gs1.errors import LinkInvalidError

_BROKEN = re.compile(r"%(?![0-9A-Fa-f]{2})")


def decoded(raw: str) -> str:
    """Return one raw segment or value without its escapes; a plus stays a plus.

    Raises ``LinkInvalidError`` for broken escapes and bytes that are not UTF-8.
    """
    if _BROKEN.search(raw):
        raise LinkInvalidError("The address holds a broken percent sign.")
    try:
        return unquote_to_bytes(raw).decode("utf-8")
    except UnicodeError:  # half a surrogate pair cannot even be encoded
        raise LinkInvalidError("The address is not UTF-8.") from None


@lru_cache(maxsize=4096)
def encoded(text: str) -> str:
    """Return text as one segment: only unreserved characters stay (RFC 3986, 2.3)."""
    return quote(text, safe="")
