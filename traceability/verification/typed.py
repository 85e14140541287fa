"""Read what a person pastes or types for a label: a link, elements, a serial."""

import re

from traceability.core.errors import DomainError
from traceability.gs1.digital_link import DigitalLink
from traceability.labels.serials import typed as typed_serial

_PATH = re.compile(r"/?(?:p/)?((?:01|X)/\S+)")


def link_of(text: str, origin: str) -> str:
    """Return the link a text stands for; what is no such thing comes back as it is.

    Understands ``(01)…(10)…(21)…`` and a path without its host, both taken to be of
    ``origin``.
    """
    text = text.strip()
    if text.startswith("("):
        try:
            compact = "".join(text.split())
            return str(DigitalLink.parse_element_string(origin, compact))
        except DomainError:
            return text
    path = _PATH.fullmatch(text)
    return f"{origin}/{path[1]}" if path else text


def serial_of(text: str) -> str | None:
    """Return the serial a person typed by itself, look-alikes put right, or nothing."""
    try:
        return typed_serial(text)
    except DomainError:
        return None
