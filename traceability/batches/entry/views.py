"""Show the batch form, keep what was typed, and read it into a draft."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from flask import Response, request
from sqlalchemy.orm import Session

from traceability.batches import queries, wording
from traceability.batches.drafts import BatchDraft
from traceability.batches.errors import SourceNotFoundError, SourceUnknownError
from traceability.batches.models import Batch, BatchState
from traceability.batches.overrides import FIELDS
from traceability.batches.queries import BatchSearch, InputRow
from traceability.batches.schemas import batch_draft
from traceability.catalog.drafts import ProductState, SiteState
from traceability.catalog.queries import own_product, own_site, products_of, sites_of
from traceability.core.errors import DomainError
from traceability.core.quantity import Quantity
from traceability.web.context import services
from traceability.web.formats import quantity
from traceability.web.forms import MAX_ROWS, Form
from traceability.web.i18n import gettext as _
from traceability.web.rendering import render
from traceability.web.submitting import STORED, own_organisation, submitted

Answer = Response | Any
ADD_ROW = "add-input"
_SOURCES = 100


def draft_of(session: Session, form: Form) -> BatchDraft:
    """Return the draft of a loaded form; product and site must be the producer's."""
    owner = own_organisation()
    return batch_draft(
        form.data,
        product_id=own_product(session, owner, form.data["product"]).id,
        site_id=own_site(session, owner, form.data["site"]).id,
    )


def new_draft_of(session: Session, form: Form) -> BatchDraft:
    """Return a new lot's draft; without days of its own it keeps as its product does.

    The draft's page shows the day before anything is signed.
    """
    draft = draft_of(session, form)
    product = own_product(session, own_organisation(), form.data["product"])
    if draft.expiry or draft.best_before or not product.shelf_life_days:
        return draft
    lasts = timedelta(days=product.shelf_life_days)
    return replace(draft, expiry=draft.dates.made + lasts)


def values_of(session: Session, batch: Batch) -> dict[str, Any]:
    """Return what the form of a stored batch holds."""
    return {
        "product": batch.product.public_id,
        "site": batch.site.public_id,
        "lot_number": batch.lot_number,
        "production_date": batch.production_date,
        "packaging_date": batch.packaging_date,
        "best_before": batch.best_before,
        "expiry": batch.expiry,
        "quantity": batch.amount,
        "unit": batch.unit,
        "variety": batch.variety,
        "stage": batch.stage,
        **{field: getattr(batch, field) for field in FIELDS.values()},
        "inputs": [_line(row) for row in queries.inputs_of(session, batch)],
    }


def _line(row: InputRow) -> dict[str, Any]:
    own = row.source is not None and row.source.organisation_id == own_organisation()
    return {
        "source": row.source.public_id if row.source and own else "",
        "other": row.source.digital_link if row.source and not own else "",
        "outside": row.input.outside,
        "outside_lot": row.input.outside_lot,
        "supplier": row.input.supplier,
        "quantity": row.input.amount,
        "unit": row.input.unit,
    }


def batch_form(
    form: Form,
    write: Callable[[Session], object],
    *,
    stored: Callable[[], Answer],
    batch: Batch | None,
    correcting: bool = False,
) -> Answer:
    """Store what was sent and go on, or show the form with everything typed in it."""
    if request.method == "POST" and request.form.get("action") == ADD_ROW:
        more = _with_more_rows(form)
        return _form_page(more, 200, batch, correcting=correcting, blank=3)
    if correcting and request.method == "POST" and "confirmed" not in request.form:
        if form.load(request.form) and "back" not in request.form:
            return _correction_page(form, batch)
        asked = HTTPStatus.UNPROCESSABLE_ENTITY if form.failed else HTTPStatus.OK
        return _form_page(form, asked, batch, correcting=True, blank=1)
    status = submitted(form, lambda session: _shown_beside(write, session))
    if status == STORED:
        return stored()
    return _form_page(form, status, batch, correcting=correcting, blank=1)


def _correction_page(form: Form, batch: Batch | None) -> Response:
    """Show what is about to be signed once more, to look it over."""
    return render(
        "batches/confirm.html",
        batch=batch,
        heading=_("Correct the lot"),
        explanation=_(
            "A new version is signed. The version before stays readable for everybody."
        ),
        button=_("Sign the correction"),
        lines=[
            (_("Harvest or production"), form.value("production_date")),
            (_("Packing"), form.value("packaging_date")),
            (_("Best before"), form.value("best_before")),
            (_("Expiry"), form.value("expiry")),
            (
                _("Quantity"),
                quantity(Quantity(form.data["quantity"], form.data["unit"])),
            ),
            (_("Variety"), form.value("variety")),
            (_("Inputs"), str(len(form.data["inputs"]))),
            *_exceptions(form),
            (_("Reason"), form.value("reason")),
        ],
        sent=list(request.form.items(multi=True)),
    )


def _exceptions(form: Form) -> list[tuple[str, str]]:
    """Return the exceptions that would be signed, with their rules in words."""
    given = [
        (wording.RULES[rule.value], form.value(field)) for rule, field in FIELDS.items()
    ]
    return [
        (_("Exception: %(rule)s", rule=str(name)), reason)
        for name, reason in given
        if reason
    ]


def _shown_beside(write: Callable[[Session], object], session: Session) -> object:
    """Write; a refusal about an input is one of the form, not of the page."""
    try:
        return write(session)
    except SourceNotFoundError as error:
        raise SourceUnknownError(
            error.message, field=error.field, **error.params
        ) from error
    except DomainError as error:
        if error.field == "inputs":
            error.field = None  # the whole group: said above the form
        raise wording.spoken(error) from None


def _with_more_rows(form: Form) -> Form:
    """Return the form as typed, without judging it yet."""
    form.load(request.form)
    lines = [dict(row.values) for row in form.rows("inputs", 0)]
    names = form.schema.fields.keys() - {"inputs"}
    return Form(
        form.schema, {**{name: form.value(name) for name in names}, "inputs": lines}
    )


def _form_page(
    form: Form, status: int, batch: Batch | None, *, correcting: bool, blank: int
) -> Response:
    owner = own_organisation()
    with services().database.reading() as session:
        products = [
            one
            for one in products_of(session, owner)
            if one.state == ProductState.ACTIVE.value
            or (batch is not None and one.id == batch.product_id)
        ]
        sites = [
            one
            for one in sites_of(session, owner)
            if one.state == SiteState.ACTIVE.value
            or (batch is not None and one.id == batch.site_id)
        ]
        usable = BatchSearch(state=BatchState.ISSUED, size=_SOURCES)
        sources = [
            one
            for one in queries.batches_of(session, owner, usable)
            if batch is None or one.id != batch.id
        ]
    return render(
        "batches/form.html",
        status,
        form=form,
        batch=batch,
        correcting=correcting,
        unbalanced=status == HTTPStatus.CONFLICT and bool(form.errors_of("quantity")),
        products=products,
        sites=sites,
        sources=sources,
        units=wording.unit_choices(),
        stages=wording.STAGES.items(),
        blank=min(blank, MAX_ROWS),
    )
