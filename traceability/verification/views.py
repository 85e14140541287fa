"""`/verify`: paste a link, type a serial, send a photo or a bundle, read the checks."""

from dataclasses import dataclass, replace

from flask import Blueprint, Response, redirect, request, url_for
from werkzeug import Response as Answer

from traceability.core.errors import DomainError
from traceability.transparency.checkpoint import Checkpoint
from traceability.verification.bundle import views as bundle_views
from traceability.verification.bundle.address import address_of
from traceability.verification.bundle.archive import MAX_BYTES as MAX_BUNDLE
from traceability.verification.bundle.contents import (
    Bundle,
    evidence_in,
    read_bundle,
)
from traceability.verification.evidence import read_link
from traceability.verification.photo import MAX_BYTES, codes_in_turn
from traceability.verification.printed.queries import links_of_serial
from traceability.verification.report import Report, report_of, settled_since
from traceability.verification.room import sources_of
from traceability.verification.service import (
    evidence_for_others,
    verify_link,
)
from traceability.verification.standalone import views as standalone_views
from traceability.verification.typed import link_of, serial_of
from traceability.verification.verdict import Verdict
from traceability.verification.wording import CheckLine, Line, check_lines, line_of
from traceability.web.context import services
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render

MAX_TEXT = 2_000
MAX_SHOWN = 20  # codes of one photo that are verified at once

blueprint = Blueprint("verification", __name__)
bundle_views.add_to(blueprint)
standalone_views.add_to(blueprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One code with its verdict in words."""

    text: str
    report: Report
    line: Line
    checks: list[CheckLine]
    bundle: str = ""  # where its evidence is, as one file


@blueprint.get("/verify")
def verify() -> Response:
    """Show the form and, where a link was given, its verdict and the eleven checks."""
    text = request.args.get("link", "")[:MAX_TEXT].strip()
    return _page(text, _links(text) if text else [])


@blueprint.post("/verify")
def photo() -> Answer:
    """Read the codes of a photo; one leads to its own page, several become a list.

    A bundle is read in memory and judged here, whoever made it.
    """
    if "bundle" in request.files:
        return _bundle_page()
    sent = request.files.get("photo")
    data = sent.read(MAX_BYTES + 1) if sent else b""
    try:
        codes = codes_in_turn(data)
    except DomainError as refusal:
        return _answer("", [], status=refusal.status, refusal=refusal)
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


def _page(text: str, links: list[str]) -> Response:
    use = services()
    with use.database.reading() as session:
        sources = sources_of(use)
        shown = [
            _shown(link, verify_link(session, link, sources=sources))
            for link in links[:MAX_SHOWN]
        ]
    return _answer(text, shown, left_out=max(0, len(links) - MAX_SHOWN))


def _shown(text: str, report: Report) -> Shown:
    asked, facts = read_link(text), report.facts
    link = asked.link
    ours = link is not None and link.origin == services().identity.origin
    there = ours and facts.log_index is not None and _of_the_lot(report)
    return Shown(
        text=text,
        report=report,
        line=line_of(report),
        checks=check_lines(report),
        bundle=address_of(link, asked.seal) if link and there else "",
    )


def _of_the_lot(report: Report) -> bool:
    """Return whether a label counts to its lot: nothing else has a bundle."""
    unbound = any(one.code == "label-unbound" for one in report.findings)
    return report.verdict is not Verdict.UNKNOWN and not unbound


def _bundle_page() -> Response:
    """Show the checks of a bundle that was sent, or why it is not read as one."""
    sent = request.files["bundle"]
    try:
        bundle = read_bundle(sent.read(MAX_BUNDLE + 1))
    except DomainError as refusal:
        status = refusal.status
        return _answer("", [], status=status, refusal=refusal, refused="bundle")
    return _answer("", [_shown(bundle.link, _bundle_report(bundle))])


def _bundle_report(bundle: Bundle) -> Report:
    """Return what this service finds: by its own keys, and what it knows since."""
    use = services()
    with use.database.reading() as session:
        sources = sources_of(use)
        evidence = evidence_in(bundle, trust=sources.trust, now=use.clock.now())
        size = evidence.tree.size if isinstance(evidence.tree, Checkpoint) else None
        own = evidence_for_others(session, bundle.link, sources=sources, since=size)
    now = replace(own, seen_checkpoint=bundle.document["checkpoint"])
    return report_of(evidence, settled_since(evidence, now))


def _answer(
    text: str,
    shown: list[Shown],
    *,
    status: int = 200,
    left_out: int = 0,
    refusal: DomainError | None = None,
    refused: str = "photo",
) -> Response:
    response = render(
        "verification/verify.html",
        status,
        text=text,
        shown=shown,
        left_out=left_out,
        refusal=_(refusal.message, **refusal.params) if refusal else "",
        refused=refused,
        verifier=standalone_views.offered(),
    )
    response.headers["Cache-Control"] = "no-store"
    return response
