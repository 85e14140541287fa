"""Refusals of GS1 keys, values and links: each is a 400 with its own code."""

from traceability.core.errors import BadRequestError


class KeyInvalidError(BadRequestError):
    """The text is no GTIN, GLN or internal code."""

    code = "key-invalid"


class CheckDigitError(BadRequestError):
    """The last digit is not the one computed from the others.

    ``params`` hold ``expected`` and ``found``, one digit each.
    """

    code = "check-digit"


class LotInvalidError(BadRequestError):
    """The text is no batch or lot number, AI (10)."""

    code = "lot-invalid"


class SerialInvalidError(BadRequestError):
    """The text is no serial number, AI (21)."""

    code = "serial-invalid"


class VariantInvalidError(BadRequestError):
    """The text is no consumer product variant, AI (22)."""

    code = "variant-invalid"


class AiDateInvalidError(BadRequestError):
    """The six digits are no day."""

    code = "ai-date-invalid"


class LinkInvalidError(BadRequestError):
    """The address is built as no Digital Link is."""

    code = "link-invalid"
