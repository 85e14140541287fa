"""Pages of labels: choose stock and kind, download the sheets, make labels void."""

import zipfile
from http import HTTPStatus
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy.orm import Session

from traceability.batches.models import Batch
from traceability.batches.queries import batch_of
from traceability.core.errors import DomainError
from traceability.core.permissions import Role
from traceability.labels import queries, service, wording
from traceability.labels.binding.service import void_blanks
from traceability.labels.errors import LabelTooSmallError, SealRefusedError
from traceability.labels.job import MAX_COUNT, LabelKind, RunSpec
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.schemas import RunSchema, VoidSchema, run_spec
from traceability.labels.service import VoidDraft
from traceability.labels.sheets import SheetFormat, Sheets, preview, print_sheets
from traceability.labels.stock import STOCKS
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted

blueprint = Blueprint("labels", __name__)
Answer = Response | Any


@blueprint.get("/labels")
@require(Role.PRODUCER)
def index() -> Response:
    """List the producer's runs, the newest first."""
    page = _page_number()
    with services().database.reading() as session:
        found = queries.runs_of_producer(
            session, own_organisation(), page=page, size=queries.PAGE + 1
        )
    return render(
        "labels/index.html",
        rows=found[: queries.PAGE],
        page=page,
        more=len(found) > queries.PAGE,
        kinds=wording.KINDS,
    )


def _page_number() -> int:
    text = request.args.get("page", "1")
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):  # noqa: PLR2004 (digits)
        abort(HTTPStatus.NOT_FOUND)
    return max(int(text), 1)


@blueprint.route("/batches/<public_id>/labels", methods=["GET", "POST"])
@require(Role.PRODUCER)
def new_run(public_id: str) -> Answer:
    """Print labels for a batch; the form starts from the run before."""
    use = services()
    with use.database.reading() as session:
        batch = batch_of(session, public_id, actor=actor())
        rows = queries.runs_of_batch(session, batch)
        last = queries.runs_of_producer(session, own_organisation(), size=1)
        refusal = service.refusal_of(batch, use.clock.today())
        initial = _initial(session, batch, last)
    form = Form(RunSchema(), initial)
    started: list[str] = []

    def write(session: Session) -> None:
        mine = batch_of(session, public_id, actor=actor())
        notary, keys = notary_of(use), label_keys_of(use)
        run = service.start_run(
            session, mine, run_spec(form.data), actor=actor(), notary=notary, keys=keys
        )
        started.append(run.public_id)

    status = submitted(form, write)
    if status == STORED:
        address = url_for(".run", run_id=started[0])
        return gone_on(_("The labels are ready. Download and print them."), address)
    return render(
        "labels/new_run.html",
        status,
        batch=batch,
        rows=rows,
        form=form,
        refusal=refusal,
        stocks=STOCKS.values(),
        kinds=wording.OF_A_LOT,
        kind_hints=wording.KIND_HINTS,
        most=MAX_COUNT,
    )


def _initial(session: Session, batch: Batch, last: list[RunRow]) -> dict[str, Any]:
    """Return the last stock, and a seal wherever one fits."""
    stock = last[0].run.stock if last else next(iter(STOCKS))
    count = STOCKS[stock].per_page
    spec = RunSpec(kind=LabelKind.SEALED, count=count, stock=STOCKS[stock])
    kind = LabelKind.SEALED
    try:
        service.plan(session, batch, spec, services().clock.today()).layout()
    except (LabelTooSmallError, SealRefusedError):
        kind = LabelKind.SERIAL
    return {"stock": stock, "kind": kind.value, "count": count}


@blueprint.get("/labels/<run_id>")
@require(Role.PRODUCER)
def run(run_id: str) -> Response:
    """Show a run: its range, its label, its downloads, what was made void."""
    with services().database.reading() as session:
        row = queries.run_of(session, run_id, actor=actor())
        voids = queries.voids_of(session, row.run)
        bindings = queries.bindings_of(session, row.run)
    layout = row.job.layout()
    return render(
        "labels/run.html",
        row=row,
        run=row.run,
        batch=row.of_batch,
        voids=voids,
        bindings=bindings,
        fit=layout.fit,
        stock=row.job.spec.stock,
        label_size=layout.label_size,
        formats=wording.FORMATS,
        kinds=wording.KINDS,
    )


@blueprint.get("/labels/<run_id>/label.png")
@require(Role.PRODUCER)
def label(run_id: str) -> Response:
    """Send the run's first label as it will be printed."""
    row = _own_run(run_id)
    image = preview(row.job, label_keys_of(services()))
    return _file(image, SheetFormat.PNG.media_type)


@blueprint.get("/labels/<run_id>/sheet.<format_>")
@require(Role.PRODUCER)
def download(run_id: str, format_: str) -> Response:
    """Send a run's sheets, every symbol of them read back."""
    if format_ not in {*SheetFormat}:
        abort(HTTPStatus.NOT_FOUND)
    row = _own_run(run_id)
    sheets = print_sheets(row.job, SheetFormat(format_), label_keys_of(services()))
    data, media_type, suffix = _packed(sheets)
    name = f"{row.file_stem}.{suffix}"
    response = _file(data, media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _own_run(run_id: str) -> RunRow:
    with services().database.reading() as session:
        return queries.run_of(session, run_id, actor=actor())


def _packed(sheets: Sheets) -> tuple[bytes, str, str]:
    """Return one file: the sheet itself, or a ZIP of several pages."""
    suffix = sheets.format.value
    if len(sheets.files) == 1:
        return sheets.files[0], sheets.format.media_type, suffix
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, data in enumerate(sheets.files, start=1):
            archive.writestr(f"{number:03}.{suffix}", data)
    return buffer.getvalue(), "application/zip", f"{suffix}.zip"


def _file(data: bytes, media_type: str) -> Response:
    response = Response(data, content_type=media_type)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.route("/labels/<run_id>/void", methods=["GET", "POST"])
@require(Role.PRODUCER)
def void(run_id: str) -> Answer:
    """Make labels of a run void: one, or a range."""
    row = _own_run(run_id)
    if row.run.first_index is None:
        abort(HTTPStatus.NOT_FOUND)
    form = Form(VoidSchema())

    def write(session: Session) -> None:
        draft, notary = _void_draft(form, row), notary_of(services())
        if row.blank:
            void_blanks(session, row.run, draft, actor=actor(), notary=notary)
            return
        batch = batch_of(session, row.batch.public_id, actor=actor())
        service.void_labels(session, batch, draft, actor=actor(), notary=notary)

    status = submitted(form, write)
    if status == STORED:
        address = url_for(".run", run_id=run_id)
        return gone_on(_("The labels are void. Scanning them says so."), address)
    return render(
        "labels/void.html", status, row=row, run=row.run, batch=row.of_batch, form=form
    )


def _void_draft(form: Form, row: RunRow) -> VoidDraft:
    first = _index(row, form.data["first"], "first")
    last = _index(row, form.data["last"], "last") if form.data["last"] else first
    return VoidDraft(first=first, last=last, reason=form.data["reason"])


def _index(row: RunRow, text: str, field: str) -> int:
    try:
        return queries.index_named(row, text, label_keys_of(services()).mac_of)
    except DomainError as error:
        error.field = field
        raise
