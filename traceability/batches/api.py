"""Batches over the API, for programs with a key: register, list, read, issue."""

from collections.abc import Callable
from typing import Any

from flask import request
from sqlalchemy.orm import Session

from traceability.batches import queries, service
from traceability.batches.errors import KeyBusyError
from traceability.batches.models import Batch
from traceability.batches.queries import BatchSearch
from traceability.batches.repeating.service import (
    Repeatable,
    earlier_answer,
    remember,
)
from traceability.batches.schemas import (
    ApiBatch,
    ApiBatches,
    ApiBatchShown,
    ApiPage,
    batch_draft,
    shown,
)
from traceability.catalog.models import Product
from traceability.catalog.queries import own_product, own_site, product_by_key
from traceability.core.permissions import Role, Scope
from traceability.gs1.keys import Gtin, InternalCode
from traceability.records.notary import notary_of
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.openapi import PREFIX, WITH_KEY, ApiBlueprint
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "batches_api",
    __name__,
    url_prefix=f"{PREFIX}/batches",
    description="Lots of products, their signed records and states",
)
_PUBLIC_ID = 26


@blueprint.post("")
@blueprint.doc(**WITH_KEY)
@require(Role.PRODUCER, scope=Scope.BATCHES_WRITE)
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

    return _once(write)


@blueprint.get("")
@blueprint.doc(**WITH_KEY)
@require(Role.PRODUCER, scope=Scope.BATCHES_READ)
@blueprint.arguments(ApiPage, location="query")
@blueprint.response(200, ApiBatches)
def listing(data: dict[str, Any]) -> Any:
    """List own batches, newest first."""
    search = BatchSearch(
        words=data["q"], state=data["status"], page=data["page"], size=data["limit"]
    )
    with services().database.reading() as session:
        found = queries.batches_of(session, own_organisation(), search)
        return {
            "batches": [_shown(session, batch) for batch in found],
            "total": queries.count_batches(session, own_organisation(), search),
        }


@blueprint.get("/<public_id>")
@blueprint.doc(**WITH_KEY)
@require(Role.PRODUCER, Role.OFFICER, scope=Scope.BATCHES_READ)
@blueprint.response(200, ApiBatchShown)
def show(public_id: str) -> Any:
    """Read one batch."""
    with services().database.reading() as session:
        batch = queries.batch_of(session, public_id, actor=actor())
        return _shown(session, batch)


@blueprint.post("/<public_id>/issue")
@blueprint.doc(**WITH_KEY)
@require(Role.PRODUCER, scope=Scope.BATCHES_WRITE)
@blueprint.response(200, ApiBatchShown)
def issue(public_id: str) -> Any:
    """Sign a draft, log it and open it to the public."""

    def write(session: Session) -> Batch:
        batch = queries.batch_of(session, public_id, actor=actor())
        notary = notary_of(services())
        service.issue_batch(session, batch, actor=actor(), notary=notary)
        return queries.batch_of(session, public_id, actor=actor())

    return _once(write)


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


def _once(write: Callable[[Session], Batch]) -> Any:
    """Write in one transaction; the same request under the same key only once."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        with services().database.transaction() as session:
            return _shown(session, write(session))
    sent = f"{request.method} {request.path}\n".encode() + request.get_data()
    asked = Repeatable.of(own_organisation(), key, sent)
    try:
        return _repeated(asked, write)
    except KeyBusyError:  # another process was first: its answer is there now
        return _repeated(asked, write)


def _repeated(asked: Repeatable, write: Callable[[Session], Batch]) -> Any:
    use = services()
    with use.database.transaction() as session:
        earlier = earlier_answer(session, asked)
        if earlier is not None:
            return earlier
        body = _shown(session, write(session))
        remember(session, asked, body, clock=use.clock)
        return body
