"""Where bundles are."""

import re

from traceability.gs1.digital_link import DigitalLink

PREFIX, ENDING = "/bundles", ".zip"
SEAL = re.compile(r"[0-9]{0,400}")


def address_of(link: DigitalLink, seal: str | None = None) -> str:
    """Return where the public bundle of a lot or label is, with a label's seal."""
    query = f"?s={seal}" if seal and SEAL.fullmatch(seal) else ""
    return f"{PREFIX}{link.path()}{ENDING}{query}"
