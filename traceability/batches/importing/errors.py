"""Refusals of a file of lots; each code names the rule in the report."""

from traceability.core.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    TooLargeError,
    UnsupportedError,
)


class ImportNotFoundError(NotFoundError):
    """There is no such file, or it is somebody else's."""

    code = "import-not-found"


class ImportTooLargeError(TooLargeError):
    """The file is larger than one import takes, packed or unpacked."""

    code = "import-too-large"


class ImportKindError(UnsupportedError):
    """The file is neither CSV nor an XLSX workbook without macros."""

    code = "import-kind"


class ImportRefusedError(InvalidError):
    """Rows of the file break rules; nothing of it was stored."""

    code = "import-refused"


class ImportRepeatedError(ConflictError):
    """The same file, with lots that have no number of their own, came before."""

    code = "import-repeated"


class ImportEncodingError(InvalidError):
    """The text is not in UTF-8, or in UTF-16 with a byte order mark."""

    code = "import-encoding"


class ImportDelimiterError(InvalidError):
    """The values are not separated by commas."""

    code = "import-delimiter"


class ImportQuoteError(InvalidError):
    """A quotation mark opens and never closes, or closes in the middle of a value."""

    code = "import-quote"


class ImportColumnError(InvalidError):
    """A column is missing, stands twice or is unknown, or a row has more values."""

    code = "import-column"


class ImportWorkbookError(InvalidError):
    """The workbook is damaged."""

    code = "import-workbook"


class ImportEmptyError(InvalidError):
    """The file holds no lot."""

    code = "import-empty"


class CellMissingError(InvalidError):
    """A value that every lot needs is missing."""

    code = "cell-missing"


class CellKindError(InvalidError):
    """The cell holds another kind of value than its column takes."""

    code = "cell-kind"


class CellFormulaError(InvalidError):
    """The cell holds a formula; what it last came to is not taken for a fact."""

    code = "cell-formula"


class CellMergedError(InvalidError):
    """Merged cells leave open which row a value belongs to."""

    code = "cell-merged"


class CellNumberError(InvalidError):
    """The text is not a number that can be read in one way only."""

    code = "cell-number"


class CellDayError(InvalidError):
    """The text is not a day written as 22/11/2026 or 2026-11-22."""

    code = "cell-day"


class CellTextError(InvalidError):
    """The text is longer than a record carries."""

    code = "cell-text"


class CellChoiceError(InvalidError):
    """The word is none of those the column takes."""

    code = "cell-choice"


class LotTwiceError(InvalidError):
    """Two rows of the file give one product's lot the same number."""

    code = "lot-twice"


class SourceInFileError(InvalidError):
    """An input is a lot of the same file, which does not exist yet."""

    code = "source-in-file"
