"""Photos of a visit: read with care, stripped of EXIF, known by their digest. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from traceability.catalog.paper_files import PART_BYTES
from traceability.catalog.photos import (
    MAX_FILE_BYTES,
    PhotoTooLargeError,
    PhotoUnsupportedError,
    stripped_picture,
)
from traceability.inspection.errors import TooManyPhotosError

MAX_PHOTOS = 6
FIELD = "photos"
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


@dataclass(frozen=True, slots=True)
class VisitPhoto:
    """A photo as it is kept: these bytes are hashed and signed for."""

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


def visit_photo(data: bytes) -> VisitPhoto:
    """Read one uploaded photo; EXIF and GPS are left behind.

    Raises ``PhotoTooLargeError`` before anything is decoded, ``PhotoUnsupportedError``
    for everything that is no sound JPEG, PNG or WebP.
    """
    if len(data) > MAX_FILE_BYTES:
        raise PhotoTooLargeError("The photo is larger than 8 MB.", field=FIELD)
    try:
        read = stripped_picture(data)
    except PhotoTooLargeError as error:
        raise PhotoTooLargeError(error.message, field=FIELD) from None
    if read is None:
        raise PhotoUnsupportedError("This is no JPEG, PNG or WebP photo.", field=FIELD)
    return VisitPhoto(*read)


def visit_photos(files: Iterable[bytes]) -> tuple[VisitPhoto, ...]:
    """Read the photos of a visit, each once; empty files are none.

    Raises what ``visit_photo`` does, and ``TooManyPhotosError`` before any is decoded.
    """
    sent = [data for data in files if data]
    require_few(len(sent))
    return tuple({one.digest: one for one in map(visit_photo, sent)}.values())


def require_few(count: int) -> None:
    """Raise ``TooManyPhotosError`` for more photos than a visit has."""
    if count > MAX_PHOTOS:
        raise TooManyPhotosError(
            "A visit has at most %(most)s photos.", field=FIELD, most=MAX_PHOTOS
        )


def file_name(digest: str, media_type: str) -> str:
    """Return the name a photo is handed out under."""
    return f"{digest}.{_ENDINGS[media_type]}"
