"""`/verify`: paste a link, type a serial or send a photo; the answer can be shared."""

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug import Response as Answer

from traceability.core.errors import DomainError
from traceability.verification.photo import MAX_BYTES, codes_in_turn
from traceability.verification.report import Report
from traceability.verification.room import sources_of
from traceability.verification.service import links_of_serial, verify_link
from traceability.verification.typed import link_of, serial_of
from traceability.verification.wording import CheckLine, Line, check_lines, line_of
from traceability.web.context import services
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render

MAX_TEXT = 2_000
MAX_SHOWN = 20  # codes of one photo that are verified at once

blueprint = Blueprint("verification", __name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One code with its verdict in words."""

    text: str
    report: Report
    line: Line
    checks: list[CheckLine]


@blueprint.get("/verify")
def verify() -> Response:
    """Show the form and, where a link was given, its verdict and the eleven checks."""
    text = request.args.get("link", "")[:MAX_TEXT].strip()
    return _page(text, _links(text) if text else [])


@blueprint.post("/verify")
def photo() -> Answer:
    """Read the codes of a photo; one leads to its own page, several become a list."""
    sent = request.files.get("photo")
    data = sent.read(MAX_BYTES + 1) if sent else b""
    try:
        codes = codes_in_turn(data)
    except DomainError as refusal:
        return _page("", [], status=refusal.status, refusal=refusal)
    if len(codes) == 1:
        return redirect(url_for(".verify", link=codes[0]), 303)
    return _page("", codes)


def _links(text: str) -> list[str]:
    """Return the links a text stands for; a bare serial may be that of several."""
    use = services()
    serial = serial_of(text)
    if serial is None:
        return [link_of(text, use.identity.origin)]
    with use.database.reading() as session:
        return links_of_serial(session, serial, sources=sources_of(use)) or [text]


def _page(
    text: str,
    links: list[str],
    *,
    status: int = 200,
    refusal: DomainError | None = None,
) -> Response:
    use = services()
    shown = []
    with use.database.reading() as session:
        sources = sources_of(use)
        for link in links[:MAX_SHOWN]:
            report = verify_link(session, link, sources=sources)
            shown.append(
                Shown(
                    text=link,
                    report=report,
                    line=line_of(report),
                    checks=check_lines(report),
                )
            )
    response = render(
        "verification/verify.html",
        status,
        text=text,
        shown=shown,
        left_out=max(0, len(links) - MAX_SHOWN),
        refusal=_(refusal.message, **refusal.params) if refusal else "",
    )
    response.headers["Cache-Control"] = "no-store"
    return response
