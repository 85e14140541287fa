"""Blank stamps over the API: print them ahead, bind a range of them to a lot."""

from typing import Any

from sqlalchemy.orm import Session

from traceability.batches.queries import batch_of
from traceability.catalog.queries import own_product
from traceability.core.permissions import Role, Scope
from traceability.labels.binding import queries, service
from traceability.labels.binding.schemas import ApiBinding, ApiBlanks
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.models import LabelRun
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.schemas import (
    ApiBindingShown,
    ApiRunWhole,
    binding_shown,
    run_whole,
)
from traceability.labels.stock import stock_of
from traceability.records.notary import notary_of
from traceability.web.auth import actor
from traceability.web.context import services
from traceability.web.openapi import PREFIX, ApiBlueprint
from traceability.web.repeating import once
from traceability.web.submitting import own_organisation

blueprint = ApiBlueprint(
    "stamps_api",
    __name__,
    url_prefix=f"{PREFIX}/blank-stamps",
    description="Stamps printed before their lot is known, and bound to it later",
)


@blueprint.post("")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_WRITE)
@blueprint.arguments(ApiBlanks)
@blueprint.response(201, ApiRunWhole)
def start(data: dict[str, Any]) -> Any:
    """Make blank stamps for a product; they are a label run as all others."""
    stock = stock_of(data["stock"])
    spec = RunSpec(kind=LabelKind.BLANK, count=data["count"], stock=stock)

    def write(session: Session) -> Any:
        use = services()
        product = own_product(session, own_organisation(), data["product"])
        notary, keys = notary_of(use), label_keys_of(use)
        run = service.start_blanks(
            session, product, spec, actor=actor(), notary=notary, keys=keys
        )
        return run_whole(RunRow(run, None, product), [], [], use.identity)

    return once(write)


@blueprint.post("/bindings")
@blueprint.permitted(Role.PRODUCER, scope=Scope.LABELS_WRITE)
@blueprint.arguments(ApiBinding)
@blueprint.response(201, ApiBindingShown)
def bind(data: dict[str, Any]) -> Any:
    """Bind the stamps from the first to the last to an issued lot, for good."""

    def write(session: Session) -> Any:
        use = services()
        batch = batch_of(session, data["batch"], actor=actor())
        draft = queries.draft_named(
            session,
            batch.product,
            data["first"],
            data["last"],
            label_keys_of(use).mac_of,
        )
        binding = service.bind_labels(
            session, batch, draft, actor=actor(), notary=notary_of(use)
        )
        run = session.get_one(LabelRun, binding.run_id)
        return binding_shown(binding, run, batch)

    return once(write)
