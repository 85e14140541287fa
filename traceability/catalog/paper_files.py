"""Files of certificates: known by their content, stripped, named safely."""

import re
import unicodedata
from dataclasses import dataclass
from hashlib import sha256

from traceability.catalog.photos import stripped_picture
from traceability.core.errors import TooLargeError, UnsupportedError

MAX_FILE_BYTES = 8_000_000
MAX_FILES = 10
PART_BYTES = 128 * 1024
PDF = "application/pdf"
_ENDINGS = {
    PDF: "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
}
_KNOWN = {"pdf": PDF, "jpg": "image/jpeg", "jpeg": "image/jpeg"} | {
    "png": "image/png",
    "webp": "image/webp",
}
_PDF_START = re.compile(rb"%PDF-[12]\.[0-9]")
_PDF_END = b"%%EOF"
_TAIL = 2048
_MAX_STEM = 80


class FileTooLargeError(TooLargeError):
    """The file is larger than a scan needs to be."""

    code = "file-too-large"


class FileUnsupportedError(UnsupportedError):
    """The file is no PDF, JPEG, PNG or WebP, whatever its name says."""

    code = "file-unsupported"


class FileNameError(UnsupportedError):
    """The file's name says another kind than its content."""

    code = "file-name-differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFile:
    """A file as it is kept: these bytes are hashed, signed for and handed out."""

    name: str
    media_type: str
    content: bytes

    @property
    def digest(self) -> str:
        """Return SHA-256 of the bytes, lower-case hex."""
        return sha256(self.content).hexdigest()

    @property
    def parts(self) -> list[bytes]:
        """Return the bytes in pieces that no backup or engine chokes on."""
        steps = range(0, len(self.content), PART_BYTES)
        return [self.content[step : step + PART_BYTES] for step in steps]


def paper_file(data: bytes, name: str) -> PaperFile:
    """Read an uploaded scan; pictures lose their EXIF and stand upright.

    Raises ``FileTooLargeError``, ``PhotoTooLargeError`` (before decoding),
    ``FileUnsupportedError`` and ``FileNameError``.
    """
    if len(data) > MAX_FILE_BYTES:
        raise FileTooLargeError("The file is larger than 8 MB.", field="file")
    media_type, content = _read(data)
    said = _KNOWN.get(name.rpartition(".")[2].lower(), media_type)
    if said != media_type:
        raise FileNameError(
            "The file's name says another kind than its content.", field="file"
        )
    return PaperFile(
        name=safe_name(name, media_type), media_type=media_type, content=content
    )


def safe_name(name: str, media_type: str) -> str:
    """Return a name fit for a header and any disk, with the ending of its kind."""
    stem = name.replace("\\", "/").rpartition("/")[2]
    if stem.rpartition(".")[2].lower() in _KNOWN:
        stem = stem.rpartition(".")[0]
    kept = "".join(
        letter if unicodedata.category(letter)[0] in "LNM" or letter in " -_" else "_"
        for letter in unicodedata.normalize("NFC", stem)
    )
    stem = re.sub(r"\s+", " ", kept).strip(" _")[:_MAX_STEM].strip() or "file"
    return f"{stem}.{_ENDINGS[media_type]}"


def _read(data: bytes) -> tuple[str, bytes]:
    if _PDF_START.match(data):
        if _PDF_END not in data[-_TAIL:]:
            raise _unsupported()
        return PDF, data
    picture = stripped_picture(data)
    if picture is None:
        raise _unsupported()
    return picture


def _unsupported() -> FileUnsupportedError:
    return FileUnsupportedError("This is no PDF, JPEG, PNG or WebP file.", field="file")
