"""Pages of a label's life: applied, spoiled and printed once more, looked up."""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy.orm import Session

from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.labels import wording
from traceability.labels.blanks.service import reprint_in
from traceability.labels.claims.service import claims_refusal
from traceability.labels.life.queries import (
    NumberLife,
    indexes_named,
    lives_of_number,
    reprint_job,
    reprint_of,
)
from traceability.labels.life.scanned import LONGEST
from traceability.labels.life.schemas import ApplySchema, ReprintSchema, witness_in
from traceability.labels.life.service import ApplyDraft, ReprintDraft, apply_in
from traceability.labels.life.wording import FATES, VOID_KINDS
from traceability.labels.printing.room import note_file
from traceability.labels.queries import RunRow, run_of
from traceability.labels.room import label_keys_of
from traceability.labels.sheets import SheetFormat, print_sheets
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.sending import hands_over
from traceability.web.submitting import STORED, gone_on, submitted

Answer = Response | Any


@require(Role.PRODUCER)
def apply(run_id: str) -> Answer:
    """Tell which labels of a run were put on goods."""
    row = _with_serials(run_id)
    use = services()
    form = Form(ApplySchema(), {"day": use.clock.today()})

    def write(session: Session) -> None:
        first, last = _range(row, form)
        draft = ApplyDraft(
            first=first, last=last, day=form.data["day"], place=form.data["place"]
        )
        apply_in(session, row, draft, actor=actor(), notary=notary_of(use))

    status = submitted(form, write)
    if status == STORED:
        address = url_for("labels.run", run_id=run_id)
        return gone_on(_("It is written down which labels are on goods."), address)
    return _page("labels/apply.html", status, row, form)


@require(Role.PRODUCER)
def reprint(run_id: str) -> Answer:
    """Print labels once more that were spoiled on the press."""
    row = _with_serials(run_id)
    form = Form(ReprintSchema())

    def write(session: Session) -> None:
        first, last = _range(row, form)
        draft = ReprintDraft(
            first=first,
            last=last,
            reason=form.data["reason"],
            witness=witness_in(form.data),
        )
        notary = notary_of(services())
        reprint_in(session, row, draft, actor=actor(), notary=notary)

    status = submitted(form, write)
    if status == STORED:
        address = url_for("labels.run", run_id=run_id)
        return gone_on(_("Download the sheet of these labels below."), address)
    return _page("labels/reprint.html", status, row, form)


def _page(template: str, status: int, row: RunRow, form: Form) -> Response:
    return render(template, status, row=row, run=row.run, batch=row.of_batch, form=form)


def _with_serials(run_id: str) -> RunRow:
    with services().database.reading() as session:
        row = run_of(session, run_id, actor=actor())
    if row.run.first_index is None:
        abort(HTTPStatus.NOT_FOUND)
    return row


def _range(row: RunRow, form: Form) -> tuple[int, int]:
    mac_of = label_keys_of(services()).mac_of
    return indexes_named(row, form.data["first"], form.data["last"], mac_of)


@require(Role.PRODUCER)
def reprint_sheet(run_id: str, reprint_id: str) -> Response:
    """Send the sheets of spoiled labels, every symbol of them read back."""
    use = services()
    with use.database.reading() as session:
        row, again = reprint_of(session, run_id, reprint_id, actor=actor())
        among = (again.from_index, again.to_index)
        lapsed = claims_refusal(session, row, use.clock.today(), among=among)
    if lapsed is not None:
        raise lapsed
    pdf = SheetFormat.PDF
    sheets = print_sheets(reprint_job(row, again), pdf, label_keys_of(use))
    name = f"{row.file_stem}-{again.from_index}-{again.to_index}.pdf"
    response = Response(sheets.files[0], content_type=sheets.media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    if hands_over(response):
        note_file(use, row.run, pdf.value, actor=actor(), reprint=again)
    return response


@require(Role.PRODUCER)
def number() -> Response:
    """Show the whole life of a number: typed, or scanned into the field."""
    text = request.args.get("number", "").strip()
    found: list[NumberLife] = []
    refusal, status = None, HTTPStatus.OK
    if text:
        try:
            found = _found(text)
        except DomainError as error:
            refusal, status = error, HTTPStatus(error.status)
    return render(
        "labels/number.html",
        status,
        text=text[:LONGEST],
        found=found,
        refusal=refusal,
        fates=FATES,
        void_kinds=VOID_KINDS,
        kinds=wording.KINDS,
    )


def _found(text: str) -> list[NumberLife]:
    use = services()
    with use.database.reading() as session:
        keys = label_keys_of(use)
        return lives_of_number(session, text, actor=actor(), mac_of=keys.mac_of)


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint these pages."""
    add, both = blueprint.add_url_rule, ["GET", "POST"]
    add("/labels/number", view_func=number)
    add("/labels/<run_id>/apply", view_func=apply, methods=both)
    add("/labels/<run_id>/reprint", view_func=reprint, methods=both)
    add("/labels/<run_id>/reprints/<reprint_id>/sheet.pdf", view_func=reprint_sheet)
