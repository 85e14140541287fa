"""Product photos: checked before decoding, stripped, made small enough for a phone."""

import io
import warnings
from dataclasses import dataclass
from hashlib import sha256

from PIL import ExifTags, Image

from traceability.core.errors import TooLargeError, UnsupportedError

MAX_FILE_BYTES = 8_000_000
MAX_PIXELS = 50_000_000  # a phone's largest; decoding it needs about 200 MB
MAX_SIDE = 800
MAX_WEBP_BYTES = 40_000
MAX_SCAN_SIDE = 3_000  # an A4 page at 250 dots an inch
_FORMATS = ("JPEG", "PNG", "WEBP")
_SCAN_QUALITY = 88
_QUALITIES = (82, 72, 60, 45, 30)
_TURNS = {  # EXIF orientation: what makes the picture upright
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class PhotoTooLargeError(TooLargeError):
    """The file or the picture in it is too large to be opened."""

    code = "photo-too-large"


class PhotoUnsupportedError(UnsupportedError):
    """The file is no JPEG, PNG or WebP picture, whatever its name says."""

    code = "photo-unsupported"


@dataclass(frozen=True, slots=True)
class WebPhoto:
    """A picture ready to be served: WebP of at most 40 KB and 800 pixels a side."""

    webp: bytes
    width: int
    height: int

    @property
    def digest(self) -> str:
        """Return SHA-256 of the bytes, lower-case hex: the picture's address."""
        return sha256(self.webp).hexdigest()


def web_photo(data: bytes) -> WebPhoto:
    """Read an uploaded picture and make it small; EXIF and GPS are left behind.

    Raises ``PhotoTooLargeError`` before anything is decoded and
    ``PhotoUnsupportedError`` for everything that is no sound JPEG, PNG or WebP.
    """
    if len(data) > MAX_FILE_BYTES:
        raise PhotoTooLargeError("The photo is larger than 8 MB.", field="photo")
    picture = _upright(_opened(data))
    picture.thumbnail((MAX_SIDE, MAX_SIDE), Image.Resampling.LANCZOS)
    return WebPhoto(_small_webp(picture), picture.width, picture.height)


def stripped_picture(data: bytes) -> tuple[str, bytes] | None:
    """Return a scan's media type and bytes, upright and without EXIF, else nothing.

    It stays legible: the same format, at most ``MAX_SCAN_SIDE`` pixels a side. Raises
    ``PhotoTooLargeError`` before anything is decoded.
    """
    try:
        opened = _opened(data)
        format_ = opened.format or ""
        picture = _upright(opened, MAX_SCAN_SIDE)
    except PhotoUnsupportedError:
        return None
    picture.thumbnail((MAX_SCAN_SIDE, MAX_SCAN_SIDE), Image.Resampling.LANCZOS)
    stream = io.BytesIO()
    picture.save(stream, format_, quality=_SCAN_QUALITY, exif=b"")
    return f"image/{format_.lower()}", stream.getvalue()


def _opened(data: bytes) -> Image.Image:
    """Read the header only: format and size are known before a pixel is."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=_FORMATS)
    except Image.DecompressionBombError:
        raise _too_many_pixels() from None
    except (OSError, ValueError, SyntaxError):
        raise _unsupported() from None
    if picture.width * picture.height > MAX_PIXELS:
        raise _too_many_pixels()
    return picture


def _upright(picture: Image.Image, side: int = MAX_SIDE) -> Image.Image:
    """Decode, turn as the camera was held, and keep nothing but the pixels."""
    try:
        picture.draft("RGB", (2 * side, 2 * side))
        turn = _TURNS.get(_orientation(picture))
        flat = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    except (OSError, ValueError, SyntaxError, EOFError):
        raise _unsupported() from None
    if turn is not None:
        flat = flat.transpose(turn)
    if flat.mode == "RGB":
        return flat
    paper = Image.new("RGB", flat.size, "white")
    paper.paste(flat, mask=flat.getchannel("A"))
    return paper


def _orientation(picture: Image.Image) -> int:
    """Return the EXIF orientation; broken EXIF does not make a picture unusable."""
    try:
        found = picture.getexif().get(ExifTags.Base.Orientation)
    except Exception:  # noqa: BLE001 (Pillow's EXIF reader raises whatever it trips over)
        return 1
    return found if isinstance(found, int) else 1


def _small_webp(picture: Image.Image) -> bytes:
    while True:
        for quality in _QUALITIES:
            stream = io.BytesIO()
            picture.save(stream, "WEBP", quality=quality, method=4, exif=b"")
            if stream.tell() <= MAX_WEBP_BYTES:
                return stream.getvalue()
        picture.thumbnail((picture.width * 3 // 4, picture.height * 3 // 4))


def _too_many_pixels() -> PhotoTooLargeError:
    return PhotoTooLargeError(
        "The photo has too many pixels to be opened; send a smaller one.",
        field="photo",
    )


def _unsupported() -> PhotoUnsupportedError:
    return PhotoUnsupportedError("This is no JPEG, PNG or WebP photo.", field="photo")
