"""The preview of a label while stock, kind and design are still being chosen."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from traceability.batches.models import Batch
from traceability.batches.queries import batch_of
from traceability.core.permissions import Role
from traceability.core.text import Bilingual
from traceability.labels import service, wording
from traceability.labels.claims.queries import product_set_of
from traceability.labels.design import DEFAULT_DESIGN, Design, LabelField
from traceability.labels.designs.choosing import design_chosen, spec_chosen
from traceability.labels.designs.queries import batch_to_show, design_named
from traceability.labels.errors import DesignNotFoundError
from traceability.labels.job import MAX_COUNT, PrintJob, RunSpec
from traceability.labels.previewing import (
    Preview,
    preview_of,
    render_preview,
    sample_job,
)
from traceability.labels.printing import wording as printing
from traceability.labels.printing.forecast import Feed, Forecast, forecast_of
from traceability.labels.printing.press import Press
from traceability.labels.printing.queries import paces
from traceability.labels.schemas import count_typed
from traceability.labels.sheets import SheetFormat
from traceability.labels.stock import STOCKS
from traceability.labels.stocks.queries import (
    own_stock_of,
    printers_of,
    stocks_for,
)
from traceability.labels.stocks.views import fitted, printer_options
from traceability.web.auth import actor, require
from traceability.web.context import services
from traceability.web.rendering import render
from traceability.web.submitting import own_organisation

_ON_THE_PRODUCT = {
    *(LabelField.PRODUCT, LabelField.BRAND, LabelField.NET_CONTENT),
    *(LabelField.ETHANOL, LabelField.INGREDIENTS, LabelField.USE),
    *(LabelField.STORAGE, LabelField.WARNINGS, LabelField.ORIGIN),
}
WORDS: dict[str, Any] = {
    "fields": wording.FIELDS,
    "kinds": wording.KINDS,
    "printing": printing,
}
Typed = MultiDict[str, str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A preview, the batch it is for, the address of its picture, names of stock."""

    preview: Preview
    batch: Batch | None
    picture: str
    stocks: Mapping[str, Bilingual]
    feed: Feed | None = None
    pdf: Forecast | None = None

    def where(self, field: LabelField) -> str:
        """Return the page on which a missing fact is typed in."""
        if self.batch is None:
            return url_for("catalog.products")
        if field in _ON_THE_PRODUCT:
            product = self.batch.product.public_id
            return url_for("catalog.edit_product", public_id=product)
        if field in {LabelField.PRODUCER, LabelField.ADDRESS}:
            return url_for("catalog.producer")
        return url_for("batches.correct", public_id=self.batch.public_id)


@require(Role.PRODUCER)
def run_preview(public_id: str) -> Response:
    """Send the preview of a batch's labels as they stand in the print form.

    Where the stock changed, printer and resolution for it come too.
    """
    with services().database.reading() as session:
        batch = batch_of(session, public_id, actor=actor())
        shown = shown_of_run(session, batch, request.args)
        printers = printers_of(session, own_organisation())
        stocks = stocks_for(session, own_organisation())
    typed = request.args
    stock = typed.get("stock", "")
    return render(
        "labels/_form/looked.html",
        shown=shown,
        batch=batch,
        stock=stock,
        changed=typed.get("set_for", "") not in {"", stock},
        printers=printer_options(printers, stocks),
        fitted=fitted(printers, stocks, lambda name: typed.get(name, "")),
        **WORDS,
    )


@require(Role.PRODUCER)
def design_preview() -> Response:
    """Send the preview of a design as it stands in its form."""
    with services().database.reading() as session:
        shown = shown_of_design(session, request.args)
    return render("labels/_design_preview.html", shown=shown, **WORDS)


@require(Role.PRODUCER)
def preview_picture() -> Response:
    """Send a label nobody printed: its serial and its seal are no real ones."""
    typed = request.args
    with services().database.reading() as session:
        spec = _spec(session, typed, _design_typed(typed))
        batch = _batch_named(session, typed.get("batch", ""))
        job = _job(session, batch, spec) if spec else None
    if job is None:
        raise DesignNotFoundError("There is nothing to show.")
    image = render_preview(job)
    response = Response(image, content_type="image/png")
    response.headers["Cache-Control"] = "no-store"
    return response


def shown_of_run(session: Session, batch: Batch, typed: Typed) -> Shown | None:
    """Return the preview of a run as typed, or nothing while it is half chosen."""
    design = usual_or(session, typed.get("design", ""))
    spec = _spec(session, typed, design)
    return _to_come(session, _shown(session, batch, spec), typed) if spec else None


def _to_come(session: Session, shown: Shown, typed: Typed) -> Shown:
    """Add what as many labels as typed would take; of a large run, its file too."""
    job, count = shown.preview.job, count_typed(typed.get("count", ""))
    copies = count_typed(typed.get("copies", "1"))
    stock, positions = job.spec.stock, count * copies
    if shown.preview.layout is None or not 0 < positions <= MAX_COUNT:
        return shown
    skip = [one for one in typed.getlist("skip") if one.startswith(f"{stock.id}:")]
    feed = Feed.of(stock, positions, len(skip))
    run = replace(job, spec=replace(job.spec, count=positions))
    if run.at_once:
        return replace(shown, feed=feed)
    free = services().get(Press).archive.free
    pdf = forecast_of(run, SheetFormat.PDF, paces(session), free)
    return replace(shown, feed=feed, pdf=pdf)


def shown_of_design(session: Session, typed: Typed) -> Shown | None:
    """Return the preview of a design as typed, on the newest lot if there is one."""
    spec = _spec(session, typed, _design_typed(typed))
    batch = batch_to_show(session, own_organisation())
    if batch and service.refusal_of(batch, services().clock.today()):
        batch = None
    return _shown(session, batch, spec) if spec else None


def usual_or(session: Session, design_id: str) -> Design:
    """Return a design that is offered, or else the usual one."""
    try:
        return design_named(session, own_organisation(), design_id)
    except DesignNotFoundError:
        return DEFAULT_DESIGN


def _spec(session: Session, typed: Typed, design: Design) -> RunSpec | None:
    stocks = {one.id: one for one in stocks_for(session, own_organisation())}
    return spec_chosen(
        stocks.get(typed.get("stock", "")),
        typed.get("kind", ""),
        design,
        elsewhere=typed.getlist("elsewhere"),
        dpi=typed.get("dpi", ""),
    )


def _design_typed(typed: Typed) -> Design:
    chosen = set(typed.getlist("shown"))
    order = typed.getlist("order")
    shown = [name for name in order if name in chosen] or typed.getlist("shown")
    return design_chosen(shown, typed.get("purpose", ""))


def _batch_named(session: Session, public_id: str) -> Batch | None:
    """Return the batch to show a label of, if it may have labels at all."""
    if not public_id:
        return None
    batch = batch_of(session, public_id, actor=actor())
    refused = service.refusal_of(batch, services().clock.today())
    if refused is not None:
        raise refused
    return batch


def _shown(session: Session, batch: Batch | None, spec: RunSpec) -> Shown:
    number = product_set_of(batch.product) if batch else None
    own = own_stock_of(session, own_organisation())
    preview = preview_of(_job(session, batch, spec), number, own)
    names = {one.id: one.name for one in (*own, *STOCKS.values())}
    return Shown(preview, batch, _picture(spec, batch), names)


def _job(session: Session, batch: Batch | None, spec: RunSpec) -> PrintJob:
    use = services()
    if batch is None:
        return sample_job(spec, use.identity.origin, use.clock.today())
    return service.plan(session, batch, spec, use.clock.today())


def _picture(spec: RunSpec, batch: Batch | None) -> str:
    return url_for(
        "labels.preview_picture",
        batch=batch.public_id if batch else None,
        stock=spec.stock.id,
        kind=spec.kind.value,
        dpi=spec.setup.dpi,
        shown=[one.value for one in spec.design.fields],
    )


def add_to(blueprint: Blueprint) -> None:
    """Give the room's blueprint these pages."""
    address = "/label-designs/preview"
    blueprint.add_url_rule("/batches/<public_id>/labels/preview", view_func=run_preview)
    blueprint.add_url_rule(address, view_func=design_preview)
    blueprint.add_url_rule(f"{address}.png", view_func=preview_picture)
