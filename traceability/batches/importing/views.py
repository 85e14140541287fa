"""A producer's pages of import: choose a file, look over the report, confirm."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy.orm import Session
from werkzeug.utils import redirect

from traceability.accounts.models import Organisation
from traceability.accounts.queries import organisation_by_id
from traceability.accounts.trail.service import audit_all
from traceability.batches.importing.errors import (
    ImportEmptyError,
    ImportRefusedError,
    ImportTooLargeError,
)
from traceability.batches.importing.keeping import Shelf
from traceability.batches.importing.lines import Reading
from traceability.batches.importing.queries import Lot, Target, act_of
from traceability.batches.importing.reading import read_file
from traceability.batches.importing.report import Fault, Report
from traceability.batches.importing.service import (
    checked_lots,
    store_drafts,
    store_issued,
)
from traceability.batches.importing.template import csv_template, xlsx_template
from traceability.batches.wording import spoken
from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.i18n import gettext as _, ngettext
from traceability.web.rendering import render
from traceability.web.submitting import gone_on, own_organisation

Answer = Response | Any
MAX_BYTES = 2 * 1024 * 1024
MAX_ROWS = 2000
SHOWN = 200
LISTED = 50  # lots of a sound file
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TEMPLATES = {"xlsx": (xlsx_template, _XLSX), "csv": (csv_template, "text/csv")}


@dataclass(frozen=True, slots=True)
class Line:
    """One fault as the page shows it."""

    row: int
    column: str
    rule: str
    text: str


def add_to(blueprint: Blueprint) -> None:
    """Give a room's pages the import of files."""
    add = blueprint.add_url_rule
    add("/batches/import", "import_lots", import_lots, methods=["GET", "POST"])
    add("/batches/import/lots.<any(xlsx, csv):ending>", "import_template", template)
    address = "/batches/imports/<import_id>"
    add(address, "imported", imported, methods=["GET", "POST"])
    add(f"{address}/report.csv", "import_report", report)
    add(f"{address}/delete", "import_delete", delete, methods=["POST"])


@require(Role.PRODUCER)
def import_lots() -> Answer:
    """Take a file, or ask for one."""
    if request.method == "GET":
        return _form()
    data = _sent()
    try:
        if not data:
            raise ImportEmptyError("Choose a file first.")
        if len(data) > MAX_BYTES:
            raise ImportTooLargeError(
                "The file is larger than %(most)s MB.", most=MAX_BYTES // 1024 // 1024
            )
    except DomainError as refusal:
        return _form(_said(refusal), refusal.status)
    address = url_for("batches.imported", import_id=_shelf().put(data))
    return redirect(address, HTTPStatus.SEE_OTHER)


def _sent() -> bytes:
    file = request.files.get("file")
    if file is None:
        return b""
    try:
        data: bytes = file.read(MAX_BYTES + 1)
    finally:
        file.close()
    return data


def _form(problem: str = "", status: int = 200) -> Response:
    return render(
        "batches/import_lots.html",
        status,
        problem=problem,
        waiting=_shelf().ids(),
        most=MAX_ROWS,
        megabytes=MAX_BYTES // 1024 // 1024,
    )


@require(Role.PRODUCER)
def template(ending: str) -> Response:
    """Hand out the file to fill in."""
    make, media_type = _TEMPLATES[ending]
    answer = Response(make(), content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="lots.{ending}"'
    return answer


@require(Role.PRODUCER)
def imported(import_id: str) -> Answer:
    """Show what a file holds and what is wrong with it; store it when confirmed."""
    if request.method == "GET":
        return _page(import_id, *_looked_over(_shelf().read(import_id)))
    how = request.form.get("how", "drafts")
    if how not in {"drafts", "issue"}:
        abort(HTTPStatus.BAD_REQUEST)
    try:
        with _shelf().claim(import_id) as data:
            count = _stored(data, issue=how == "issue")
    except ImportRefusedError:
        found = _looked_over(_shelf().read(import_id), issue=how == "issue")
        return _page(import_id, *found, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    text = (
        ngettext("%(num)s lot is issued.", "%(num)s lots are issued.", count)
        if how == "issue"
        else ngettext("%(num)s draft is saved.", "%(num)s drafts are saved.", count)
    )
    return gone_on(text, url_for("batches.index"))


@require(Role.PRODUCER)
def report(import_id: str) -> Response:
    """Hand out the report as CSV."""
    found, _lots = _looked_over(_shelf().read(import_id))
    answer = Response(found.as_csv(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="report.csv"'
    return answer


@require(Role.PRODUCER)
def delete(import_id: str) -> Answer:
    """Throw a file away."""
    _shelf().read(import_id)
    _shelf().drop(import_id)
    return gone_on(_("The file is thrown away."), url_for("batches.import_lots"))


def _page(
    import_id: str, found: Report, lots: Sequence[Lot], *, status: int = 200
) -> Response:
    faults = found.in_order()
    return render(
        "batches/imported.html",
        status,
        import_id=import_id,
        report=found,
        lines=[_line(fault) for fault in faults[:SHOWN]],
        more=len(found.faults) - SHOWN,
        lots=lots[:LISTED],
        more_lots=len(lots) - LISTED,
    )


def _line(fault: Fault) -> Line:
    return Line(fault.row, fault.column, fault.rule, _said(fault.error))


def _said(refusal: DomainError) -> str:
    return _(refusal.message, **spoken(refusal).params)


def _looked_over(data: bytes, *, issue: bool = False) -> tuple[Report, Sequence[Lot]]:
    """Return the report on a file and its sound lots; nothing of it is stored."""
    try:
        reading = _read(data)
    except DomainError as refusal:
        return Report.of_file(refusal), ()
    database = services().database
    with database.transaction() if issue else database.reading() as session:
        lots = checked_lots(session, reading, _target(session, issue=issue))
        session.expunge_all()  # they are shown after the session is gone
        session.rollback()
    return reading.report, lots


def _stored(data: bytes, *, issue: bool) -> int:
    """Store a file's lots. Raises ``ImportRefusedError`` where anything is wrong."""
    use = services()
    try:
        reading = _read(data)
    except DomainError as refusal:
        raise ImportRefusedError("The file is refused.") from refusal
    with use.database.transaction() as session:
        target = _target(session, issue=issue)
        lots = checked_lots(session, reading, target)
        if not reading.report.sound:
            raise ImportRefusedError("The file is refused.")
        _store(session, lots, target)
        audit_all(session, actor(), [act_of(reading)], use.clock)
    return len(lots)


def _store(session: Session, lots: Sequence[Lot], target: Target) -> None:
    use = services()
    if target.issue:
        store_issued(session, lots, target, actor=actor(), notary=notary_of(use))
    else:
        store_drafts(session, lots, target, actor=actor(), clock=use.clock)


def _read(data: bytes) -> Reading:
    reading = read_file(data)
    if reading.report.rows > MAX_ROWS:
        raise ImportTooLargeError(
            "A file holds at most %(most)s lots; divide it.", most=MAX_ROWS
        )
    return reading


def _target(session: Session, *, issue: bool) -> Target:
    use = services()
    return Target(
        organisation=_producer(session),
        identity=use.identity,
        now=use.clock.now(),
        today=use.clock.today(),
        issue=issue,
    )


def _producer(session: Session) -> Organisation:
    return organisation_by_id(session, own_organisation())


def _shelf() -> Shelf:
    use = services()
    with use.database.reading() as session:
        return Shelf.of(use.settings.home, _producer(session).public_id)
