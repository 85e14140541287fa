"""Recognitions over the API: an officer's program enters and withdraws them."""

from typing import Any

from sqlalchemy.orm import Session

from traceability.catalog.queries import product_by_public_id
from traceability.core.permissions import Role, Scope
from traceability.ocop import queries, service
from traceability.ocop.errors import RecognitionNotFoundError
from traceability.ocop.queries import Listed
from traceability.ocop.schemas import (
    ApiRecognition,
    ApiRecognitionChanges,
    ApiRecognitionShown,
    ApiRecognitionWithdrawal,
    merged,
    recognition_draft,
    recognition_shown,
)
from traceability.records.notary import notary_of
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import PageQuery, page_of, page_schema, window_of
from traceability.web.repeating import once
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "ocop_api",
    __name__,
    url_prefix=f"{PREFIX}/recognitions",
    description="OCOP recognitions, the only source of stars",
)


@blueprint.post("")
@blueprint.permitted(Role.OFFICER, scope=Scope.RECOGNITIONS_WRITE)
@blueprint.arguments(ApiRecognition)
@blueprint.response(201, ApiRecognitionShown)
def recognise(data: dict[str, Any]) -> Any:
    """Enter a recognition, signed and logged."""
    product = data.pop("product")

    def write(session: Session) -> Any:
        draft = recognition_draft(data, product_by_public_id(session, product).id)
        found = service.recognise(
            session, draft, actor=actor(), notary=notary_of(services())
        )
        return _shown(queries.recognition_by_public_id(session, found.public_id))

    return once(write)


@blueprint.get("")
@blueprint.permitted(scope=Scope.RECOGNITIONS_READ)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, page_schema(ApiRecognitionShown))
def listing(data: dict[str, Any]) -> Any:
    """List recognitions (producers: of own products), the one entered last first."""
    window = window_of(data)
    producer = own_organisation() if actor().has(Role.PRODUCER) else None
    with services().database.reading() as session:
        rows = queries.recognitions_in(session, window, producer=producer)
    return page_of(rows, window, key=lambda one: one.recognition.id, show=_shown)


@blueprint.get("/<public_id>")
@blueprint.permitted(scope=Scope.RECOGNITIONS_READ)
@blueprint.response(200, ApiRecognitionShown)
def show(public_id: str) -> Any:
    """Read one recognition."""
    with services().database.reading() as session:
        found = queries.recognition_by_public_id(session, public_id)
    if actor().has(Role.PRODUCER) and found.producer.id != own_organisation():
        raise RecognitionNotFoundError("There is no such recognition.")
    return _shown(found)


@blueprint.post("/<public_id>/correct")
@blueprint.permitted(Role.OFFICER, scope=Scope.RECOGNITIONS_WRITE)
@blueprint.arguments(ApiRecognitionChanges(partial=True))
@blueprint.response(200, ApiRecognitionShown)
def correct(data: dict[str, Any], public_id: str) -> Any:
    """Put a recognition straight: a new signed version."""

    def write(session: Session) -> Any:
        found = queries.recognition_by_public_id(session, public_id)
        values = merged(found, data)
        product = product_by_public_id(session, values.pop("product"))
        draft = recognition_draft(values, product.id)
        notary = notary_of(services())
        service.correct(session, found.recognition, draft, actor=actor(), notary=notary)
        return _shown(queries.recognition_by_public_id(session, public_id))

    return once(write)


@blueprint.post("/<public_id>/withdraw")
@blueprint.permitted(Role.OFFICER, scope=Scope.RECOGNITIONS_WRITE)
@blueprint.arguments(ApiRecognitionWithdrawal)
@blueprint.response(200, ApiRecognitionShown)
def withdraw(data: dict[str, Any], public_id: str) -> Any:
    """Withdraw a recognition that the own authority entered."""

    def write(session: Session) -> Any:
        found = queries.recognition_by_public_id(session, public_id)
        service.withdraw(
            session,
            found.recognition,
            on=data["withdrawn_on"],
            reason=data["reason"],
            actor=actor(),
            notary=notary_of(services()),
        )
        return _shown(found)

    return once(write)


def _shown(one: Listed) -> Any:
    use = services()
    return recognition_shown(one, use.clock.today(), use.identity)
