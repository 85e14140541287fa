"""The reports as producers and officers see them, signed in."""

from flask import Blueprint, Response, request, url_for
from werkzeug import Response as Answer

from traceability.lookup.queries import PAGE, reports_for
from traceability.lookup.service import mark_handled
from traceability.lookup.wording import REPORT_KINDS
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import gone_on

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
PAGE_DIGITS = 4


@blueprint.get("")
@require()
def index() -> Response:
    """List the reports: a producer's own, an officer's all; the open ones first."""
    handled = request.args.get("state") == "handled"
    page = _page_number()
    with services().database.reading() as session:
        found = reports_for(session, actor(), handled=handled, page=page)
    return render(
        "lookup/board.html",
        reports=found,
        kinds=REPORT_KINDS,
        handled=handled,
        page=page,
        more=len(found) == PAGE,
    )


def _page_number() -> int:
    text = request.args.get("page", "1")
    sound = text.isascii() and text.isdecimal() and len(text) <= PAGE_DIGITS
    return max(int(text), 1) if sound else 1


@blueprint.post("/<public_id>/handled")
@require()
def handled(public_id: str) -> Answer:
    """Mark one report as handled."""
    use = services()
    with use.database.transaction() as session:
        mark_handled(session, public_id, actor=actor(), clock=use.clock)
    return gone_on(_("The report is marked as handled."), url_for(".index"))
