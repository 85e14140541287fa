"""Batches over the API, for programs with a key: register, list, read, issue."""

from typing import Any

from sqlalchemy.orm import Session

from traceability.batches import queries, service
from traceability.batches.models import Batch
from traceability.batches.queries import BatchSearch
from traceability.batches.schemas import (
    ApiBatch,
    ApiBatchQuery,
    ApiBatchShown,
    batch_draft,
    shown,
)
from traceability.catalog.models import Product
from traceability.catalog.queries import own_product, own_site, product_by_key
from traceability.core.permissions import Role, Scope
from traceability.gs1.keys import Gtin, InternalCode
from traceability.records.notary import notary_of
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.paging import page_of, page_schema, window_of
from traceability.web.repeating import once
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "batches_api",
    __name__,
    url_prefix=f"{PREFIX}/batches",
    description="Lots of products, their signed records and states",
)
_PUBLIC_ID = 26


@blueprint.post("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.BATCHES_WRITE)
@blueprint.arguments(ApiBatch)
@blueprint.response(201, ApiBatchShown)
def register(data: dict[str, Any]) -> Any:
    """Register a draft; one Idempotency-Key registers it once."""

    def write(session: Session) -> Batch:
        use, owner = services(), own_organisation()
        draft = batch_draft(
            data,
            product_id=_product(session, owner, data["product"]).id,
            site_id=own_site(session, owner, data["site"]).id,
        )
        return service.register_batch(
            session, draft, actor=actor(), clock=use.clock, identity=use.identity
        )

    return once(lambda session: _shown(session, write(session)))


@blueprint.get("")
@blueprint.permitted(Role.PRODUCER, Role.OFFICER, scope=Scope.BATCHES_READ)
@blueprint.arguments(ApiBatchQuery, location="query")
@blueprint.response(200, page_schema(ApiBatchShown))
def listing(data: dict[str, Any]) -> Any:
    """List own batches (officers: all that are issued), the newest first."""
    window = window_of(data)
    search = BatchSearch(words=data["q"], state=data["status"])
    owner = None if actor().has(Role.OFFICER) else own_organisation()
    with services().database.reading() as session:
        found = queries.batches_in(session, owner, search, window)
        return page_of(
            found,
            window,
            key=lambda batch: batch.id,
            show=lambda batch: _shown(session, batch),
        )


@blueprint.get("/<public_id>")
@blueprint.permitted(Role.PRODUCER, Role.OFFICER, scope=Scope.BATCHES_READ)
@blueprint.response(200, ApiBatchShown)
def show(public_id: str) -> Any:
    """Read one batch."""
    with services().database.reading() as session:
        batch = queries.batch_of(session, public_id, actor=actor())
        return _shown(session, batch)


@blueprint.post("/<public_id>/issue")
@blueprint.permitted(Role.PRODUCER, scope=Scope.BATCHES_WRITE)
@blueprint.response(200, ApiBatchShown)
def issue(public_id: str) -> Any:
    """Sign a draft, log it and open it to the public."""

    def write(session: Session) -> Batch:
        batch = queries.batch_of(session, public_id, actor=actor())
        notary = notary_of(services())
        service.issue_batch(session, batch, actor=actor(), notary=notary)
        return queries.batch_of(session, public_id, actor=actor())

    return once(lambda session: _shown(session, write(session)))


def _product(session: Session, owner: int, text: str) -> Product:
    """Return an own product by its id, its GTIN or its own code."""
    if len(text) == _PUBLIC_ID:
        return own_product(session, owner, text)
    digits = text.isascii() and text.isdecimal()
    key = Gtin.parse(text) if digits else InternalCode.parse(text)
    found = product_by_key(session, key)
    return own_product(session, owner, found.public_id if found else "")


def _shown(session: Session, batch: Batch) -> Any:
    record = queries.current_record(session, batch)
    return shown(batch, record, services().identity)
