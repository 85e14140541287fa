"""Pages of labels: choose stock and kind, download the sheets, make labels void."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from traceability.batches.models import Batch
from traceability.batches.queries import batch_of
from traceability.core.permissions import Role
from traceability.labels import queries, service, wording
from traceability.labels.claims.service import claims_refusal, printable_run
from traceability.labels.designs import views as design_pages
from traceability.labels.designs.queries import (
    design_named,
    designs_of,
    last_design,
)
from traceability.labels.errors import LabelTooSmallError, SealRefusedError
from traceability.labels.job import MAX_COUNT, LabelKind, RunSpec
from traceability.labels.legal import elsewhere_named
from traceability.labels.life import views as life_views
from traceability.labels.life.queries import indexes_named, life_of
from traceability.labels.life.schemas import witness_in
from traceability.labels.life.service import note_print_out
from traceability.labels.life.witness import WITNESS_FROM
from traceability.labels.life.wording import FATES, VOID_KINDS
from traceability.labels.limits import views as limits_views
from traceability.labels.limits.queries import room_of, use_of
from traceability.labels.previews import views as previews
from traceability.labels.previews.views import Shown, shown_of_run, usual_or
from traceability.labels.printing import wording as printing
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.queries import tasks_of
from traceability.labels.printing.room import call_workers, file_of_run
from traceability.labels.printing.service import first_print
from traceability.labels.printing.state import ALL_UP_TO
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.schemas import RunSchema, VoidSchema, run_spec
from traceability.labels.scratch import views as scratch
from traceability.labels.scratch.queries import delivered
from traceability.labels.service import VoidDraft
from traceability.labels.setup import DEFAULT_SETUP, Setup, format_positions
from traceability.labels.sheets import SheetFormat, preview, print_sheets
from traceability.labels.stock import STOCKS, Stock
from traceability.labels.stocks.models import PrinterProfile
from traceability.labels.stocks.queries import printers_of, stock_for, stocks_for
from traceability.labels.stocks.schemas import form_setup
from traceability.labels.stocks.service import use_printer
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _, language
from traceability.web.rendering import render
from traceability.web.sending import send_stream
from traceability.web.submitting import STORED, gone_on, own_organisation, submitted

blueprint = Blueprint("labels", __name__)
for pages in (design_pages, previews, scratch):
    pages.add_to(blueprint)
Answer = Response | Any
_ON_A_ROLL = 100  # a roll has no page to fill


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
        stocks = stocks_for(session, own_organisation())
        printers = printers_of(session, own_organisation())
        designs = designs_of(session, own_organisation())
        room = room_of(session, batch)
        quota = use_of(session, own_organisation(), use.clock.today())
    looks = "look" in request.form
    form = Form(RunSchema(), _typed(request.form) if looks else initial)
    started: list[str] = []
    asked: list[PrintTask] = []

    def write(session: Session) -> None:
        mine = batch_of(session, public_id, actor=actor())
        notary, keys = notary_of(use), label_keys_of(use)
        spec = _spec(session, form.data)
        with wording.told_what_fits(stocks):
            run = service.start_run(
                session, mine, spec, actor=actor(), notary=notary, keys=keys
            )
        started.append(run.public_id)
        row = queries.run_of(session, run.public_id, actor=actor())
        asked.extend(first_print(session, row, actor=actor(), clock=use.clock))

    status = HTTPStatus.OK if looks else submitted(form, write)
    if status == STORED:
        address = url_for(".run", run_id=started[0])
        for task in asked:
            call_workers(use, task)
            return gone_on(_("The labels are being made."), address)
        return gone_on(_("The labels are ready. Download and print them."), address)
    return render(
        "labels/new_run.html",
        status,
        batch=batch,
        rows=rows,
        form=form,
        refusal=refusal,
        stocks=stocks,
        first_time=not last,
        printers=_printer_options(printers, stocks),
        shown=None if refusal else _shown(batch, form),
        designs=[one for one in designs if one.archived_at is None],
        fields=wording.FIELDS,
        kinds=wording.KINDS,
        kind_hints=wording.KIND_HINTS,
        most=MAX_COUNT,
        room=room,
        quota=quota,
    )


def _spec(session: Session, data: dict[str, Any]) -> RunSpec:
    """Return the run that a form asks for, on one's own stock and printer."""
    mine = own_organisation()
    stock = stock_for(session, mine, data["stock"])
    calibration = None
    if data["printer"]:
        clock = services().clock
        calibration = use_printer(session, mine, stock, data["printer"], clock=clock)
    design = design_named(session, mine, data["design"])
    return run_spec(data, stock, form_setup(data, stock, calibration), design)


def _printer_options(
    printers: Sequence[PrinterProfile], stocks: Sequence[Stock]
) -> list[tuple[str, str]]:
    names = {stock.id: stock.name.in_language(language()) for stock in stocks}
    return [
        (one.public_id, f"{one.name} · {names[one.stock]}")
        for one in printers
        if one.stock in names
    ]


def _initial(session: Session, batch: Batch, last: list[RunRow]) -> dict[str, Any]:
    """Return the last stock, printer and design, and a seal wherever one fits.

    What the address asks for comes before: links to what would fit are such addresses.
    """
    mine = own_organisation()
    stocks = {one.id: one for one in stocks_for(session, mine)}
    before = last[0].job.spec if last else None
    known = before is not None and before.stock.id in stocks
    stock = before.stock if before and known else next(iter(STOCKS.values()))
    setup = Setup(dpi=before.setup.dpi) if before and known else DEFAULT_SETUP
    design = last_design(session, mine)
    spec = RunSpec(
        kind=LabelKind.SEALED,
        count=stock.per_page if stock.per_page > 1 else _ON_A_ROLL,
        stock=stock,
        setup=setup,
        design=usual_or(session, design),
    )
    kind = LabelKind.SEALED
    try:
        service.plan(session, batch, spec, services().clock.today()).layout()
    except (LabelTooSmallError, SealRefusedError):
        kind = LabelKind.SERIAL
    measured = printers_of(session, mine, stock.id)
    usual = {
        "stock": stock.id,
        "kind": kind.value,
        "count": spec.count,
        "design": design,
        "dpi": setup.dpi,
        "copies": 1,
        "printer": measured[0].public_id if measured else "",
    }
    return {**usual, **_typed(request.args)}


def _typed(given: MultiDict[str, str]) -> dict[str, Any]:
    """Return what of the form's fields was given, as it was typed."""
    lists = {"elsewhere", "skip"}
    names = RunSchema().fields.keys() - lists
    typed: dict[str, Any] = {name: given[name] for name in names if name in given}
    return {**typed, **{name: given.getlist(name) for name in lists}}


def _shown(batch: Batch, form: Form) -> Shown | None:
    """Return the preview of what stands in the form."""
    names = ("stock", "kind", "design", "dpi")
    typed = MultiDict({name: form.value(name) for name in names})
    typed.setlist("elsewhere", form.values("elsewhere"))
    with services().database.reading() as session:
        return shown_of_run(session, batch, typed)


@blueprint.get("/labels/<run_id>")
@require(Role.PRODUCER)
def run(run_id: str) -> Response:
    """Show a run: its range, its label, its downloads, what was made void."""
    with services().database.reading() as session:
        row = queries.run_of(session, run_id, actor=actor())
        codes = delivered(session, row.run)
        life = life_of(session, row.run)
        today = services().clock.today()
        lapsed = claims_refusal(session, row.run, row.batch, today)
        rows = designs_of(session, own_organisation())
        designs = {one.public_id: one for one in rows}
        tasks = tasks_of(session, row)
    layout, setup = row.job.layout(), row.job.spec.setup
    return render(
        "labels/run.html",
        setup=setup,
        skipped=format_positions(setup.skip),
        positions=row.job.positions,
        pages=layout.pages_for(row.job.positions),
        row=row,
        run=row.run,
        batch=row.batch,
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
    )


@blueprint.get("/labels/<run_id>/label.png")
@require(Role.PRODUCER)
def label(run_id: str) -> Response:
    """Send the run's first label as it will be printed."""
    row = _printable_run(run_id)
    image = preview(row.job, label_keys_of(services()))
    return _file(image, "image/png")


@blueprint.get("/labels/<run_id>/sheet.<format_>")
@require(Role.PRODUCER)
def download(run_id: str, format_: str) -> Response:
    """Send a run's sheets, every symbol of them read back."""
    if format_ not in {*SheetFormat}:
        abort(HTTPStatus.NOT_FOUND)
    use, row, wanted = services(), _printable_run(run_id), SheetFormat(format_)
    if not row.job.at_once:
        return send_stream(*file_of_run(use, row, wanted, actor=actor()))
    sheets = print_sheets(row.job, wanted, label_keys_of(use))
    use.database.written(
        lambda session: note_print_out(
            session, row.run, format_, actor=actor(), clock=use.clock
        )
    )
    name = f"tem-{row.batch.lot_number}-{row.run.public_id[:6]}.{sheets.suffix}"
    response = _file(sheets.files[0], sheets.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
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


@blueprint.route("/labels/<run_id>/void", methods=["GET", "POST"])
@require(Role.PRODUCER)
def void(run_id: str) -> Answer:
    """Make labels of a run void: one, or a range."""
    row = _own_run(run_id)
    if row.run.first_index is None:
        abort(HTTPStatus.NOT_FOUND)
    form = Form(VoidSchema())

    def write(session: Session) -> None:
        draft = _void_draft(form, row)
        batch = batch_of(session, row.batch.public_id, actor=actor())
        notary = notary_of(services())
        service.void_labels(session, batch, draft, actor=actor(), notary=notary)

    status = submitted(form, write)
    if status == STORED:
        address = url_for(".run", run_id=run_id)
        return gone_on(_("The labels are void. Scanning them says so."), address)
    return render(
        "labels/void.html",
        status,
        row=row,
        run=row.run,
        batch=row.batch,
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


life_views.add_to(blueprint)
limits_views.add_to(blueprint)
