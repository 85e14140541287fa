"""`/verifier.html`: the verifier as one file, to open here or to take away."""

from dataclasses import dataclass

from flask import Blueprint, Response, request

from traceability.records.published_file_record import record_of_file
from traceability.verification.standalone.page import (
    MEDIA_TYPE,
    NAME,
    PATH,
    verifier_page,
)
from traceability.web.context import services
from traceability.web.publishing import published

_AGE = 300  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """The file as `/verify` offers it."""

    digest: str
    record: str  # id of the record that tells its digest; empty: not logged yet


def offered() -> Offered:
    """Return what the log says of the file that is served now."""
    use, file = services(), verifier_page().file
    return Offered(digest=file.digest, record=record_of_file(use, file))


def add_to(public: Blueprint) -> None:
    """Give a blueprint for everybody the file."""
    public.add_url_rule(PATH, view_func=verifier_file)


def verifier_file() -> Response:
    """Return the file; ``?download`` makes browsers save it."""
    page = verifier_page()
    response = published(page.body, MEDIA_TYPE, max_age=_AGE)
    policy = f"{page.policy}; frame-ancestors 'none'"
    response.headers["Content-Security-Policy"] = policy
    kind = "attachment" if "download" in request.args else "inline"
    response.headers["Content-Disposition"] = f'{kind}; filename="{NAME}"'
    return response
