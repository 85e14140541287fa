"""Label runs over the API: start one, list, download the sheets, make labels void."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from traceability.batches.queries import batch_of
from traceability.core.permissions import Role, Scope
from traceability.labels import queries, service
from traceability.labels.blanks.service import void_in
from traceability.labels.claims.service import printable_run
from traceability.labels.designs.queries import design_named
from traceability.labels.life.queries import range_named
from traceability.labels.life.schemas import witness_in
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.queries import tasks_of
from traceability.labels.printing.room import (
    call_workers,
    file_of_run,
    first_print_of,
    note_file,
)
from traceability.labels.printing.schemas import task_shown
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.schemas import (
    ApiRun,
    ApiRunQuery,
    ApiRunShown,
    ApiRunWhole,
    ApiVoid,
    run_shown,
    run_spec,
    run_whole,
)
from traceability.labels.service import VoidDraft
from traceability.labels.sheets import SheetFormat, print_sheets
from traceability.labels.stocks.queries import stock_for
from traceability.labels.stocks.schemas import api_setup
from traceability.records.notary import notary_of
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import page_of, page_schema, window_of
from traceability.web.repeating import once
from traceability.web.sending import hands_over, send_stream
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "labels_api",
    __name__,
    url_prefix=f"{PREFIX}/label-runs",
    description="Label runs, their sheets and lists, and labels made void",
)


@blueprint.post("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_WRITE)
@blueprint.arguments(ApiRun)
@blueprint.response(201, ApiRunWhole)
def start(data: dict[str, Any]) -> Any:
    """Make labels for an issued batch; an Idempotency-Key takes numbers only once."""
    asked: list[PrintTask] = []

    def write(session: Session) -> Any:
        use = services()
        batch = batch_of(session, data["batch"], actor=actor())
        stock = stock_for(session, batch.organisation_id, data["stock"])
        design = design_named(session, batch.organisation_id, data["design"])
        chosen = run_spec(data, stock, api_setup(data["setup"]), design)
        notary, keys = notary_of(use), label_keys_of(use)
        run = service.start_run(
            session, batch, chosen, actor=actor(), notary=notary, keys=keys
        )
        row = queries.run_of(session, run.public_id, actor=actor())
        asked.extend(first_print_of(use)(session, row, actor=actor()))
        return _whole(session, row)

    answer = once(write)
    for task in asked:
        call_workers(services(), task)
    return answer


@blueprint.get("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_READ)
@blueprint.arguments(ApiRunQuery, location="query")
@blueprint.response(200, page_schema(ApiRunShown))
def listing(data: dict[str, Any]) -> Any:
    """List own label runs, the newest first."""
    window, use = window_of(data), services()
    with use.database.reading() as session:
        rows = queries.runs_in(session, own_organisation(), window, batch=data["batch"])
    return page_of(
        rows,
        window,
        key=lambda row: row.run.id,
        show=lambda row: run_shown(row, use.identity),
    )


@blueprint.get("/<public_id>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_READ)
@blueprint.response(200, ApiRunWhole)
def show(public_id: str) -> Any:
    """Read one label run."""
    with services().database.reading() as session:
        return _whole(session, queries.run_of(session, public_id, actor=actor()))


@blueprint.get("/<public_id>/sheets.pdf")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_READ)
@blueprint.file("application/pdf")
@blueprint.alt_response(409, "CONFLICT")
def sheets(public_id: str) -> Response:
    """Download the sheets as PDF, once they are made (409 before); read back."""
    return _file(public_id, SheetFormat.PDF)


@blueprint.get("/<public_id>/labels.csv")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_READ)
@blueprint.file("text/csv")
@blueprint.alt_response(409, "CONFLICT")
def labels(public_id: str) -> Response:
    """Download the labels as a list for a print shop, once it is made (409 before)."""
    return _file(public_id, SheetFormat.CSV)


@blueprint.post("/<public_id>/void")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_WRITE)
@blueprint.arguments(ApiVoid)
@blueprint.response(200, ApiRunWhole)
def void(data: dict[str, Any], public_id: str) -> Any:
    """Make labels of a run void for good: one, or a range."""

    def write(session: Session) -> Any:
        row = queries.run_of(session, public_id, actor=actor())
        draft, notary = _void_draft(row, data), notary_of(services())
        void_in(session, row, draft, actor=actor(), notary=notary)
        return _whole(session, row)

    return once(write)


def _whole(session: Session, row: RunRow) -> Any:
    identity = services().identity
    tasks = [task_shown(one, identity) for one in tasks_of(session, row)]
    voids = queries.voids_of(session, row.run)
    bindings = queries.bindings_of(session, row.run)
    return run_whole(row, voids, bindings, tasks, identity)


def _file(public_id: str, format_: SheetFormat) -> Response:
    use = services()
    with use.database.reading() as session:
        today = use.clock.today()
        row = printable_run(session, public_id, actor=actor(), today=today)
    if not row.job.at_once:
        response = send_stream(*file_of_run(use, row, format_))
    else:
        sheets = print_sheets(row.job, format_, label_keys_of(use))
        name = f"{row.file_stem}.{sheets.suffix}"
        response = Response(sheets.files[0], content_type=sheets.media_type)
        response.headers.set("Content-Disposition", "attachment", filename=name)
    if hands_over(response):
        note_file(use, row.run, format_.value, actor=actor())
    return response


def _void_draft(row: RunRow, data: dict[str, Any]) -> VoidDraft:
    mac_of = label_keys_of(services()).mac_of
    first, last = range_named(row, data["first"], data["last"], mac_of)
    return VoidDraft(
        first=first,
        last=last,
        reason=data["reason"],
        kind=data["kind"],
        witness=witness_in(data),
    )
