"""Hand out the file of a certificate so that it stays a file."""

import io

from flask import send_file
from werkzeug import Response

from traceability.catalog.models import CertificateFile

# A browser that opens it all the same runs nothing in it and tells nobody.
_LOCKED_UP = "sandbox; default-src 'none'"


def handed_out(
    file: CertificateFile, content: bytes, *, media_type: str = ""
) -> Response:
    """Return a file as a download that no browser takes for a page of ours."""
    response = send_file(
        io.BytesIO(content),
        mimetype=media_type or file.media_type,
        as_attachment=True,
        download_name=file.name,
        etag=file.digest,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = _LOCKED_UP
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store"  # it may be closed at any time
    return response
