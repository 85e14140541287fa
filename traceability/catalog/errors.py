"""What the catalogue refuses."""

from traceability.core.errors import ConflictError, InvalidError, NotFoundError


class ProductNotFoundError(NotFoundError):
    """No product has this id, or not for this producer."""

    code = "product-not-found"


class SiteNotFoundError(NotFoundError):
    """No site has this id, or not for this producer."""

    code = "site-not-found"


class CertificateNotFoundError(NotFoundError):
    """No certificate has this id, or not for this producer."""

    code = "certificate-not-found"


class IpRightNotFoundError(NotFoundError):
    """No right has this id, or not for this producer."""

    code = "ip-right-not-found"


class PhotoNotFoundError(NotFoundError):
    """No photo has this digest."""

    code = "photo-not-found"


class TextTooLongError(InvalidError):
    """The text is longer than its field holds."""

    code = "text-too-long"


class TextMissingError(InvalidError):
    """A text that must be there is empty."""

    code = "text-missing"


class NameTakenError(ConflictError):
    """The producer already has a product of this name."""

    code = "product-name-taken"


class GtinTakenError(ConflictError):
    """A product with this GTIN is registered already."""

    code = "gtin-taken"


class InternalCodeTakenError(ConflictError):
    """A product with this internal code is registered already."""

    code = "internal-code-taken"


class ProductKeyError(ConflictError):
    """A product's GTIN or code stays: labels hang on it."""

    code = "product-key-fixed"


class IntermediateError(InvalidError):
    """A semi-finished product is known by an internal code."""

    code = "intermediate-needs-code"


class ShelfLifeError(InvalidError):
    """The shelf life is no number of days a food keeps."""

    code = "shelf-life-invalid"


class SiteRetiredError(ConflictError):
    """No new batches at a place that is no longer used."""

    code = "site-retired"


class GlnTakenError(ConflictError):
    """A site with this GLN is registered already."""

    code = "gln-taken"


class CertificateTakenError(ConflictError):
    """The producer already registered this certificate."""

    code = "certificate-taken"


class CertificateDatesError(InvalidError):
    """The dates of a certificate contradict one another."""

    code = "certificate-dates"


class CertificateWithdrawnError(ConflictError):
    """The certificate was withdrawn before."""

    code = "certificate-withdrawn"


class RightToUseError(InvalidError):
    """A right-to-use document and its date go together."""

    code = "right-to-use-dates"


class ProductKeyMissingError(InvalidError):
    """A product has a GTIN or an internal code, one of the two."""

    code = "product-key-missing"


class AlcoholError(InvalidError):
    """The alcohol content is no percentage."""

    code = "alcohol-invalid"


class TaxCodeError(InvalidError):
    """The text is no Vietnamese tax code."""

    code = "tax-code-invalid"


class PhotoLimitError(ConflictError):
    """The product has as many photos as its page shows."""

    code = "photo-limit"


class FileNotFoundHereError(NotFoundError):
    """This certificate has no such file, or not for this caller."""

    code = "file-not-found"


class FileTakenError(ConflictError):
    """This file is attached to the certificate already."""

    code = "file-taken"


class FileLimitError(ConflictError):
    """The certificate has as many files as it may have."""

    code = "file-limit"


class IpRightWithdrawnError(ConflictError):
    """The right was withdrawn before."""

    code = "ip-right-withdrawn"


class IpRightDatesError(InvalidError):
    """A right is withdrawn in the future."""

    code = "ip-right-dates"
