"""Blank stamps over the API: print them ahead, bind a range of them to a lot."""

from typing import Any

from sqlalchemy.orm import Session

from traceability.batches.queries import batch_of
from traceability.catalog.queries import own_product
from traceability.core.permissions import Role, Scope
from traceability.labels.binding import queries, service
from traceability.labels.binding.schemas import ApiBinding, ApiBlanks
from traceability.labels.blanks.service import start_blanks
from traceability.labels.designs.queries import design_named
from traceability.labels.job import LabelKind, RunSpec
from traceability.labels.models import LabelRun
from traceability.labels.printing.models import PrintTask
from traceability.labels.printing.queries import tasks_of
from traceability.labels.printing.room import call_workers, first_print_of
from traceability.labels.printing.schemas import task_shown
from traceability.labels.queries import RunRow
from traceability.labels.room import label_keys_of
from traceability.labels.schemas import (
    ApiBindingShown,
    ApiRunWhole,
    binding_shown,
    run_whole,
)
from traceability.labels.stocks.queries import stock_for
from traceability.labels.stocks.schemas import api_setup
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
    asked: list[PrintTask] = []

    def write(session: Session) -> Any:
        use, mine = services(), own_organisation()
        product = own_product(session, mine, data["product"])
        stock = stock_for(session, mine, data["stock"])
        spec = RunSpec(
            kind=LabelKind.BLANK,
            count=data["count"],
            stock=stock,
            setup=api_setup(data["setup"]),
            design=design_named(session, mine, data["design"]),
        )
        notary, keys = notary_of(use), label_keys_of(use)
        run = start_blanks(
            session, product, spec, actor=actor(), notary=notary, keys=keys
        )
        row = RunRow(run, None, product)
        asked.extend(first_print_of(use)(session, row, actor=actor()))
        tasks = [task_shown(one, use.identity) for one in tasks_of(session, row)]
        return run_whole(row, [], [], tasks, use.identity)

    answer = once(write)
    for task in asked:
        call_workers(services(), task)
    return answer


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
            data,
            label_keys_of(use).mac_of,
        )
        binding = service.bind_labels(
            session, batch, draft, actor=actor(), notary=notary_of(use)
        )
        run = session.get_one(LabelRun, binding.run_id)
        return binding_shown(binding, run, batch)

    return once(write)
