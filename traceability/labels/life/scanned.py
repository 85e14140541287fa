"""What a scanner or a hand puts into a field for a label. Pure."""

from traceability.core.errors import DomainError
from traceability.gs1.digital_link import DigitalLink

LONGEST = 400  # characters: a sealed link has some 300


def number_in_scan(text: str) -> str:
    """Return the serial of a scanned link; what is no link of a label stays as it is.

    A scanner that acts as a keyboard types all that the code holds.
    """
    if "://" not in text:
        return text
    try:
        link, _query = DigitalLink.parse_with_query(text.strip())
    except DomainError:
        return text
    return link.serial or text
