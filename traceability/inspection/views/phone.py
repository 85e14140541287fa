"""What the inspector's phone asks: who is signed in, and to take a finding in.

Both answer JSON, refusals too, whatever the caller says it accepts.
"""

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify, request
from flask_wtf.csrf import generate_csrf
from marshmallow import RAISE, ValidationError
from sqlalchemy.orm import Session
from werkzeug.exceptions import UnprocessableEntity

from traceability.core.errors import ForbiddenError, UnauthorizedError
from traceability.core.permissions import Role
from traceability.inspection.photos import FIELD, VisitPhoto, require_few, visit_photos
from traceability.inspection.schemas import FindingSchema, finding_draft
from traceability.inspection.service import record_visit
from traceability.inspection.visit import VisitDraft
from traceability.records.notary import notary_of
from traceability.web.auth import current_actor
from traceability.web.context import services
from traceability.web.json_loading import load_json
from traceability.web.problems import for_programs
from traceability.web.repeating import once


@for_programs
def inspector_session() -> Response:
    """Return whether somebody is signed in, who, and the token that forms need."""
    who = current_actor()
    response = jsonify(
        signed_in=who is not None,
        name=who.name if who else "",
        csrf=generate_csrf(),
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@for_programs
def take_finding() -> tuple[Response, int]:
    """Take a finding in: signed and logged once, however often it is sent."""
    who = current_actor()
    if who is None:
        raise UnauthorizedError("Please sign in first.")
    if not who.has(Role.INSPECTOR):
        raise ForbiddenError("Your role does not allow this.")
    draft, photos, use = _sent_draft(), sent_photos(), services()

    def write(session: Session) -> dict[str, str]:
        found = record_visit(session, draft, photos, actor=who, notary=notary_of(use))
        return {"id": found.public_id, "url": use.identity.url(found.path)}

    answer = jsonify(once(write))
    answer.headers["Cache-Control"] = "no-store"
    return answer, HTTPStatus.CREATED


def sent_photos() -> tuple[VisitPhoto, ...]:
    """Return the photos of a request, checked and stripped."""
    files = request.files.getlist(FIELD)
    require_few(len(files))
    photos = visit_photos(one.stream.read() for one in files)
    for one in files:
        one.stream.seek(0)  # a repeated request is known by all that was sent
    return photos


def _sent_draft() -> VisitDraft:
    """Return what the field ``finding`` holds, strictly read."""
    body: Any = load_json(request.form.get("finding", ""))
    try:
        data = FindingSchema(unknown=RAISE).load(body)
    except ValidationError as error:
        refusal = UnprocessableEntity()
        refusal.data = {"messages": error.messages}  # type: ignore[attr-defined]
        raise refusal from None
    return finding_draft(data)


def add_to(blueprint: Blueprint) -> None:
    """Give the room's blueprint these addresses."""
    blueprint.add_url_rule(
        "/inspector/session", "session", inspector_session, methods=["GET"]
    )
    blueprint.add_url_rule(
        "/inspector/findings", "findings", take_finding, methods=["POST"]
    )
