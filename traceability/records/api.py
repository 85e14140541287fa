"""Signed records, their proofs and the log's head over the API; read by everybody."""

import base64
from typing import Any

from flask import Response

from traceability.core.permissions import Scope
from traceability.records import queries
from traceability.records.confirmed.queries import confirmed_by
from traceability.records.schemas import (
    ApiHead,
    ApiRecordQuery,
    ApiRecordShown,
    ApiRecordWhole,
    record_shown,
    record_whole,
)
from traceability.signing.keystore import KeyStore
from traceability.transparency.checkpoint import parse_checkpoint
from traceability.transparency.service import TransparencyLog
from traceability.transparency.tlog_proof import MEDIA_TYPE
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import page_of, page_schema, window_of

blueprint = ApiBlueprint(
    "records_api",
    __name__,
    url_prefix=PREFIX,
    description="Signed records, the proofs that they are logged, and the log's head",
)


@blueprint.get("/records")
@blueprint.permitted(scope=Scope.RECORDS_READ)
@blueprint.arguments(ApiRecordQuery, location="query")
@blueprint.response(200, page_schema(ApiRecordShown))
def listing(data: dict[str, Any]) -> Any:
    """List every version of what is signed about a subject, the newest first."""
    window, use = window_of(data), services()
    with use.database.reading() as session:
        rows = queries.records_in(session, data["subject"], window)
    return page_of(
        rows,
        window,
        key=lambda record: record.id,
        show=lambda record: record_shown(record, use.identity),
    )


@blueprint.get("/records/<public_id>")
@blueprint.response(200, ApiRecordWhole)
def show(public_id: str) -> Any:
    """Read a signed record; no key is needed."""
    use = services()
    with use.database.reading() as session:
        found = queries.record_by_public_id(session, public_id)
        confirmed = confirmed_by(session, found, lambda: use.get(KeyStore).ring)
    return record_whole(found, use.identity, confirmed)


@blueprint.get("/records/<public_id>/proof")
@blueprint.file("text/plain")
def proof(public_id: str) -> Response:
    """Read the proof that a record is in the log (C2SP tlog-proof)."""
    use = services()
    log = use.get(TransparencyLog)
    log.publish(use.database)
    with use.database.reading() as session:
        found = queries.record_by_public_id(session, public_id)
        leaf = queries.leaf_of_record(found)
        text = log.proof_text(session, found.log_index, leaf)
    return Response(text, content_type=MEDIA_TYPE)


@blueprint.get("/log")
@blueprint.response(200, ApiHead)
@blueprint.alt_response(404, "NOT_FOUND")
def head() -> Any:
    """Read the newest signed head of the log; 404 while nothing is logged."""
    use = services()
    log = use.get(TransparencyLog)
    log.publish(use.database)
    with use.database.reading() as session:
        note = log.checkpoint(session)
    newest = parse_checkpoint(note.partition("\n\n")[0] + "\n")
    return {
        "origin": newest.origin,
        "tree_size": newest.size,
        "root_hash": base64.b64encode(newest.root).decode(),
        "checkpoint": note,
        "vkey": log.vkey,
    }


@blueprint.after_request
def open_to_any_site(response: Response) -> Response:
    """Let pages of other sites read: nothing secret stands in a record."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
