"""The page on which a producer gets a run's scratch codes, once."""

import secrets
from http import HTTPStatus
from io import BytesIO
from typing import Any

from flask import Blueprint, Response, abort, request, send_file
from sqlalchemy.orm import Session

from traceability.core.errors import DomainError, NotFoundError
from traceability.core.permissions import Role
from traceability.labels import queries
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of, pepper_of
from traceability.labels.scratch.errors import ScratchTooManyError
from traceability.labels.scratch.listing import CodeList
from traceability.labels.scratch.queries import delivered
from traceability.labels.scratch.schemas import DeliverySchema
from traceability.labels.scratch.service import (
    check_deliverable,
    deliver,
    make_codes,
)
from traceability.labels.scratch.workbook import new_password, parse_password
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.forms import Form
from traceability.web.rendering import render

MOST_HERE = 40_000  # codes in one answer: some seconds of work, 5 MB
Answer = Response | Any


@require(Role.PRODUCER)
def codes(run_id: str) -> Answer:
    """Show a password that was never used, and make the codes under it."""
    with services().database.reading() as session:
        row = queries.run_of(session, run_id, actor=actor())
        found = delivered(session, row.run)
    if not row.run.scratch:
        abort(HTTPStatus.NOT_FOUND)
    form = Form(DeliverySchema(), {"password": new_password(secrets.randbits)})
    status: int = HTTPStatus.OK
    if request.method == "POST":
        try:
            status = HTTPStatus.UNPROCESSABLE_ENTITY
            if form.load(request.form):
                return _file(row, form.data["to"], form.data["password"])
        except NotFoundError:
            raise
        except DomainError as error:
            form.fail(error)
            status = error.status
    response = render(
        "labels/scratch_codes.html",
        status,
        row=row,
        run=row.run,
        batch=row.batch,
        codes=found,
        form=form,
        too_many=row.run.count > MOST_HERE,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _file(row: RunRow, to: str, password: str) -> Response:
    """Make the codes, sign that they are handed out, and send them."""
    use, parsed = services(), parse_password(password)
    if row.run.count > MOST_HERE:
        raise ScratchTooManyError("Make so many codes with the command.")
    with use.database.reading() as session:
        check_deliverable(session, row.run, to)
    list_of_codes = CodeList(
        job=row.job,
        run_id=row.run.public_id,
        keys=label_keys_of(use),
        pepper=pepper_of(use),
        random_bits=secrets.randbits,
    )
    file = BytesIO()
    made = make_codes(list_of_codes, file, parsed)

    def write(session: Session) -> None:
        mine = queries.run_of(session, row.run.public_id, actor=actor())
        deliver(session, mine, made, to, actor=actor(), notary=notary_of(use))

    use.database.written(write)
    name = f"ma-cao-{row.batch.lot_number}-{row.run.public_id[:6]}.zip"
    response = send_file(
        file, mimetype="application/zip", as_attachment=True, download_name=name
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def add_to(blueprint: Blueprint) -> None:
    """Give the label pages this one."""
    blueprint.add_url_rule(
        "/labels/<run_id>/scratch-codes",
        view_func=codes,
        endpoint="scratch_codes",
        methods=["GET", "POST"],
    )
