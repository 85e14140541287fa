"""Send large files: read as they go out, in the ranges that are asked for."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import BinaryIO

from flask import Response, request
from werkzeug.wsgi import wrap_file


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A file to send: its name where it is saved, its type, what it holds."""

    name: str
    media_type: str
    size: int
    sha256: str


def send_stream(file: BinaryIO, sent: Sent) -> Response:
    """Answer with an open file, which the server closes: whole, a range, or 304."""
    response = Response(
        wrap_file(request.environ, file),
        content_type=sent.media_type,
        direct_passthrough=True,
    )
    response.call_on_close(file.close)
    response.content_length = sent.size
    response.set_etag(sent.sha256)
    response.headers["Cache-Control"] = "no-store"
    response.headers.set("Content-Disposition", "attachment", filename=sent.name)
    response.make_conditional(request, accept_ranges=True, complete_length=sent.size)
    return response


def hands_over(response: Response) -> bool:
    """Return whether an answer carries a file from its beginning.

    One to HEAD does not, nor a later piece of a download that goes on, nor 304.
    """
    if request.method == "HEAD":
        return False
    if response.status_code == HTTPStatus.PARTIAL_CONTENT:
        return response.content_range.start == 0
    return response.status_code == HTTPStatus.OK
