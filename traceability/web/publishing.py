"""Documents for everybody: whole bytes, an ETag, cacheable, open to any site."""

import hashlib

from flask import Response, request


def published(
    body: bytes | str, content_type: str, *, max_age: int, immutable: bool = False
) -> Response:
    """Return a public document, or 304 where the caller holds these very bytes.

    ``max_age`` is in seconds.
    """
    return cacheable(
        Response(body, content_type=content_type), max_age=max_age, immutable=immutable
    )


def cacheable(response: Response, *, max_age: int, immutable: bool = False) -> Response:
    """Give an answer its ETag and cache headers, and answer conditional requests."""
    digest = hashlib.sha256(response.get_data()).hexdigest()[:32]
    response.set_etag(digest)
    response.headers["Cache-Control"] = f"public, max-age={max_age}" + (
        ", immutable" if immutable else ""
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    return response
