"""Read what names a stamp: its scanned link, its serial, or its index. Pure."""

from traceability.gs1.digital_link import DigitalLink
from traceability.gs1.keys import Gtin, InternalCode
from traceability.labels.errors import SerialForeignError
from traceability.labels.serials import SerialNumber, index_typed


def stamp_named(text: str, key: Gtin | InternalCode) -> int | SerialNumber:
    """Return the index, or the serial, that a text names for a product.

    Raises ``SerialForeignError`` for a link to something else, the errors of
    ``gs1.errors``, and ``SerialMalformedError``.
    """
    if "://" not in text:
        return index_typed(text)
    link = DigitalLink.parse(text.strip())
    if link.key != key or link.serial is None:
        raise SerialForeignError("This is no stamp of this product.")
    return SerialNumber.parse(link.serial)
