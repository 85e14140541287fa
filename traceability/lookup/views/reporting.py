"""The form on which strangers report a problem: no sign-in, no cookie."""

from http import HTTPStatus

from flask import Blueprint, Response, request, url_for

from traceability.core.errors import DomainError
from traceability.lookup.errors import ReportTooLargeError
from traceability.lookup.queries import Found
from traceability.lookup.schemas import KINDS, ReportSchema
from traceability.lookup.service import ReportDraft, file_report
from traceability.lookup.showing.queries import found_by
from traceability.lookup.views.asking import asked_link, refused
from traceability.lookup.wording import REPORT_KINDS
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import language
from traceability.web.rendering import render

PREFIX = "/report"
MAX_BYTES = 16 * 1024  # 1,000 letters of four bytes, percent-encoded, and the rest


def report(path: str) -> Response:
    """Show the form, or take what was sent."""
    del path  # the raw target is read: a slash inside a lot survives
    try:
        return _report()
    except DomainError as error:
        return refused(error)


def _report() -> Response:
    use, form = services(), Form(ReportSchema())
    asked, _query = asked_link(PREFIX)
    with use.database.reading() as session:
        found = found_by(session, asked.link, use)
    if request.method != "POST":
        return _page(form, found, HTTPStatus.OK)
    if (request.content_length or 0) > MAX_BYTES:
        raise ReportTooLargeError("A report has at most 1,000 letters.")
    if not form.load(request.form):
        return _page(form, found, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        _store(form, found)
    except DomainError as error:
        form.fail(error)
        return _page(form, found, error.status)
    response = Response(status=HTTPStatus.SEE_OTHER)
    response.headers["Location"] = url_for("lookup.report_sent", lang=language())
    return response


def _store(form: Form, found: Found) -> None:
    if form.data["website"]:
        return  # a robot filled the trap: it is thanked and nothing is stored
    use = services()
    draft = ReportDraft(
        kind=form.data["kind"], text=form.data["text"], contact=form.data["contact"]
    )
    with use.database.transaction() as session:
        file_report(session, found, draft, clock=use.clock)


def _page(form: Form, found: Found, status: int) -> Response:
    choices = [(one.value, str(REPORT_KINDS[one])) for one in KINDS]
    response = render(
        "lookup/report.html", status, form=form, found=found, choices=choices
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def report_sent() -> Response:
    """Say thanks, and what happens now."""
    return render("lookup/report_sent.html")


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint the report form."""
    blueprint.add_url_rule("/report/sent", view_func=report_sent)
    blueprint.add_url_rule(
        "/report/<path:path>", view_func=report, methods=["GET", "POST"]
    )
