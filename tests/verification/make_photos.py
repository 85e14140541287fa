"""Pictures of codes, drawn as a camera would see them."""

import io

import qrcode
from PIL import Image


def picture_of(*texts: str, kind: str = "PNG") -> bytes:
    """Return one picture that shows the codes side by side."""
    codes = [qrcode.make(text, box_size=4).get_image().convert("RGB") for text in texts]
    width = sum(code.width for code in codes)
    sheet = Image.new("RGB", (width, max(code.height for code in codes)), "white")
    left = 0
    for code in codes:
        sheet.paste(code, (left, 0))
        left += code.width
    stream = io.BytesIO()
    sheet.save(stream, kind)
    return stream.getvalue()
