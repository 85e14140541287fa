"""Batches over the API: register, change, issue, correct, hold, release, recall."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from traceability.batches import queries, service
from traceability.batches.drafts import BatchDraft, Notice
from traceability.batches.errors import (
    ChainOrderError,
    MassBalanceError,
    WithdrawalDaysError,
)
from traceability.batches.models import Batch
from traceability.batches.overrides import FIELDS, Rule
from traceability.batches.permits import owns, require_own
from traceability.batches.programs.schemas import (
    ApiBatch,
    ApiBatchQuery,
    ApiBatchShown,
    ApiBatchWhole,
    ApiChanges,
    ApiCorrection,
    ApiNotice,
    merged,
    shown,
    whole,
)
from traceability.batches.queries import BatchSearch
from traceability.batches.schemas import batch_draft
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
_LIFTED_BY = {
    ChainOrderError: Rule.ORDER,
    MassBalanceError: Rule.MASS,
    WithdrawalDaysError: Rule.WITHDRAWAL,
}


@blueprint.post("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.BATCHES_WRITE)
@blueprint.arguments(ApiBatch)
@blueprint.response(201, ApiBatchWhole)
def register(data: dict[str, Any]) -> Any:
    """Register a draft; one Idempotency-Key registers it once."""

    def write(session: Session) -> Any:
        use = services()
        draft = _draft(session, own_organisation(), data)
        batch = service.register_batch(
            session, draft, actor=actor(), clock=use.clock, identity=use.identity
        )
        return _whole(session, batch.public_id)

    return once(_naming_exceptions(write))


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
@blueprint.response(200, ApiBatchWhole)
def show(public_id: str) -> Any:
    """Read one batch."""
    with services().database.reading() as session:
        return _whole(session, public_id)


@blueprint.patch("/<public_id>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.BATCHES_WRITE)
@blueprint.arguments(ApiChanges(partial=True))
@blueprint.response(200, ApiBatchWhole)
def change(data: dict[str, Any], public_id: str) -> Any:
    """Change a draft; product and lot number stay."""

    def write(session: Session) -> Any:
        batch = queries.batch_of(session, public_id, actor=actor())
        draft = _changed(session, batch, data)
        service.update_draft(
            session, batch, draft, actor=actor(), clock=services().clock
        )
        return _whole(session, public_id)

    return once(_naming_exceptions(write))


@blueprint.delete("/<public_id>")
@blueprint.permitted(Role.PRODUCER, scope=Scope.BATCHES_WRITE)
@blueprint.response(200, ApiBatchWhole)
def throw_away(public_id: str) -> Any:
    """Throw a draft away; it is answered as it was."""

    def write(session: Session) -> Any:
        batch = queries.batch_of(session, public_id, actor=actor())
        was = _whole(session, public_id)
        service.delete_draft(session, batch, actor=actor(), clock=services().clock)
        return was

    return once(write)


@blueprint.post("/<public_id>/issue")
@blueprint.permitted(Role.PRODUCER, scope=Scope.BATCHES_WRITE)
@blueprint.response(200, ApiBatchWhole)
def issue(public_id: str) -> Any:
    """Sign a draft, log it and open it to the public."""

    def write(session: Session) -> Any:
        batch = queries.batch_of(session, public_id, actor=actor())
        notary = notary_of(services())
        service.issue_batch(session, batch, actor=actor(), notary=notary)
        return _whole(session, public_id)

    return once(_naming_exceptions(write))


@blueprint.post("/<public_id>/correct")
@blueprint.permitted(Role.PRODUCER, scope=Scope.BATCHES_WRITE)
@blueprint.arguments(ApiCorrection(partial=[*ApiBatch().fields]))
@blueprint.response(200, ApiBatchWhole)
def correct(data: dict[str, Any], public_id: str) -> Any:
    """Sign a new version of an issued batch; the one before stays readable."""
    reason = data.pop("reason")

    def write(session: Session) -> Any:
        batch = queries.batch_of(session, public_id, actor=actor())
        draft, notary = _changed(session, batch, data), notary_of(services())
        service.correct_batch(
            session, batch, draft, reason, actor=actor(), notary=notary
        )
        return _whole(session, public_id)

    return once(_naming_exceptions(write))


@blueprint.post("/<public_id>/hold")
@blueprint.permitted(Role.PRODUCER, Role.OFFICER, scope=Scope.BATCHES_WRITE)
@blueprint.arguments(ApiNotice)
@blueprint.response(200, ApiBatchWhole)
def hold(data: dict[str, Any], public_id: str) -> Any:
    """Hold an issued batch for the time being."""
    return _noticed(public_id, service.hold_batch, data)


@blueprint.post("/<public_id>/release")
@blueprint.permitted(Role.PRODUCER, Role.OFFICER, scope=Scope.BATCHES_WRITE)
@blueprint.arguments(ApiNotice)
@blueprint.response(200, ApiBatchWhole)
def release(data: dict[str, Any], public_id: str) -> Any:
    """End a hold; what an officer holds, only an officer releases."""
    return _noticed(public_id, service.release_batch, data)


@blueprint.post("/<public_id>/recall")
@blueprint.permitted(Role.PRODUCER, Role.OFFICER, scope=Scope.BATCHES_WRITE)
@blueprint.arguments(ApiNotice)
@blueprint.response(200, ApiBatchWhole)
def recall(data: dict[str, Any], public_id: str) -> Any:
    """Call a batch back for good."""
    return _noticed(public_id, service.recall_batch, data)


def _noticed(public_id: str, sign: Callable[..., object], data: dict[str, Any]) -> Any:
    def write(session: Session) -> Any:
        batch = queries.batch_of(session, public_id, actor=actor())
        notary = notary_of(services())
        sign(session, batch, Notice(**data), actor=actor(), notary=notary)
        return _whole(session, public_id)

    return once(write)


def _naming_exceptions(write: Callable[[Session], Any]) -> Callable[[Session], Any]:
    """Let refusals that a reason would lift name the field the reason goes in."""

    def naming(session: Session) -> Any:
        try:
            return write(session)
        except (ChainOrderError, MassBalanceError, WithdrawalDaysError) as error:
            error.field = FIELDS[_LIFTED_BY[type(error)]]
            raise

    return naming


def _draft(session: Session, owner: int, data: dict[str, Any]) -> BatchDraft:
    """Return the draft of a body; its product and place must be the producer's."""
    return batch_draft(
        data,
        product_id=_product(session, owner, data["product"]).id,
        site_id=own_site(session, owner, data["site"]).id,
    )


def _changed(session: Session, batch: Batch, data: dict[str, Any]) -> BatchDraft:
    require_own(batch, actor())
    values = merged(batch, queries.inputs_of(session, batch), data)
    return _draft(session, batch.organisation_id, values)


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


def _whole(session: Session, public_id: str) -> Any:
    batch = queries.batch_of(session, public_id, actor=actor())
    return whole(
        batch,
        queries.current_record(session, batch),
        queries.inputs_of(session, batch),
        queries.status_history(session, batch),
        identity=services().identity,
        own=owns(actor(), batch.organisation_id),
    )
