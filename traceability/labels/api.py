"""Label runs over the API: start one, list, download the sheets, make labels void."""

from typing import Any

from flask import Response
from sqlalchemy.orm import Session

from traceability.batches.queries import batch_of
from traceability.core.errors import DomainError
from traceability.core.permissions import Role, Scope
from traceability.labels import queries, service
from traceability.labels.binding.service import void_blanks
from traceability.labels.errors import VoidRangeError
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
from traceability.records.notary import notary_of
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import page_of, page_schema, window_of
from traceability.web.repeating import once
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
    spec = run_spec(data)

    def write(session: Session) -> Any:
        use = services()
        batch = batch_of(session, data["batch"], actor=actor())
        notary, keys = notary_of(use), label_keys_of(use)
        run = service.start_run(
            session, batch, spec, actor=actor(), notary=notary, keys=keys
        )
        return _whole(session, queries.run_of(session, run.public_id, actor=actor()))

    return once(write)


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
def sheets(public_id: str) -> Response:
    """Download the sheets as PDF; every symbol was read back."""
    return _file(public_id, SheetFormat.PDF)


@blueprint.get("/<public_id>/labels.csv")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_READ)
@blueprint.file("text/csv")
def labels(public_id: str) -> Response:
    """Download the labels as a list for a print shop."""
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
        if row.blank:
            void_blanks(session, row.run, draft, actor=actor(), notary=notary)
            return _whole(session, row)
        batch = batch_of(session, row.batch.public_id, actor=actor())
        service.void_labels(session, batch, draft, actor=actor(), notary=notary)
        return _whole(session, row)

    return once(write)


def _whole(session: Session, row: RunRow) -> Any:
    voids = queries.voids_of(session, row.run)
    bindings = queries.bindings_of(session, row.run)
    return run_whole(row, voids, bindings, services().identity)


def _file(public_id: str, format_: SheetFormat) -> Response:
    use = services()
    with use.database.reading() as session:
        row = queries.run_of(session, public_id, actor=actor())
    [data] = print_sheets(row.job, format_, label_keys_of(use)).files
    name = f"{row.file_stem}.{format_.value}"
    response = Response(data, content_type=format_.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _void_draft(row: RunRow, data: dict[str, Any]) -> VoidDraft:
    first = _index(row, data["first"], "first")
    last = _index(row, data["last"], "last") if data["last"] else first
    least, most = row.run.first_index or 0, row.run.last_index or 0
    if not least <= first <= last <= most:
        raise VoidRangeError(
            "The range must lie within this run: %(first)s–%(last)s.",
            field="first",
            first=least,
            last=most,
        )
    return VoidDraft(first=first, last=last, reason=data["reason"])


def _index(row: RunRow, text: str, field: str) -> int:
    """Return the index meant; the labels of a run of lots cannot be told apart."""
    if row.run.first_index is None:
        raise VoidRangeError("Lot labels carry no serial numbers.", field=field)
    try:
        return queries.index_named(row, text, label_keys_of(services()).mac_of)
    except DomainError as error:
        error.field = field
        raise
