"""Pages of labels: choose stock and kind, download the sheets, make labels void."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, abort, request
from sqlalchemy.orm import Session
from werkzeug import Response as Sent
from werkzeug.datastructures import MultiDict

from traceability.batches.models import Batch
from traceability.batches.queries import batch_of
from traceability.core.permissions import Role
from traceability.labels import queries, service, wording
from traceability.labels.designs import views as design_pages
from traceability.labels.designs.queries import design_named, designs_of, last_design
from traceability.labels.errors import LabelTooSmallError, SealRefusedError
from traceability.labels.job import MAX_COUNT, OF_A_LOT, LabelKind, RunSpec
from traceability.labels.life import views as life_views
from traceability.labels.limits import views as limits_views
from traceability.labels.limits.queries import room_of, use_of
from traceability.labels.previews import views as previews
from traceability.labels.previews.views import Shown, shown_of_run, usual_or
from traceability.labels.printing import wording as printing
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.room import first_print_of
from traceability.labels.printing.views import gone_to_run
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.runs import views as run_pages
from traceability.labels.schemas import RunSchema, run_spec
from traceability.labels.scratch import views as scratch
from traceability.labels.stock import Stock
from traceability.labels.stocks.models import PrinterProfile
from traceability.labels.stocks.queries import printers_of, stocks_for
from traceability.labels.stocks.service import stock_and_setup
from traceability.labels.stocks.usual import Usual, usual_of
from traceability.labels.stocks.views import fitted, printer_options, refitted
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, own_organisation, submitted

blueprint = Blueprint("labels", __name__)
for pages in (design_pages, previews, scratch):
    pages.add_to(blueprint)
Answer = Response | Sent | Any


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
        stocks = stocks_for(session, own_organisation())
        printers = printers_of(session, own_organisation())
        initial = _initial(session, batch, usual_of(stocks, last, printers), last)
        designs = designs_of(session, own_organisation())
        room = room_of(session, batch)
        quota = use_of(session, own_organisation(), use.clock.today())
    looks = "look" in request.form
    form = Form(RunSchema(), _typed(request.form) if looks else initial)
    started: list[RunRow] = []
    asked: list[PrintTask] = []

    def write(session: Session) -> None:
        mine = batch_of(session, public_id, actor=actor())
        with wording.told_what_fits(stocks):
            row = _started(session, mine, _spec(session, form.data, printers, stocks))
        started.append(row)
        asked.extend(first_print_of(use)(session, row, actor=actor()))

    status = HTTPStatus.OK if looks else submitted(form, write)
    if status == STORED:
        return _gone_to(started[0], asked)
    return render(
        "labels/new_run.html",
        status,
        batch=batch,
        rows=rows,
        form=form,
        refusal=refusal,
        stocks=stocks,
        first_time=not last,
        printers=printer_options(printers, stocks),
        fitted=fitted(printers, stocks, form.value),
        shown=None if refusal else _shown(batch, form),
        designs=[one for one in designs if one.archived_at is None],
        fields=wording.FIELDS,
        kinds=wording.OF_A_LOT,
        kind_hints=wording.KIND_HINTS,
        printing=printing,
        most=MAX_COUNT,
        room=room,
        quota=quota,
    )


def _started(session: Session, batch: Batch, spec: RunSpec) -> RunRow:
    notary, keys = notary_of(services()), label_keys_of(services())
    run = service.start_run(
        session, batch, spec, actor=actor(), notary=notary, keys=keys
    )
    return queries.run_of(session, run.public_id, actor=actor())


def _gone_to(row: RunRow, asked: list[PrintTask]) -> Sent:
    making = _("The labels are being made.")
    ready = _("The labels are ready. Download and print them.")
    return gone_to_run(row, asked, making=making, ready=ready)


def _spec(
    session: Session,
    data: dict[str, Any],
    printers: Sequence[PrinterProfile],
    stocks: Sequence[Stock],
) -> RunSpec:
    """Return the run that a form asks for, on one's own stock and printer."""
    mine, clock = own_organisation(), services().clock
    data = refitted(printers, stocks, data)
    stock, setup = stock_and_setup(session, mine, data, clock=clock)
    design = design_named(session, mine, data["design"])
    return run_spec(data, stock, setup, design)


def _initial(
    session: Session, batch: Batch, usual: Usual, last: list[RunRow]
) -> dict[str, Any]:
    """Return what is usual, design and kind of last time; a seal only where one fits.

    What the address asks for comes before: links to what would fit are such addresses.
    """
    design = last_design(session, own_organisation())
    before = last[0].job.spec.kind if last else None
    kind = before if before in OF_A_LOT else LabelKind.SEALED
    spec = RunSpec(
        kind=kind,
        count=usual.count,
        stock=usual.stock,
        setup=usual.setup,
        design=usual_or(session, design),
    )
    try:
        service.plan(session, batch, spec, services().clock.today()).layout()
    except (LabelTooSmallError, SealRefusedError):
        kind = LabelKind.SERIAL if kind is LabelKind.SEALED else kind
    of_labels = {"kind": kind.value, "design": design}
    return {**usual.values(), **of_labels, **_typed(request.args)}


def _typed(given: MultiDict[str, str]) -> dict[str, Any]:
    """Return what of the form's fields was given, as it was typed."""
    lists = {"elsewhere", "skip"}
    names = RunSchema().fields.keys() - lists
    typed: dict[str, Any] = {name: given[name] for name in names if name in given}
    return {**typed, **{name: given.getlist(name) for name in lists}}


def _shown(batch: Batch, form: Form) -> Shown | None:
    """Return the preview of what stands in the form."""
    names = ("stock", "kind", "design", "dpi", "count", "copies")
    typed = MultiDict({name: form.value(name) for name in names})
    for name in ("elsewhere", "skip"):
        typed.setlist(name, form.values(name))
    with services().database.reading() as session:
        return shown_of_run(session, batch, typed)


run_pages.add_to(blueprint)
life_views.add_to(blueprint)
limits_views.add_to(blueprint)
