"""Read what people type for a code: a link, elements in parentheses, a bare number."""

import re

from traceability.core.identity import Identity
from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.keys import Gtin
from traceability.lookup.errors import CodeUnreadableError

_PAGE_PREFIX = re.compile(r"(?<=[^/:])/p(?=/(?:01|X)/)")
_BARE_PATH = re.compile(r"/?(?:p/)?((?:01|X)/.*)", re.DOTALL)
_NUMBER = re.compile(r"[0-9 .-]+")


def link_typed(text: str, identity: Identity) -> str:
    """Return the path of ours that leads on, with the query that was typed.

    Raises ``CodeUnreadableError`` for text of no known form and for links to other
    hosts (those /verify can look at), and the errors of ``gs1.errors``.
    """
    text = text.strip()
    if "://" in text:
        return _own_path(text, identity)
    if text.startswith("("):
        compact = "".join(text.split())
        return DigitalLink.parse_element_string(identity.origin, compact).path()
    bare = _BARE_PATH.fullmatch(text)
    if bare:
        return _own_path(f"{identity.origin}/{bare[1]}", identity)
    if _NUMBER.fullmatch(text):
        key = Gtin.parse(re.sub(r"[ .-]", "", text))
        return DigitalLink(origin=identity.origin, key=key).path()
    raise CodeUnreadableError(
        "Type the link under the code, or the number under the bar code."
    )


def _own_path(text: str, identity: Identity) -> str:
    link, query = DigitalLink.parse_with_query(_PAGE_PREFIX.sub("", text, count=1))
    if link.origin != identity.origin:
        raise CodeUnreadableError(
            "This link leads to %(origin)s, which is not this service.",
            origin=link.origin,
        )
    return f"{link.path()}?{query.raw}" if query.raw else link.path()
