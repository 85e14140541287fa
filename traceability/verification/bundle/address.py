"""Where bundles are."""

import re

from traceability.gs1.digital_link import DigitalLink

PREFIX, ENDING = "/bundles", ".zip"
SEAL = re.compile(r"[0-9]{0,400}")


def address_of(link: DigitalLink, seal: str | None = None) -> str:
    """Return where the public bundle of a lot or label is, with a label's seal."""
    return f"{PREFIX}{link.path()}{ENDING}{_query(seal)}"


def link_text(link: DigitalLink, seal: str | None) -> str:
    """Return a link with its seal; what is none is left out."""
    return f"{link}{_query(seal)}"


def _query(seal: str | None) -> str:
    return f"?s={seal}" if seal and SEAL.fullmatch(seal) else ""
