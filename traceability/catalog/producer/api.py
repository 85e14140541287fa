"""What labels say of a producer, over the API."""

from typing import Any

from sqlalchemy.orm import Session

from traceability.catalog import queries, service
from traceability.catalog.producer.schemas import (
    ApiProducer,
    ApiProducerShown,
    producer_draft,
    producer_shown,
)
from traceability.core.permissions import Role, Scope
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.repeating import once
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "producer_api",
    __name__,
    url_prefix=f"{PREFIX}/producer",
    description="What labels and passports say of the key's own organisation",
)


@blueprint.get("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_READ)
@blueprint.response(200, ApiProducerShown)
def show() -> Any:
    """Read what labels say of the producer."""
    with services().database.reading() as session:
        return producer_shown(queries.producer_details(session, own_organisation()))


@blueprint.patch("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.CATALOGUE_WRITE)
@blueprint.arguments(ApiProducer)
@blueprint.response(200, ApiProducerShown)
def change(data: dict[str, Any]) -> Any:
    """Change what labels say of the producer."""

    def write(session: Session) -> Any:
        mine = own_organisation()
        draft = producer_draft(data, queries.producer_details(session, mine))
        return producer_shown(
            service.keep_producer_details(
                session, mine, draft, actor=actor(), clock=services().clock
            )
        )

    return once(write)
