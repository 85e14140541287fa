"""Pages of a run: its labels, its files, what was made void."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, url_for
from sqlalchemy.orm import Session

from traceability.core.permissions import Role
from traceability.labels import queries, wording
from traceability.labels.blanks.service import void_in
from traceability.labels.claims.service import claims_refusal, printable_run
from traceability.labels.designs.queries import designs_of
from traceability.labels.job import PrintJob
from traceability.labels.legal import elsewhere_named
from traceability.labels.life.queries import indexes_named, life_of
from traceability.labels.life.schemas import witness_in
from traceability.labels.life.witness import WITNESS_FROM
from traceability.labels.life.wording import FATES, VOID_KINDS
from traceability.labels.printing import wording as printing
from traceability.labels.printing.forecast import Feed, Forecast, forecast_of
from traceability.labels.printing.press import Press
from traceability.labels.printing.queries import TaskRow, paces, tasks_of
from traceability.labels.printing.room import file_of_run, note_file
from traceability.labels.printing.state import ALL_UP_TO, TaskState
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.schemas import VoidSchema
from traceability.labels.scratch.queries import delivered
from traceability.labels.service import VoidDraft
from traceability.labels.setup import format_positions
from traceability.labels.sheets import SheetFormat, preview, print_sheets
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.sending import hands_over, send_stream
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted

Answer = Response | Any


@require(Role.PRODUCER)
def run(run_id: str) -> Response:
    """Show a run: its range, its label, its downloads, what was made void."""
    with services().database.reading() as session:
        row = queries.run_of(session, run_id, actor=actor())
        codes = delivered(session, row.run)
        life = life_of(session, row.run)
        today = services().clock.today()
        lapsed = claims_refusal(session, row, today)
        rows = designs_of(session, own_organisation())
        designs = {one.public_id: one for one in rows}
        tasks = tasks_of(session, row)
        bindings = queries.bindings_of(session, row.run)
        ahead = {} if row.job.at_once or lapsed else _ahead(session, row.job, tasks)
    layout, setup = row.job.layout(), row.job.spec.setup
    return render(
        "labels/run.html",
        setup=setup,
        skipped=format_positions(setup.skip),
        positions=row.job.positions,
        feed=Feed.of(layout.stock, row.job.positions, len(setup.skip)),
        row=row,
        run=row.run,
        batch=row.of_batch,
        bindings=bindings,
        codes=codes,
        lapsed=lapsed,
        design=designs.get(row.job.spec.design.id),
        elsewhere=elsewhere_named(row.job.spec.elsewhere),
        life=life,
        stretches=life.stretches(row.run),
        counts=life.counts(row.run),
        fates=FATES,
        void_kinds=VOID_KINDS,
        fit=layout.fit,
        stock=row.job.spec.stock,
        label_size=layout.label_size,
        formats=wording.FORMATS,
        kinds=wording.KINDS,
        at_once=row.job.at_once,
        tasks=tasks,
        sampled=row.job.positions > ALL_UP_TO,
        printing=printing,
        ahead=ahead,
    )


def _ahead(
    session: Session, job: PrintJob, tasks: Sequence[TaskRow]
) -> dict[str, Forecast]:
    """Return what the files would come to that are not there and not being made."""
    there = {
        one.task.format
        for one in tasks
        if one.progress.running or one.task.standing is TaskState.READY
    }
    pace, free = paces(session), services().get(Press).archive.free
    return {
        one.value: forecast_of(job, one, pace, free)
        for one in SheetFormat
        if one.value not in there
    }


@require(Role.PRODUCER)
def label(run_id: str) -> Response:
    """Send the run's first label as it will be printed."""
    row = _printable_run(run_id)
    image = preview(row.job, label_keys_of(services()))
    return _file(image, "image/png")


@require(Role.PRODUCER)
def download(run_id: str, format_: str) -> Response:
    """Send a run's sheets, every symbol of them read back."""
    if format_ not in {*SheetFormat}:
        abort(HTTPStatus.NOT_FOUND)
    use, row, wanted = services(), _printable_run(run_id), SheetFormat(format_)
    if not row.job.at_once:
        response = send_stream(*file_of_run(use, row, wanted))
    else:
        sheets = print_sheets(row.job, wanted, label_keys_of(use))
        name = f"{row.file_stem}.{sheets.suffix}"
        response = _file(sheets.files[0], sheets.media_type)
        response.headers.set("Content-Disposition", "attachment", filename=name)
    if hands_over(response):
        note_file(use, row.run, format_, actor=actor())
    return response


def _printable_run(run_id: str) -> RunRow:
    """Return a run to make files of, unless what its labels say holds no more."""
    use = services()
    with use.database.reading() as session:
        today = use.clock.today()
        return printable_run(session, run_id, actor=actor(), today=today)


def _own_run(run_id: str) -> RunRow:
    with services().database.reading() as session:
        return queries.run_of(session, run_id, actor=actor())


def _file(data: bytes, media_type: str) -> Response:
    response = Response(data, content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    return response


@require(Role.PRODUCER)
def void(run_id: str) -> Answer:
    """Make labels of a run void: one, or a range."""
    row = _own_run(run_id)
    if row.run.first_index is None:
        abort(HTTPStatus.NOT_FOUND)
    form = Form(VoidSchema())

    def write(session: Session) -> None:
        draft, notary = _void_draft(form, row), notary_of(services())
        void_in(session, row, draft, actor=actor(), notary=notary)

    status = submitted(form, write)
    if status == STORED:
        address = url_for("labels.run", run_id=run_id)
        return gone_on(_("The labels are void. Scanning them says so."), address)
    return render(
        "labels/void.html",
        status,
        row=row,
        run=row.run,
        batch=row.of_batch,
        form=form,
        void_kinds=VOID_KINDS,
        witness_from=WITNESS_FROM,
    )


def _void_draft(form: Form, row: RunRow) -> VoidDraft:
    mac_of = label_keys_of(services()).mac_of
    data = form.data
    first, last = indexes_named(row, data["first"], data["last"], mac_of)
    return VoidDraft(
        first=first,
        last=last,
        reason=data["reason"],
        kind=data["kind"],
        witness=witness_in(data),
    )


def add_to(blueprint: Blueprint) -> None:
    """Give the blueprint these pages."""
    add, both = blueprint.add_url_rule, ["GET", "POST"]
    add("/labels/<run_id>", view_func=run)
    add("/labels/<run_id>/label.png", view_func=label)
    add("/labels/<run_id>/sheet.<format_>", view_func=download)
    add("/labels/<run_id>/void", view_func=void, methods=both)
